"""LAMB, whose steps are as long as the weights of a layer are large."""

import keras
from keras import ops

from keras_deep.layers.stock_named import StockNamed
from keras_deep.optimizers.adaptation import Adaptive
from keras_deep.optimizers.adaptation import is_adapted
from keras_deep.optimizers.adaptation import ratio
from keras_deep.optimizers.slices import model_variable
from keras_deep.optimizers.slices import norm
from keras_deep.optimizers.slices import slice_axes


@keras.saving.register_keras_serializable(package="keras_deep", name="LAMB")
class LAMB(Adaptive, StockNamed, keras.optimizers.Lamb):
    """Applies `keras.optimizers.Lamb`, block by block in stacked weights.

    Arguments, state and, for flat networks, updates are those of Keras's
    optimizer, for which all blocks of a stack would be one layer.
    `exclude_from_adaptation` leaves weights to Adam, such as biases.

    Files name Keras's optimizer, see `StockNamed`.

    Like Keras's it deviates from the paper in the decay: `weight_decay` is
    that of AdamW, decoupled from the gradient, and has no part in the trust
    ratio. Without decay, and with `epsilon=1e-6`, the step is the paper's.

    Example:

    ```python
    model = keras_deep.CifarResNet(depth=110)
    model.compile(keras_deep.optimizers.LAMB(0.01), "mse")
    ```

    Reference:
        [Large Batch Optimization for Deep Learning: Training BERT in 76
        minutes](https://arxiv.org/abs/1904.00962), ICLR 2020.
    """

    # What files open as where this package is not imported.
    portable_class = keras.optimizers.Lamb

    def update_step(self, gradient, variable, learning_rate):
        lamb_step(self, gradient, variable, learning_rate)


def lamb_step(optimizer, gradient, variable, learning_rate):
    """Updates a variable, and the state of the optimizer for it.

    Args:
        optimizer: `keras.optimizers.Lamb`.
        gradient: tensor.
        variable: variable, as `update_step` is given it.
        learning_rate: scalar tensor.
    """
    dtype, place = variable.dtype, optimizer._get_variable_index(variable)
    gradient = ops.cast(gradient, dtype)
    step = ops.cast(optimizer.iterations + 1, dtype)

    def averaged(averages, value, beta):
        """Moves an average to a value; returns it without its bias."""
        average = averages[place]
        change = ops.multiply(ops.subtract(value, average), 1 - beta)
        optimizer.assign_add(average, change)
        bias = ops.subtract(1.0, ops.power(ops.cast(beta, dtype), step))
        return ops.divide(average, bias)

    mean = averaged(optimizer._momentums, gradient, optimizer.beta_1)
    square = averaged(
        optimizer._velocities, ops.square(gradient), optimizer.beta_2
    )
    update = ops.divide(mean, ops.add(ops.sqrt(square), optimizer.epsilon))
    rate = ops.cast(learning_rate, dtype)
    if is_adapted(optimizer, variable):
        axes = slice_axes(model_variable(optimizer, variable))
        trust = ratio(norm(variable, axes), norm(update, axes))
        rate = ops.multiply(rate, ops.cast(trust, dtype))
    optimizer.assign_sub(variable, ops.multiply(rate, update))
