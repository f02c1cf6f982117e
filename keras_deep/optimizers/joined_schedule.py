"""Learning rate schedules, one after the other."""

import keras
from keras import ops
from keras.optimizers.schedules import PiecewiseConstantDecay

_STOCK = "PiecewiseConstantDecay"
_NEEDS = (
    "Training on with this schedule needs the package keras_deep: `pip "
    "install keras_deep`, and `import keras_deep` before the file is loaded."
)


class JoinedSchedule(PiecewiseConstantDecay):
    """Follows schedules of Keras one after the other, a function of the step.

    It is Keras's `PiecewiseConstantDecay` in which a value may be a schedule,
    too, whose steps count from the boundary before it. Keras has none for a
    warm-up but that of its `CosineDecay`.

    A file names Keras's class, so that it opens, evaluates and predicts where
    only Keras is installed. There, instead of the schedules, are the dicts
    that the file has of them, so a step of training fails; on TensorFlow the
    error names this package. Where it is imported, the file opens as this
    class.

    Example:

    ```python
    rise = keras.optimizers.schedules.PolynomialDecay(0.0, 400, 0.1)
    fall = keras.optimizers.schedules.PolynomialDecay(0.1, 1000, 0.0)
    rate = JoinedSchedule([400], [rise, fall])  # For 1,400 steps.
    ```

    Args:
        boundaries: list of numbers, rising. A value is for the steps after
            the boundary before it, up to and with its own.
        values: list of floats and schedules, one more than boundaries.
        name: string.
    """

    # Keras opens no schedule by its private module, which `StockNamed` names,
    # and by a public one no class that is registered under another name.
    __module__ = "keras.optimizers.schedules"

    def __init__(self, boundaries, values, name="JoinedSchedule"):
        super().__init__(list(boundaries), list(values), name)

    def __call__(self, step):
        # Boundaries may be fractions.
        step = ops.cast(ops.convert_to_tensor(step), "float32")
        starts = [0, *self.boundaries]
        rate = _rate(self.values[-1], step - starts[-1])
        for i in reversed(range(len(self.boundaries))):
            earlier = _rate(self.values[i], step - starts[i])
            rate = ops.where(step <= self.boundaries[i], earlier, rate)
        return rate

    def get_config(self):
        values = [_serialized(value) for value in self.values]
        return {**super().get_config(), "values": values}

    @classmethod
    def from_config(cls, config):
        values = [
            keras.saving.deserialize_keras_object(value)
            for value in config["values"]
        ]
        return cls(**{**config, "values": values})

    def __reduce__(self):
        """Pickles what a file would hold: its class is not found by name."""
        config = keras.saving.serialize_keras_object(self)
        return keras.saving.deserialize_keras_object, (config,)


def _rate(value, step):
    if callable(value):
        # Before its first step a schedule may have no number.
        return value(ops.maximum(step, 0))
    return ops.convert_to_tensor(value)


def _serialized(value):
    if not callable(value):
        return value
    return {**keras.saving.serialize_keras_object(value), "needs": _NEEDS}


# The registered name in a file is looked up before its module and class. Files
# of Keras's own class have none, so that theirs open as what they are.
JoinedSchedule.__name__ = JoinedSchedule.__qualname__ = _STOCK
keras.saving.get_custom_objects()[_STOCK] = JoinedSchedule
