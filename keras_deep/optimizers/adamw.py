"""AdamW with one operation per weight, and one for its decay."""

import keras

from keras_deep import backend
from keras_deep.optimizers.few_operations import FewOperations
from keras_deep.optimizers.few_operations import values_of


@keras.saving.register_keras_serializable(package="keras_deep")
class AdamW(FewOperations, keras.optimizers.AdamW):
    """Applies `keras.optimizers.AdamW`, with a shorter start.

    Arguments, state and updates are those of Keras's optimizer, which needs
    some forty operations per weight. On TensorFlow two take their place.
    Other backends, sparse gradients and `amsgrad` are the parent's.

    Files name Keras's optimizer, see `StockNamed`.

    The kernel takes `1 - beta` of the rounded betas, as the correction of the
    bias does; Keras rounds the difference itself. With `beta_2=0.999` the
    steps differ by some millionths. So may the decay, see `FewOperations`.

    Example:

    ```python
    model = keras_deep.CifarResNet(depth=110)
    optimizer = keras_deep.optimizers.AdamW(1e-3, weight_decay=0.05)
    model.compile(optimizer, "sparse_categorical_crossentropy")
    ```
    """

    # What files open as where this package is not imported.
    portable_class = keras.optimizers.AdamW

    # Keras has no public functions for what concerns all weights.
    def _backend_update_step(self, grads, trainable_variables, learning_rate):
        places = [self._get_variable_index(x) for x in trainable_variables]
        done = not self.amsgrad and backend.adam_steps(
            values_of(trainable_variables),
            values_of(self._momentums[place] for place in places),
            values_of(self._velocities[place] for place in places),
            grads,
            learning_rate,
            self.iterations + 1,
            (self.beta_1, self.beta_2, self.epsilon),
        )
        if not done:
            super()._backend_update_step(
                grads, trainable_variables, learning_rate
            )
