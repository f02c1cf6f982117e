"""Learning rate schedules by name, of Keras's own as far as it has them.

A schedule is a function of the step alone, the number of updates before it,
so that a run which is continued has the rates of one that never stopped. Most
are classes of Keras, which files of compiled models name. `"one_cycle"`, and
`"step"` and `"polynomial"` after a linear rise, are joined of those: see
`JoinedSchedule` for what a file then needs.
"""

import types

import keras
from keras.optimizers.schedules import CosineDecay
from keras.optimizers.schedules import PiecewiseConstantDecay
from keras.optimizers.schedules import PolynomialDecay

from keras_deep.optimizers.joined_schedule import JoinedSchedule
from keras_deep.utils.settings import check_within

# PyTorch's `OneCycleLR` starts at the peak divided by the first number, and
# ends at its start divided by the second.
_START, _END = 25.0, 1e4
_RISE = 0.3


def rate_of(config, steps):
    """Returns the learning rate of a run, or its schedule.

    Args:
        config: `Config`.
        steps: int, how often the run updates the weights.

    Returns:
        Float, or `keras.optimizers.schedules.LearningRateSchedule`.

    Raises:
        ValueError: if the run is too short for the warm-up or the boundaries.
    """
    check_within(config, steps)
    return SCHEDULES[config.schedule](config, steps)


def plateau_callbacks(config):
    """Returns the callbacks that set the learning rate, a list.

    Args:
        config: `Config`.
    """
    if config.schedule != "plateau":
        return []
    callback = keras.callbacks.ReduceLROnPlateau(
        monitor="val_loss", factor=config.factor, patience=config.patience
    )
    return [callback]


def _step(config, steps):
    """Multiplies the rate by `factor` from each boundary on."""
    warmup = _warmup(config, steps)
    # Keras's boundaries are the last steps of a value.
    lasts = [first - 1 for first in _boundaries(config, steps)]
    if warmup and lasts[0] < warmup:
        raise ValueError(
            "Expected the first of `boundaries` after the warm-up. Received: "
            f"boundaries={config.boundaries}, of {steps} steps from step "
            f"{lasts[0] + 1} on, with warmup={config.warmup}"
        )
    rates = [
        config.learning_rate * config.factor**i for i in range(len(lasts) + 1)
    ]
    if config.warmup_rate is not None:
        return PiecewiseConstantDecay(
            [warmup - 1, *lasts], [config.warmup_rate, *rates]
        )
    lasts = [last - warmup for last in lasts]
    return _after_rise(config, warmup, PiecewiseConstantDecay(lasts, rates))


def _cosine(config, steps):
    """Warms up, for 1/20 of the steps if not said, then falls to 0."""
    warmup = max(1, steps // 20)
    if config.warmup is not None:
        warmup = _warmup(config, steps)
    fall = max(1, steps - warmup)
    if not warmup:
        return CosineDecay(config.learning_rate, fall)
    return CosineDecay(
        0.0, fall, warmup_target=config.learning_rate, warmup_steps=warmup
    )


def _polynomial(config, steps):
    """Warms up, then falls to 0 with a power of what is left of the run."""
    warmup = _warmup(config, steps)
    fall = PolynomialDecay(
        config.learning_rate, max(1, steps - warmup), 0.0, config.power
    )
    return _after_rise(config, warmup, fall)


def _one_cycle(config, steps):
    """Rises along a cosine, from 1/25, and falls along one to nearly 0.

    It is PyTorch's `OneCycleLR` with its defaults, except that the momentum
    stays: "Super-Convergence" (arXiv:1708.07120) has lines for the cosines.
    `warmup` is the rise, 3/10 of the steps if not said. The peak is one step
    before its end, and the last step has the lowest rate, as in PyTorch.
    """
    peak, start = config.learning_rate, config.learning_rate / _START
    warmup = _RISE if config.warmup is None else config.warmup
    rise = warmup if isinstance(warmup, int) else warmup * steps
    top = max(1.0, rise - 1.0)
    fall = max(1.0, steps - 1.0 - top)
    return JoinedSchedule(
        [top],
        [
            CosineDecay(start, top, alpha=_START),
            CosineDecay(peak, fall, alpha=1 / (_START * _END)),
        ],
    )


def _constant(config, steps):
    """Keeps the rate, after the warm-up."""
    warmup, rate = _warmup(config, steps), float(config.learning_rate)
    if config.warmup_rate is not None:
        return PiecewiseConstantDecay([warmup - 1], [config.warmup_rate, rate])
    if warmup:  # A cosine from the rate to the rate.
        return CosineDecay(
            0.0, 1, alpha=1.0, warmup_target=rate, warmup_steps=warmup
        )
    return rate


def _plateau(config, steps):
    """Keeps the rate, for `plateau_callbacks` to set."""
    del steps
    return float(config.learning_rate)


SCHEDULES = types.MappingProxyType(
    {
        "step": _step,
        "cosine": _cosine,
        "polynomial": _polynomial,
        "one_cycle": _one_cycle,
        "constant": _constant,
        "plateau": _plateau,
    }
)


def _warmup(config, steps):
    """Returns the steps of the warm-up."""
    warmup = config.warmup or 0
    return warmup if isinstance(warmup, int) else round(warmup * steps)


def _boundaries(config, steps):
    """Returns the first step of each rate but the first one."""
    if config.boundaries is None:
        return steps // 2 + 1, steps * 3 // 4 + 1
    return [
        first if isinstance(first, int) else round(first * steps)
        for first in config.boundaries
    ]


def _after_rise(config, warmup, schedule):
    """Returns a schedule whose steps count from the end of a linear rise."""
    if not warmup:
        return schedule
    rise = PolynomialDecay(0.0, warmup, config.learning_rate)
    return JoinedSchedule([warmup], [rise, schedule])
