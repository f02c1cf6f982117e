"""Builders of models: arguments, names, conventions and the card."""

import dataclasses
import functools
import inspect

from keras_deep.layers.conventions import Convention
from keras_deep.layers.conventions import convention_scope
from keras_deep.models.arguments import named_arguments
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
    """Makes a builder of models of a family's function.

    Kinds of models with more common arguments subclass it.

    Args:
        function: the family's function. Its parameters except the first
            `skip` are the builder's own arguments. All have defaults.
        kind: string: `"image"`, `"sequence"`, ...
        family: string, for `list_models(family=...)`.
        dataset: string, the data set that the defaults are made for, or a
            function that returns it for a dict of all arguments.
        conventions: dict of names to `Convention`, the family's table, whose
            first entry is the default, or a function that returns it for a
            dict of all arguments.
    """

    function: callable
    kind: str
    family: str
    dataset: str
    conventions: dict

    # Keyword-only arguments that all models of the kind have.
    common = {"name": None}
    skip = 0

    def network(self, own, common):
        """Builds the `keras.Model`; the caller has activated the convention.

        Args:
            own: dict of the builder's own arguments.
            common: dict of the arguments in `common`.
        """
        del common  # The caller names the model.
        return self.function(**own)

    def resolved(self, arguments):
        """Returns a dict of all arguments as the network has them."""
        return arguments

    def common_doc(self, arguments):
        """Returns the part of the docstring about common arguments."""
        del arguments
        return MODEL_ARGS

    @property
    def name(self):
        """String, the name of the builder."""
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
        """Dict of all arguments and their defaults."""
        return bind(self.name, self.signature, (), {}).arguments

    def dataset_of(self, arguments):
        """Returns the name of the data set that a network is for."""
        return _resolved(self.dataset, {**self.defaults, **arguments})

    def conventions_of(self, arguments):
        """Returns the table of conventions, a dict of names to records."""
        return _resolved(self.conventions, {**self.defaults, **arguments})

    def doc_of(self, arguments):
        """Returns the builder's docstring if `arguments` were its defaults."""
        own = inspect.cleandoc(self.function.__doc__)
        return f"{own}\n{self.common_doc({**self.defaults, **arguments})}"


def model(kind, family, dataset, conventions=None):
    """Registers a function that returns a model as a builder.

    The builder takes the function's arguments, and `name` by keyword. It
    suggests similar names for unknown arguments, activates the convention,
    names the model and attaches its card.

    Args:
        kind: string: `"sequence"`, `"planning"`, `"generative"`,
            `"continuous"`; for classifiers of images see `image_model`.
        family: see `Builder`.
        dataset: see `Builder`.
        conventions: see `Builder`. `None` is the paper's only.

    Returns:
        Decorator of a function `(...) -> keras.Model`.
    """
    return lambda function: register_builder(
        Builder(function, kind, family, dataset, conventions or PAPER)
    )


def register_builder(record):
    """Makes the function of a `Builder`, registers and returns it."""

    @functools.wraps(record.function)
    def build(*args, **kwargs):
        call = bind(record.name, record.signature, args, kwargs)
        given = call.arguments
        with named_arguments(record.name, given, record.defaults):
            return _build(record, given)

    build.__signature__ = record.signature
    return register(build, record)


def _build(record, arguments):
    arguments = record.resolved(arguments)
    common = {key: arguments[key] for key in record.common}
    own = {k: v for k, v in arguments.items() if k not in common}
    table = record.conventions_of(arguments)
    convention = _convention_name(record.name, table, common)
    source = common.get("weights")
    load = prepare_weights(source, record.name, arguments)
    with convention_scope(table[convention]):
        built = record.network(own, common)
    built.name = common["name"] or record.name.lower()
    attach_card(
        built, Card(record.name, on_card(record, arguments), convention)
    )
    if load is not None:
        load(built)
    return built


def _convention_name(builder, table, common):
    name = common.get("convention")
    if name is None:
        return next(iter(table))
    if not isinstance(name, str) or name not in table:
        raise ValueError(
            f"Expected `convention` of {builder} to be one of {list(table)}. "
            f"Received: convention={name!r}.{did_you_mean(name, table)}"
        )
    return name


def _resolved(value, arguments):
    return value(arguments) if callable(value) else value


def on_card(record, arguments):
    """Returns a card's arguments: own ones, and common ones not by default."""
    return {
        key: _plain(value)
        for key, value in arguments.items()
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
