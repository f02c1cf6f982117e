"""The list of all models: builders and their named variants."""

import dataclasses
import fnmatch
import importlib
import inspect
import types
from typing import NamedTuple

from keras_deep.utils.errors import did_you_mean

_ENTRIES = {}
_NONE = types.MappingProxyType({})

# Modules whose import registers models. One more family is one more line.
_MODULES = ("plain", "resnet", "mnist_resnet", "densenet")


class Description(NamedTuple):
    """What depends on the arguments of a builder.

    Args:
        dataset: string, the data set that they are made for.
        conventions: string, key of the table of conventions.
        doc: string, the docstring.
    """

    dataset: str
    conventions: str
    doc: str


@dataclasses.dataclass(frozen=True)
class Entry:
    """What the registry knows of a model.

    Args:
        build: the builder function, or its variant.
        builder: string, the name of the builder, also for a variant.
        family: string, such as `"ResNet"`.
        dataset: string, the data set that the defaults are made for.
        describe: see `register`.
        arguments: dict of the arguments in which a variant differs from its
            builder; empty for the builder itself.
    """

    build: callable
    builder: str
    family: str
    dataset: str
    describe: callable
    arguments: dict


def register(build, family, describe, builder=None, arguments=_NONE):
    """Adds a builder to the registry under its own name.

    Args:
        build: function, with the attribute `__signature__`.
        family: string.
        describe: function of a dict of arguments that returns the
            `Description` of what they build.
        builder: string, of a variant the name of its builder.
        arguments: dict, see `Entry`.

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
    dataset, _, build.__doc__ = describe(arguments)
    _ENTRIES[name] = Entry(
        build, builder or name, family, dataset, describe, dict(arguments)
    )
    return build


def variant(builder, variant_name, **defaults):
    """Registers `builder` under another name, with other defaults.

    The variant accepts every argument of the builder, so a user may still
    override what the variant sets.

    Raises:
        TypeError: if the builder has no such argument.
        ValueError: if the name is taken.
    """
    entry = entry_of(builder.__name__)
    settings = ", ".join(f"{k}={v!r}" for k, v in defaults.items())
    named = {"name": variant_name.lower(), **defaults}
    bind(builder.__name__, builder.__signature__, (), named)

    def build(*args, **kwargs):
        call = bind(variant_name, build.__signature__, args, kwargs)
        return builder(*call.args, **call.kwargs)

    def describe(arguments):
        found = entry.describe({**defaults, **arguments})
        title = f"`{builder.__name__}({settings})`."
        return found._replace(doc=f"{title}\n\n{found.doc}")

    build.__name__ = build.__qualname__ = variant_name
    build.__module__ = builder.__module__
    build.__signature__ = builder.__signature__.replace(
        parameters=[
            p.replace(default=named.get(p.name, p.default))
            for p in builder.__signature__.parameters.values()
        ]
    )
    return register(build, entry.family, describe, builder.__name__, defaults)


def bind(name, signature, args, kwargs):
    """Binds the arguments of a call of builder `name`, with its defaults.

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
    for module in _MODULES:
        importlib.import_module(f"keras_deep.models.{module}")
    return _ENTRIES


def entry_of(name):
    """Returns the registry's `Entry` of a model.

    Raises:
        ValueError: if there is no such model.
    """
    entries = _ENTRIES if name in _ENTRIES else _entries()
    if name not in entries:
        raise ValueError(
            "Expected `name` to be one of `keras_deep.list_models()`. "
            f"Received: name={name!r}.{did_you_mean(name, entries)}"
        )
    return entries[name]


def list_models(pattern="*", family=None, dataset=None):
    """Lists the models of the registry.

    Args:
        pattern: string with the wildcards `*`, `?` and `[...]`.
        family: string, such as `"ResNet"`, or `None` for all.
        dataset: string, the data set that the defaults of the model are made
            for, such as `"imagenet"` or `"cifar10"`, or `None` for all.

    Returns:
        Sorted list of names.

    Raises:
        ValueError: if there is no such family or data set.
    """
    entries = _entries()
    names = sorted(fnmatch.filter(entries, pattern))
    for key, wanted in {"family": family, "dataset": dataset}.items():
        known = sorted({getattr(entry, key) for entry in entries.values()})
        if wanted is None:
            continue
        if wanted not in known:
            raise ValueError(
                f"Expected `{key}` to be one of {known}. "
                f"Received: {key}={wanted!r}.{did_you_mean(wanted, known)}"
            )
        names = [n for n in names if getattr(entries[n], key) == wanted]
    return names


def create_model(name, /, **kwargs):
    """Builds the model `name`; `kwargs` go to its builder.

    Raises:
        ValueError: if there is no such model.
        TypeError: if the builder has no such argument.
    """
    return entry_of(name).build(**kwargs)


def signature_of(name):
    """Returns the `inspect.Signature` of a registered builder."""
    return inspect.signature(entry_of(name).build)
