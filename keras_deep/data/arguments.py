"""Checks the arguments of `load`."""

from keras_deep.data.augment import AUGMENTATIONS
from keras_deep.utils.errors import did_you_mean

FORMATS = ("tf", "numpy")
_OPTIONAL = (
    "format",
    "data_dir",
    "image_size",
    "large_size",
    "preprocessing",
)


def checked_arguments(arguments):
    """Checks the arguments of `load` before any file is read.

    Args:
        arguments: dict of the arguments.

    Returns:
        Dict without the optional arguments that are `None`.

    Raises:
        ValueError: if an argument is invalid; it names the first one.
    """
    arguments = {
        name: value
        for name, value in arguments.items()
        if value is not None or name not in _OPTIONAL
    }
    augmentations = ("standard", None, *AUGMENTATIONS)
    rules = {
        "format": (lambda v: v in FORMATS, f"one of {FORMATS} or None"),
        "batch_size": (lambda v: _is_int(v, 1), "a positive int"),
        "seed": (lambda v: _is_int(v, 0), "an int of 0 or more, or None"),
        "augment": (lambda v: v in augmentations, f"one of {augmentations}"),
        "image_size": (lambda v: _is_int(v, 1), "a positive int, or None"),
        "large_size": (lambda v: _is_int(v, 1), "a positive int, or None"),
        "validation": (_is_fraction, "a float in [0, 1)"),
        "skip_unreadable": (lambda v: isinstance(v, bool), "a bool"),
    }
    for name, (accepts, expected) in rules.items():
        if name in arguments and not accepts(arguments[name]):
            value = arguments[name]
            close = did_you_mean(value, [a for a in augmentations if a])
            raise ValueError(
                f"Expected `{name}` to be {expected}. "
                f"Received: {name}={value!r}"
                + (f".{close}" if name == "augment" else "")
            )
    return arguments


def _is_int(value, least):
    return (
        isinstance(value, int)
        and not isinstance(value, bool)
        and least <= value < 2**63
    )


def _is_fraction(value):
    return isinstance(value, (int, float)) and 0 <= value < 1
