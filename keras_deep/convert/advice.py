"""Calls that messages tell users to make: whole, so that they work as told."""

from keras_deep.models.registry import arguments_of
from keras_deep.models.registry import entry_of
from keras_deep.models.registry import list_models


def arguments_told(found):
    """Returns the arguments of `from_*` that build a model again.

    Args:
        found: `Card`.

    Returns:
        String, `"'ResNet18', classes=5"`: the variant that leaves the fewest
        arguments to give, and these. The convention is left out.
    """
    twins = [n for n in list_models() if entry_of(n).builder == found.builder]
    calls = {name: _other_than(name, found.arguments) for name in twins}
    name = min(calls, key=lambda n: (len(calls[n]), n != found.builder))
    more = (f"{key}={value!r}" for key, value in calls[name].items())
    return ", ".join([repr(name), *more])


def _other_than(name, arguments):
    """Returns the arguments that differ from the defaults of a model."""
    defaults = arguments_of(name, {})
    return {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in arguments.items()
        if _plain(value) != _plain(defaults.get(key))
    }


def _plain(value):
    return list(value) if isinstance(value, (list, tuple)) else value
