"""Training configuration: learning rate schedule, optimizer, precision."""

import dataclasses
import types

import keras

from keras_deep.utils.errors import did_you_mean


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


SCHEDULES = types.MappingProxyType(
    {"step": _step, "cosine": _cosine, "constant": _constant}
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
        precision: string, a Keras dtype policy such as `"mixed_bfloat16"`.
        seed: int or `None`. On the CPU of one machine equal seeds give
            bit-identical weights.

    Raises:
        ValueError: if a field is out of its range.
    """

    epochs: int = 30
    learning_rate: float = 0.1
    schedule: str = "step"
    momentum: float = 0.9
    weight_decay: float = 1e-3
    precision: str = "float32"
    seed: int | None = None

    def __post_init__(self):
        bounds = {
            "epochs": (isinstance(self.epochs, int) and self.epochs >= 1),
            "learning_rate": self.learning_rate > 0,
            "momentum": 0 <= self.momentum < 1,
            "weight_decay": self.weight_decay >= 0,
        }
        wanted = {
            "epochs": "a positive int",
            "learning_rate": "a positive float",
            "momentum": "in [0, 1)",
            "weight_decay": "at least 0",
        }
        for name, ok in bounds.items():
            if not ok:
                raise ValueError(
                    f"Expected `{name}` to be {wanted[name]}. "
                    f"Received: {name}={getattr(self, name)!r}"
                )
        if self.schedule not in SCHEDULES:
            raise ValueError(
                f"Expected `schedule` to be one of {list(SCHEDULES)}. "
                f"Received: schedule={self.schedule!r}."
                f"{did_you_mean(self.schedule, SCHEDULES)}"
            )

    def optimizer(self, steps):
        """Returns the optimizer for a training run of `steps` steps."""
        return keras.optimizers.SGD(
            SCHEDULES[self.schedule](self, steps),
            momentum=self.momentum,
            nesterov=self.momentum > 0,
            weight_decay=self.weight_decay or None,
        )
