"""LARS, gradient descent with a learning rate for every layer."""

import keras
from keras import ops

from keras_deep import backend
from keras_deep.optimizers.adaptation import Adaptive
from keras_deep.optimizers.adaptation import is_adapted
from keras_deep.optimizers.adaptation import ratio
from keras_deep.optimizers.slices import model_variable
from keras_deep.optimizers.slices import norm
from keras_deep.optimizers.slices import slice_axes

_WAY_OUT = (
    "This optimizer needs the package keras_deep: `pip install keras_deep`, "
    "and `import keras_deep` before the file is loaded. Without the package "
    "`keras.models.load_model(path, compile=False)` loads the network."
)


@keras.saving.register_keras_serializable(package="keras_deep")
class LARS(Adaptive, keras.optimizers.SGD):
    """Scales the gradient of every weight to the norm of the weight.

    With the gradient `g` of a weight `w`, the step is that of
    `keras.optimizers.SGD` for the gradient

    ```python
    trust_coefficient * norm(w) / (norm(g) + weight_decay * norm(w)) * (
        g + weight_decay * w
    )
    ```

    and for `g + weight_decay * w` where the quotient is 0 or not defined, and
    for weights that `exclude_from_adaptation` names. Most recipes that others
    published exclude biases and normalisation, the paper excludes nothing. In
    stacked variables every block is a weight, as in the flat network.

    Keras has no such optimizer, so files of models that were compiled with
    this one need the package. Where only Keras is installed, `load_model`
    fails and says so; with `compile=False` it loads a flat network with its
    weights, without the state of the optimizer.

    Args:
        learning_rate: float, schedule or callable, as in Keras. It is that of
            a layer divided by `trust_coefficient`: some hundred times that of
            SGD.
        momentum: float.
        nesterov: bool.
        trust_coefficient: float, how far a step may change a weight, relative
            to its norm, with a learning rate of 1.
        weight_decay: float or `None`, the L2 penalty of the paper, which is
            part of the gradient. Weights of `exclude_from_weight_decay` have
            none.
        **kwargs: further arguments of `keras.optimizers.SGD`.

    Reference:
        [Large Batch Training of Convolutional
        Networks](https://arxiv.org/abs/1708.03888), 2017.
    """

    def __init__(
        self,
        learning_rate=1.0,
        momentum=0.9,
        nesterov=False,
        trust_coefficient=0.001,
        weight_decay=None,
        **kwargs,
    ):
        super().__init__(
            learning_rate,
            momentum,
            nesterov,
            weight_decay=weight_decay,
            **kwargs,
        )
        self.trust_coefficient = trust_coefficient

    def update_step(self, gradient, variable, learning_rate):
        gradient = self._adapted(gradient, variable)
        super().update_step(gradient, variable, learning_rate)

    def _adapted(self, gradient, variable):
        """Returns the gradient, with the decay, as long as it should be."""
        dense = backend.dense_gradient(gradient)
        gradient = gradient if dense is None else dense
        gradient = direction = ops.cast(gradient, variable.dtype)
        decay = self.weight_decay or 0.0
        if decay and not self._use_weight_decay(variable):
            decay = 0.0
        if decay:
            direction = ops.add(gradient, ops.multiply(decay, variable))
        if not is_adapted(self, variable):
            return direction
        axes = slice_axes(model_variable(self, variable))
        size, slope = norm(variable, axes), norm(gradient, axes)
        trust = ratio(
            ops.multiply(self.trust_coefficient, size),
            ops.add(slope, ops.multiply(decay, size)),
        )
        return ops.multiply(ops.cast(trust, gradient.dtype), direction)

    def _apply_weight_decay(self, variables):
        """Does nothing: the decay is part of the gradient."""

    def get_config(self):
        return {
            **super().get_config(),
            "trust_coefficient": self.trust_coefficient,
            # Keras's error about an unknown class ends with the config.
            "needs": _WAY_OUT,
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        config = {key: x for key, x in config.items() if key != "needs"}
        return super().from_config(config, custom_objects)
