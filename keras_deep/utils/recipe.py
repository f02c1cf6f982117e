"""What the settings of a training may be; checked before Keras is imported."""

import math
import numbers

from keras_deep.utils.errors import did_you_mean

SCHEDULES = ("step", "cosine", "constant")
# Keras knows others, of integers and for quantization, that train nothing.
PRECISIONS = (
    "float32",
    "mixed_bfloat16",
    "mixed_float16",
    "bfloat16",
    "float16",
    "float64",
)


def _is_int(value, least):
    return type(value) is int and value >= least


def _is_number(value):
    return (
        isinstance(value, numbers.Real)
        and not isinstance(value, bool)
        and math.isfinite(value)
    )


# What a setting has to be: a function that says whether a value is, and words.
_RULES = {
    "epochs": (lambda v: _is_int(v, 1), "a positive int"),
    "learning_rate": (lambda v: _is_number(v) and v > 0, "a positive float"),
    "schedule": (lambda v: v in SCHEDULES, f"one of {list(SCHEDULES)}"),
    "momentum": (lambda v: _is_number(v) and 0 <= v < 1, "in [0, 1)"),
    "weight_decay": (lambda v: _is_number(v) and v >= 0, "at least 0"),
    "precision": (
        lambda v: v is None or v in PRECISIONS,
        f"a dtype policy of Keras that trains, one of {list(PRECISIONS)}",
    ),
    "seed": (
        lambda v: v is None or _is_int(v, 0) and v < 2**32,
        "an int in [0, 2**32), or None",
    ),
    "ema": (
        lambda v: v is None or _is_number(v) and 0 < v < 1,
        "in (0, 1), or None",
    ),
}
_NAMES = {"schedule": SCHEDULES, "precision": PRECISIONS}


def check_recipe(settings):
    """Checks fields of `keras_deep.training.Config`.

    Args:
        settings: dict of names of fields to values.

    Raises:
        ValueError: if a value is out of its range; it names the first one.
    """
    for name, (accepts, wanted) in _RULES.items():
        if name in settings and not accepts(settings[name]):
            value = settings[name]
            close = did_you_mean(value, _NAMES.get(name, ()))
            raise ValueError(
                f"Expected `{name}` to be {wanted}. "
                f"Received: {name}={value!r}{close and '.' + close}"
            )
