"""What optimizers with few operations per weight have in common."""

import keras

from keras_deep import backend
from keras_deep.layers.stock_named import StockNamed


class FewOperations(StockNamed):
    """Mixin of an optimizer of Keras whose steps are traced faster.

    Keras's optimizers need some twenty operations per weight. On TensorFlow
    kernels for whole steps take their place, so that tracing a very deep
    network takes less time. Other backends, strategies and sparse gradients
    are the parent's.

    The decay is `weight -= (rate * decay) * weight`, Keras's is
    `weight -= (weight * decay) * rate`, which may be rounded differently.
    """

    # Keras has no public functions for what concerns all weights.
    def _apply_weight_decay(self, variables):
        decay = self.weight_decay
        if decay is None:
            return
        decayed = [
            value
            for value in values_of(variables)
            if self._use_weight_decay(value)
        ]
        if not backend.decay_steps(decayed, self.learning_rate, decay):
            super()._apply_weight_decay(variables)


def values_of(variables):
    """Returns the `tf.Variable`s, which Keras's methods for TensorFlow take.

    Args:
        variables: iterable of `keras.Variable` or of the framework's.
    """
    if keras.backend.backend() != "tensorflow":
        return list(variables)
    return [
        variable.value if isinstance(variable, keras.Variable) else variable
        for variable in variables
    ]
