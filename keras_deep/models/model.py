"""What all builders share: arguments, names, conventions and the card."""

import dataclasses
import functools
import inspect

from keras_deep.layers.conventions import Convention
from keras_deep.layers.conventions import convention_scope
from keras_deep.models.card import Card
from keras_deep.models.card import attach_card
from keras_deep.models.registry import bind
from keras_deep.models.registry import register
from keras_deep.models.weights import prepare_weights
from keras_deep.utils.errors import did_you_mean

PAPER = {"paper": Convention()}

MODEL_ARGS = """
Args of every model:
    name: string, the name of the model.
"""


@dataclasses.dataclass(frozen=True)
class Builder:
    """How a function of a family becomes a builder of models.

    A kind of models with more arguments in common is a subclass.

    Args:
        function: what the family wrote. Its parameters, but for the first
            `skip`, are the builder's own arguments. All have defaults.
        kind: string: `"image"`, `"sequence"`, ...
        family: string, for `list_models(family=...)`.
        dataset: string, the data set that the defaults are made for, or a
            function that gives it from a dict of all arguments.
        conventions: dict of names to `Convention`, the family's table, of
            which the first is the default, or a function that gives it from a
            dict of all arguments.
    """

    function: callable
    kind: str
    family: str
    dataset: str
    conventions: dict

    # Arguments that all models of the kind have, given by keyword.
    common = {"name": None}
    skip = 0

    def network(self, own, common):
        """Returns the `keras.Model` of two dicts of arguments.

        The convention is in force when it is called.
        """
        del common  # The caller names the model.
        return self.function(**own)

    def common_doc(self, arguments):
        """Returns what the docstring says of the common arguments."""
        del arguments
        return MODEL_ARGS

    @property
    def name(self):
        """The name of the builder, a string."""
        return self.function.__name__

    @functools.cached_property
    def signature(self):
        """The `inspect.Signature` of the builder."""
        own = list(inspect.signature(self.function).parameters.values())
        common = [
            inspect.Parameter(
                key, inspect.Parameter.KEYWORD_ONLY, default=value
            )
            for key, value in self.common.items()
        ]
        return inspect.Signature(own[self.skip :] + common)

    @functools.cached_property
    def defaults(self):
        """The default of every argument, a dict."""
        return bind(self.name, self.signature, (), {}).arguments

    def dataset_of(self, arguments):
        """Returns the name of the data set that a network is made for."""
        return _resolved(self.dataset, {**self.defaults, **arguments})

    def conventions_of(self, arguments):
        """Returns the table of conventions, a dict of names to records."""
        return _resolved(self.conventions, {**self.defaults, **arguments})

    def doc_of(self, arguments):
        """Returns the docstring of the builder with these defaults."""
        own = inspect.cleandoc(self.function.__doc__)
        return f"{own}\n{self.common_doc({**self.defaults, **arguments})}"


def model(kind, family, dataset, conventions=None):
    """Makes a registered builder of a function that returns a model.

    The builder takes the function's own arguments, and `name` by keyword. It
    refuses unknown arguments with near misses, names the model, puts a
    convention in force and gives the model its card.

    Args:
        kind: string: `"sequence"`, `"planning"`, `"generative"`,
            `"continuous"`; for classifiers of images see `image_model`.
        family: see `Builder`.
        dataset: see `Builder`.
        conventions: see `Builder`. `None` is the paper alone.

    Returns:
        Decorator of a function `(...) -> keras.Model`.
    """
    return lambda function: register_builder(
        Builder(function, kind, family, dataset, conventions or PAPER)
    )


def register_builder(record):
    """Registers the function that builds what a `Builder` says; returns it."""

    @functools.wraps(record.function)
    def build(*args, **kwargs):
        return _build(record, bind(record.name, record.signature, args, kwargs))

    build.__signature__ = record.signature
    return register(build, record)


def _build(record, call):
    arguments = call.arguments
    common = {key: arguments[key] for key in record.common}
    own = {k: v for k, v in arguments.items() if k not in common}
    table = record.conventions_of(arguments)
    convention = _convention_name(record.name, table, common)
    source = common.get("weights")
    load = prepare_weights(source) if source else None
    with convention_scope(table[convention]):
        built = record.network(own, common)
    built.name = common["name"] or record.name.lower()
    attach_card(built, Card(record.name, _on_card(record, call), convention))
    if load is not None:
        load(built)
    return built


def _convention_name(builder, table, common):
    name = common.get("convention")
    if name is None:
        return next(iter(table))
    if name not in table:
        raise ValueError(
            f"Expected `convention` of {builder} to be one of {list(table)}. "
            f"Received: convention={name!r}.{did_you_mean(name, table)}"
        )
    return name


def _resolved(value, arguments):
    return value(arguments) if callable(value) else value


def _on_card(record, call):
    """Returns the network's own arguments, and what else is not a default."""
    return {
        key: _plain(value)
        for key, value in call.arguments.items()
        if key not in record.common
        or (
            key not in ("weights", "convention")
            and value != record.defaults[key]
        )
    }


def _plain(value):
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return getattr(value, "__name__", value)
