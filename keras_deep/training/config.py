"""Training configuration: learning rate schedule, optimizer, precision."""

import dataclasses
import types

import keras

from keras_deep.optimizers import SGD
from keras_deep.utils.errors import did_you_mean
from keras_deep.utils.recipe import SCHEDULES
from keras_deep.utils.recipe import check_recipe


def _step(config, steps):
    """Divides the learning rate by 10 after 1/2 and 3/4 of the steps."""
    rates = [config.learning_rate * 0.1**i for i in range(3)]
    boundaries = [steps // 2, steps * 3 // 4]
    return keras.optimizers.schedules.PiecewiseConstantDecay(boundaries, rates)


def _cosine(config, steps):
    """Warms up for 1/20 of the steps, then decays to 0 along a cosine."""
    warmup = max(1, steps // 20)
    return keras.optimizers.schedules.CosineDecay(
        0.0,
        max(1, steps - warmup),
        warmup_target=config.learning_rate,
        warmup_steps=warmup,
    )


def _constant(config, steps):
    """Keeps the learning rate constant."""
    del steps
    return config.learning_rate


_RATES = types.MappingProxyType(
    dict(zip(SCHEDULES, (_step, _cosine, _constant)))
)


@dataclasses.dataclass(frozen=True)
class Config:
    """JSON-serializable settings of a training run.

    The defaults are the recipe of DenseNet for CIFAR: stochastic gradient
    descent with Nesterov momentum and a stepped learning rate.

    Args:
        epochs: int, passes over the training images.
        learning_rate: float, the schedule's maximum.
        schedule: `"step"`, `"cosine"` or `"constant"`.
        momentum: float in `[0, 1)`.
        weight_decay: float. A step removes this fraction, times the learning
            rate, of every weight. It is decoupled from the momentum: the
            papers' L2 penalty of 1e-4 with momentum 0.9 removes
            `1e-4 / (1 - 0.9)`, the default.
        precision: string, a Keras dtype policy such as `"mixed_bfloat16"`, or
            `None` for the global one, `keras.config.dtype_policy()`. `fit`
            writes the name of the one that was used.
        seed: int in `[0, 2**32)` or `None`. On the CPU of one machine equal
            seeds give bit-identical weights.
        ema: float in `(0, 1)`, or `None`. With `0.99` an average of the
            weights is kept, in which a step counts one hundredth; it is what
            is validated, saved and returned.

    Raises:
        ValueError: if a field is out of its range.
    """

    epochs: int = 30
    learning_rate: float = 0.1
    schedule: str = "step"
    momentum: float = 0.9
    weight_decay: float = 1e-3
    precision: str | None = None
    seed: int | None = None
    ema: float | None = None

    def __new__(cls, *args, **fields):
        # Python's own message has no near misses.
        known = [field.name for field in dataclasses.fields(cls)]
        for name in fields:
            if name not in known:
                raise TypeError(
                    f"Expected the fields of `Config` to be among {known}. "
                    f"Received: {name}={fields[name]!r}."
                    f"{did_you_mean(name, known)}"
                )
        return super().__new__(cls)

    def __post_init__(self):
        check_recipe(dataclasses.asdict(self))

    def optimizer(self, steps):
        """Returns the optimizer for a training run of `steps` steps."""
        return SGD(
            _RATES[self.schedule](self, steps),
            momentum=self.momentum,
            nesterov=self.momentum > 0,
            weight_decay=self.weight_decay or None,
            use_ema=self.ema is not None,
            ema_momentum=0.99 if self.ema is None else self.ema,
        )
