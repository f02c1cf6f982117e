"""The registry of models: builders and their named variants."""

import dataclasses
import importlib
import inspect
import types

from keras_deep.models.families import FAMILIES
from keras_deep.utils.errors import did_you_mean
from keras_deep.utils.selection import select

_ENTRIES = {}
_NONE = types.MappingProxyType({})


@dataclasses.dataclass(frozen=True)
class Entry:
    """A model in the registry.

    Args:
        build: the builder function, or its variant.
        record: `keras_deep.models.model.Builder`.
        arguments: dict of the arguments in which a variant differs from its
            builder; empty for the builder itself.
    """

    build: callable
    record: object
    arguments: dict

    @property
    def builder(self):
        """The name of the builder, also for a variant."""
        return self.record.name

    @property
    def kind(self):
        """The kind of model: `"image"`, `"sequence"`, ..."""
        return self.record.kind

    @property
    def family(self):
        """The family, such as `"ResNet"`."""
        return self.record.family

    @property
    def dataset(self):
        """The data set that the defaults are made for."""
        return self.record.dataset_of(self.arguments)

    def conventions_of(self, given=_NONE):
        """Returns the table of conventions: a dict of names to records."""
        return self.record.conventions_of({**self.arguments, **given})


def register(build, record, arguments=_NONE):
    """Registers a builder function under its name.

    Args:
        build: function, with the attribute `__signature__`.
        record: see `Entry`.
        arguments: see `Entry`.

    Raises:
        ValueError: if the name is taken.
    """
    name = build.__name__
    if name in _ENTRIES:
        taken = _ENTRIES[name].build.__module__
        raise ValueError(
            "Expected a model name that is not registered yet. Received: "
            f"name={name!r}, which `{taken}` has registered already."
        )
    build.__doc__ = record.doc_of(arguments)
    if arguments:
        settings = ", ".join(f"{k}={v!r}" for k, v in arguments.items())
        build.__doc__ = f"`{record.name}({settings})`.\n\n{build.__doc__}"
    _ENTRIES[name] = Entry(build, record, dict(arguments))
    return build


def variant(builder, variant_name, **defaults):
    """Registers `builder` under another name with other defaults.

    The variant accepts all arguments of the builder, even those it sets.

    Raises:
        TypeError: if the builder has no such argument.
        ValueError: if the name is taken.
    """
    named = {"name": variant_name.lower(), **defaults}
    bind(builder.__name__, builder.__signature__, (), named)

    def build(*args, **kwargs):
        call = bind(variant_name, build.__signature__, args, kwargs)
        given = call.arguments
        other = any(given[key] != value for key, value in defaults.items())
        if other and given["name"] == named["name"]:
            given["name"] = None  # It is another network: the builder's name.
        return builder(*call.args, **call.kwargs)

    build.__name__ = build.__qualname__ = variant_name
    build.__module__ = builder.__module__
    build.__signature__ = builder.__signature__.replace(
        parameters=[
            p.replace(default=named.get(p.name, p.default))
            for p in builder.__signature__.parameters.values()
        ]
    )
    entry = entry_of(builder.__name__)
    return register(build, entry.record, {**entry.arguments, **defaults})


def bind(name, signature, args, kwargs):
    """Binds the arguments of a call of builder `name` and adds its defaults.

    Returns:
        `inspect.BoundArguments`.

    Raises:
        TypeError: if an argument is unknown or given twice.
    """
    for key in kwargs:
        if key not in signature.parameters:
            raise TypeError(
                f"Expected the arguments of `{name}` to be among "
                f"{list(signature.parameters)}. Received: {key}="
                f"{kwargs[key]!r}.{did_you_mean(key, signature.parameters)}"
            )
    call = signature.bind(*args, **kwargs)
    call.apply_defaults()
    return call


def _entries():
    for module in FAMILIES:
        importlib.import_module(f"keras_deep.models.{module}")
    return _ENTRIES


def entry_of(name):
    """Returns the registry's `Entry` of a model.

    Raises:
        ValueError: if the name is unknown.
    """
    entries = _ENTRIES if name in _ENTRIES else _entries()
    if name not in entries:
        raise ValueError(
            "Expected the name of a model, one of `keras_deep.list_models()`. "
            f"Received: {name!r}.{did_you_mean(name, entries)}"
        )
    return entries[name]


def list_models(pattern="*", family=None, dataset=None, kind=None):
    """Lists registered models.

    Args:
        pattern: string with the wildcards `*`, `?` and `[...]`.
        family: string, such as `"ResNet"`, or `None` for all.
        dataset: string, the data set that the defaults of the model are made
            for, such as `"imagenet"` or `"cifar10"`, or `None` for all.
        kind: string: `"image"` or `"sequence"`, or `None` for all.

    Returns:
        Sorted list of names.

    Raises:
        ValueError: if the family, data set or kind is unknown.
    """
    return select(
        _entries(), pattern, family=family, dataset=dataset, kind=kind
    )


def create_model(name, /, **kwargs):
    """Builds the model `name` with arguments of its builder.

    Raises:
        ValueError: if the name is unknown.
        TypeError: if the builder has no such argument.
    """
    return entry_of(name).build(**kwargs)


def signature_of(name):
    """Returns the `inspect.Signature` of a registered builder."""
    return inspect.signature(entry_of(name).build)


def arguments_of(name, given):
    """Returns a builder's defaults, updated with the given arguments."""
    parameters = signature_of(name).parameters
    return {key: p.default for key, p in parameters.items()} | dict(given)
