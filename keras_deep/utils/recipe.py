"""What the settings of a training may be; checked before Keras is imported."""

import math
import numbers

from keras_deep.utils.errors import did_you_mean

SCHEDULES = (
    *("step", "cosine", "polynomial", "one_cycle", "constant", "plateau"),
)
OPTIMIZERS = ("sgd", "adam", "adamw", "lamb", "lars")
STRATEGIES = ("auto", "one_device", "mirrored", "multi_worker", "tpu")
BATCH_NORMS = ("replica", "synchronized")
DECAYS = ("all", "kernels")
CLASS_WEIGHTS = ("balanced",)
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


def _is_positive(value):
    return _is_number(value) and value > 0


def _is_between(low, high):
    return lambda v: _is_number(v) and low < v < high


def _is_part(value):
    """Whether it is an int of steps, or a float that is a fraction of them."""
    if isinstance(value, float):
        return 0 <= value < 1
    return _is_int(value, 0)


def _are_boundaries(values):
    """Whether they rise, all of them ints of steps or fractions of them."""
    if not isinstance(values, (list, tuple)) or not values:
        return False
    kinds = {type(value) for value in values}
    if kinds not in ({int}, {float}):
        return False
    rise = all(a < b for a, b in zip(values, values[1:]))
    return rise and all(_is_part(value) and value > 0 for value in values)


def _or_none(rule):
    accepts, wanted = rule
    return lambda v: v is None or accepts(v), f"{wanted}, or None"


def _one_of(names):
    # A list is equal to no name, and in no set of them.
    return (
        lambda v: isinstance(v, str) and v in names,
        f"one of {list(names)}",
    )


_COUNT = (lambda v: _is_int(v, 1), "a positive int")
_POSITIVE = (_is_positive, "a positive float")
# What a setting has to be: a function that says whether a value is, and words.
_RULES = {
    "epochs": _COUNT,
    "learning_rate": _POSITIVE,
    "schedule": _one_of(SCHEDULES),
    "momentum": (lambda v: _is_number(v) and 0 <= v < 1, "in [0, 1)"),
    "weight_decay": (lambda v: _is_number(v) and v >= 0, "at least 0"),
    "precision": (
        lambda v: v is None or isinstance(v, str) and v in PRECISIONS,
        f"a dtype policy of Keras that trains, one of {list(PRECISIONS)}",
    ),
    "seed": _or_none(
        (lambda v: _is_int(v, 0) and v < 2**32, "an int in [0, 2**32)")
    ),
    "ema": _or_none((_is_between(0, 1), "in (0, 1)")),
    "optimizer": _one_of(OPTIMIZERS),
    "nesterov": (lambda v: isinstance(v, bool), "a bool"),
    "decay": _one_of(DECAYS),
    "warmup": _or_none(
        (_is_part, "an int of steps, or a fraction of the run in [0, 1)")
    ),
    "warmup_rate": _or_none(_POSITIVE),
    "boundaries": _or_none(
        (
            _are_boundaries,
            "rising: ints of steps, or fractions of the run in (0, 1)",
        )
    ),
    "factor": (_is_between(0, 1), "in (0, 1)"),
    "power": _POSITIVE,
    "patience": _COUNT,
    "iterations": _or_none(_COUNT),
    "accumulate_steps": _COUNT,
    "clipnorm": _or_none(_POSITIVE),
    "global_clipnorm": _or_none(_POSITIVE),
    "clipvalue": _or_none(_POSITIVE),
    "label_smoothing": (lambda v: _is_number(v) and 0 <= v < 1, "in [0, 1)"),
    "class_weight": _or_none(_one_of(CLASS_WEIGHTS)),
    "steps_per_execution": _COUNT,
    "jit_compile": (
        lambda v: isinstance(v, bool) or isinstance(v, str) and v == "auto",
        'a bool or "auto"',
    ),
    "strategy": _or_none(_one_of(STRATEGIES)),
    "batch_norm": _one_of(BATCH_NORMS),
    "checkpoint_steps": _or_none(_COUNT),
    "checkpoint_minutes": _POSITIVE,
}
_NAMES = {
    "schedule": SCHEDULES,
    "precision": PRECISIONS,
    "optimizer": OPTIMIZERS,
    "decay": DECAYS,
    "class_weight": CLASS_WEIGHTS,
    "jit_compile": ("auto",),
    "strategy": STRATEGIES,
    "batch_norm": BATCH_NORMS,
}


def check_recipe(settings):
    """Checks fields of `keras_deep.training.Config`, each by itself.

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
