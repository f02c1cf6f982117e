"""Layers for elementwise functions and local response normalisation."""

import keras
from keras import layers
from keras import ops

from keras_deep.layers.needs_package import NeedsPackage
from keras_deep.utils.checks import check_one_of

_FUNCTIONS = {
    "abs": lambda x, parameter: ops.absolute(x),
    "log": lambda x, parameter: ops.log(x),
    "power": ops.power,
}


@keras.saving.register_keras_serializable(package="keras_deep")
class CaffeElementwise(NeedsPackage, layers.Layer):
    """Computes `factor * function(shift + scale * x)` elementwise.

    Args:
        function: `"abs"`, `"log"` or `"power"`.
        scale: float.
        shift: float.
        factor: float.
        parameter: float, the exponent of `"power"`.
    """

    def __init__(
        self,
        function,
        scale=1.0,
        shift=0.0,
        factor=1.0,
        parameter=1.0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        check_one_of(_FUNCTIONS, function=function)
        self.function = function
        self.scale = scale
        self.shift = shift
        self.factor = factor
        self.parameter = parameter

    def call(self, inputs):
        x = self.shift + self.scale * inputs
        return self.factor * _FUNCTIONS[self.function](x, self.parameter)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {
            **super().get_config(),
            "function": self.function,
            "scale": self.scale,
            "shift": self.shift,
            "factor": self.factor,
            "parameter": self.parameter,
        }


@keras.saving.register_keras_serializable(package="keras_deep")
class CaffeLRN(NeedsPackage, layers.Layer):
    """Local response normalisation, over channels or over pixels.

    `y = x * (bias + alpha * mean) ** -beta`, where `mean` is the mean square
    of `size` neighbouring channels or of `size * size` neighbouring pixels,
    zero-padded at the edges.

    Reference:
        [ImageNet classification with deep convolutional neural
        networks](https://dl.acm.org/doi/10.1145/3065386), NeurIPS 2012,
        whose `alpha` is this layer's divided by `size`.

    Args:
        size: int, odd.
        alpha: float.
        beta: float.
        bias: float, `k` in the paper.
        region: `"channels"` or `"pixels"`.
    """

    def __init__(
        self,
        size=5,
        alpha=1.0,
        beta=0.75,
        bias=1.0,
        region="channels",
        **kwargs,
    ):
        super().__init__(**kwargs)
        check_one_of(_MEANS, region=region)
        self.size = size
        self.alpha = alpha
        self.beta = beta
        self.bias = bias
        self.region = region

    def call(self, inputs):
        mean = _MEANS[self.region](ops.square(inputs), self.size)
        return inputs * ops.power(self.bias + self.alpha * mean, -self.beta)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {
            **super().get_config(),
            "size": self.size,
            "alpha": self.alpha,
            "beta": self.beta,
            "bias": self.bias,
            "region": self.region,
        }


def _mean_of_channels(x, size):
    channels = x.shape[-1]
    reach = min(size // 2, channels - 1)
    x = ops.pad(x, [(0, 0)] * 3 + [(reach, reach)])
    shifts = range(2 * reach + 1)
    return sum(x[..., i : i + channels] for i in shifts) / size


def _mean_of_pixels(x, size):
    reach = (size // 2, size // 2)
    x = ops.pad(x, [(0, 0), reach, reach, (0, 0)])
    return ops.average_pool(x, size, 1, data_format="channels_last")


_MEANS = {"channels": _mean_of_channels, "pixels": _mean_of_pixels}
