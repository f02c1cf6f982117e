"""What `data.load` may be given; checked before Keras is imported."""

from keras_deep.utils.errors import did_you_mean

FORMATS = ("tf", "numpy")
# Keys of `keras_deep.data.augment.AUGMENTATIONS`.
AUGMENTATIONS = ("crop1", "crop2", "crop4", "crop4_flip", "resized_crop_flip")
# All arguments, in order.
ARGUMENTS = (
    "name",
    "format",
    "batch_size",
    "seed",
    "data_dir",
    "augment",
    "image_size",
    "validation",
    "preprocessing",
    "large_size",
    "skip_unreadable",
)
# `None` stands for what another argument or the data set says.
OPTIONAL = ("format", "data_dir", "image_size", "large_size", "preprocessing")


def _is_int(value, least):
    return (
        isinstance(value, int)
        and not isinstance(value, bool)
        and least <= value < 2**63
    )


def _is_fraction(value):
    return isinstance(value, (int, float)) and 0 <= value < 1


_AUGMENT = ("standard", None, *AUGMENTATIONS)
_SIDE = (lambda v: _is_int(v, 1), "a positive int, or None")
# What an argument has to be: a function that says whether a value is, and
# words. The others are checked where the data set is known.
_RULES = {
    "format": (lambda v: v in FORMATS, f"one of {FORMATS} or None"),
    "batch_size": (lambda v: _is_int(v, 1), "a positive int"),
    "seed": (lambda v: _is_int(v, 0), "an int of 0 or more, or None"),
    "augment": (lambda v: v in _AUGMENT, f"one of {_AUGMENT}"),
    "image_size": _SIDE,
    "large_size": _SIDE,
    "validation": (_is_fraction, "a float in [0, 1)"),
    "skip_unreadable": (lambda v: isinstance(v, bool), "a bool"),
}


def check_load_arguments(arguments):
    """Checks arguments of `keras_deep.data.load`.

    Args:
        arguments: dict of some of them. Optional ones may be `None`.

    Raises:
        ValueError: if an argument is invalid; it names the first one.
    """
    for name, (accepts, expected) in _RULES.items():
        if name not in arguments:
            continue
        value = arguments[name]
        if value is None and name in OPTIONAL or accepts(value):
            continue
        known = ("standard", *AUGMENTATIONS) if name == "augment" else ()
        close = did_you_mean(value, known)
        raise ValueError(
            f"Expected `{name}` to be {expected}. "
            f"Received: {name}={value!r}{close and '.' + close}"
        )
