"""Small configurations of registered models, for tests that train them.

A builder with an argument `blocks` needs nothing. Any other says what is small
in the tests of its family, `tests/families/test_{module}.py`, see `Facts`.
"""

import dataclasses
import functools
import importlib
import pathlib

import numpy as np

import keras_deep
from keras_deep.models.families import FAMILIES
from keras_deep.models.registry import arguments_of
from keras_deep.models.registry import entry_of
from tests.support.kinds import kind_of
from tests.support.kinds import own_arguments


@dataclasses.dataclass
class Facts:
    """What the tests of a family export, in capitals, for those of all.

    Args:
        small: dict of names of builders to arguments that make a network
            small, beside `blocks` and those of its kind, such as an image's
            shape.
        stacked: the same for a small network with stacks of blocks.
        sides: dict of names of builders of image models to the sides of all
            stages of the small network, where they are not a quarter of the
            image's, an eighth, ... for ImageNet, or the image's own, a half,
            ... for smaller images.
    """

    small: dict = dataclasses.field(default_factory=dict)
    stacked: dict = dataclasses.field(default_factory=dict)
    sides: dict = dataclasses.field(default_factory=dict)


@functools.cache
def facts():
    """Returns the `Facts` of all families together."""
    found = Facts()
    folder = pathlib.Path(__file__).parents[1] / "families"
    for family in FAMILIES:
        if not (folder / f"test_{family}.py").exists():
            continue
        module = importlib.import_module(f"tests.families.test_{family}")
        for field in dataclasses.fields(Facts):
            given = getattr(module, field.name.upper(), {})
            getattr(found, field.name).update(given)
    return found


def small_arguments(name):
    """Returns arguments that make the model `name` small."""
    many = 4 if entry_of(name).dataset == "imagenet" else 3
    return _arguments(name, facts().small, "SMALL", 2, (1,) * many)


def stacked_arguments(name):
    """Returns arguments that make `name` small, with stacks of blocks."""
    found = _arguments(name, facts().stacked, "STACKED", 4, (4, 4))
    return {**found, "stack": True}


def _arguments(name, given, key, blocks, stages):
    """Returns the arguments of the kind, `blocks`, and the family's own."""
    entry = entry_of(name)
    own, parameters = {}, own_arguments(name)
    if "blocks" in parameters:
        one = isinstance(parameters["blocks"].default, int)
        own["blocks"] = blocks if one else stages
    assert own or entry.builder in given, (
        f"Expected `{key} = {{{entry.builder!r}: ...}}` in the tests of its "
        f"family, as {entry.builder} has no argument `blocks`."
    )
    own.update(given.get(entry.builder, {}))
    return {**kind_of(name).small(entry), **own}


def key_of(name, arguments):
    """Returns what the network of a call is, the same for twins."""
    own = {**arguments_of(name, {}), **arguments}
    del own["name"]
    if "blocks" in arguments:
        # Only this may remain of a depth where `blocks` is given.
        deep = own.pop("depth", 0) >= 50
        own["depth"] = deep and own.get("block", "") is None
    return entry_of(name).builder, tuple(sorted(own.items(), key=str))


def networks(arguments=small_arguments, needs=()):
    """Returns a name for every small network that is not another one's twin.

    Args:
        arguments: function of a name that returns arguments.
        needs: tuple of arguments that the builder must have.
    """
    found = {}
    for name in keras_deep.list_models():
        if set(needs) <= set(arguments_of(name, {})):
            found.setdefault(key_of(name, arguments(name)), name)
    return list(found.values())


def small_model(name, /, **arguments):
    """Builds the small network of `name`."""
    return keras_deep.create_model(
        name, **{**small_arguments(name), **arguments}
    )


def batch(name, model, size=4):
    """Returns random inputs and targets for a model."""
    rng, kind = np.random.default_rng(0), kind_of(name)
    return kind.inputs(model, rng, size), kind.targets(model, rng, size)
