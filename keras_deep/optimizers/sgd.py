"""Stochastic gradient descent with one operation per weight."""

import keras

from keras_deep import backend
from keras_deep.optimizers.few_operations import FewOperations
from keras_deep.optimizers.few_operations import values_of


@keras.saving.register_keras_serializable(package="keras_deep")
class SGD(FewOperations, keras.optimizers.SGD):
    """Applies `keras.optimizers.SGD`, with a shorter start.

    Arguments, state and updates are those of Keras's optimizer, which needs
    some fifteen operations per weight for momentum and weight decay. On
    TensorFlow two take their place, so that tracing a very deep network takes
    about half as long. Other backends, sparse gradients and a momentum of 0
    are the parent's.

    Files name Keras's optimizer, see `StockNamed`.

    The decay is `weight -= (rate * decay) * weight`, Keras's is
    `weight -= (weight * decay) * rate`, which may be rounded differently.

    Example:

    ```python
    model = keras_deep.CifarResNet(depth=110)
    optimizer = keras_deep.optimizers.SGD(0.1, momentum=0.9)
    model.compile(optimizer, "sparse_categorical_crossentropy")
    ```
    """

    # What files open as where this package is not imported.
    portable_class = keras.optimizers.SGD

    # Keras has no public functions for what concerns all weights.
    def _backend_update_step(self, grads, trainable_variables, learning_rate):
        done = self.momentum and backend.momentum_steps(
            values_of(trainable_variables),
            values_of(
                self.momentums[self._get_variable_index(variable)]
                for variable in trainable_variables
            ),
            grads,
            learning_rate,
            self.momentum,
            self.nesterov,
        )
        if not done:
            super()._backend_update_step(
                grads, trainable_variables, learning_rate
            )
