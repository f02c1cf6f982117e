"""Linear layers, whose weights absorb factors and offsets around them."""

import keras
import numpy as np
from keras import layers

from keras_deep.layers.stock_named import stock_class

# Axes of the last kernel, from the right, that the channels of the output are.
_OUTPUTS = {
    layers.Dense: (-1,),
    layers.Conv1D: (-1,),
    layers.Conv2D: (-1,),
    layers.Conv3D: (-1,),
    layers.SeparableConv1D: (-1,),
    layers.SeparableConv2D: (-1,),
    layers.DepthwiseConv1D: (-2, -1),
    layers.DepthwiseConv2D: (-2, -1),
    layers.Conv1DTranspose: (-2,),
    layers.Conv2DTranspose: (-2,),
    layers.Conv3DTranspose: (-2,),
}
# Those whose kernel has the channels of the input in the last axis but one.
_CONVOLUTIONS = (layers.Conv1D, layers.Conv2D, layers.Conv3D)
_INPUTS = (layers.Dense, *_CONVOLUTIONS)


def is_linear(layer):
    """Returns whether a layer is a dense one or a convolution, and no more.

    It has no activation then, and its weights are just numbers.
    """
    return (
        stock_class(layer) in _OUTPUTS
        and layer.activation is keras.activations.linear
        and getattr(layer, "quantization_mode", None) is None
        and not getattr(layer, "lora_enabled", False)
    )


def is_pointwise(layer):
    """Returns whether a layer is a convolution of every pixel by itself."""
    return (
        stock_class(layer) in _CONVOLUTIONS
        and max(layer.kernel_size) == max(layer.strides) == 1
    )


def channel_axis_of(layer, rank):
    """Returns the axis of the channels that a layer makes, from the left."""
    first = getattr(layer, "data_format", None) == "channels_first"
    return 1 if first else rank - 1


class Weights:
    """The weights of a linear layer, in float64.

    All arrays have a first axis more than the layer's own weights: the blocks
    of the stack that the layer is in, or one. So have factors and offsets,
    whose second axis counts channels, or is 1.

    Args:
        layer: a layer of which `is_linear` holds.
        arrays: list of arrays like `layer.weights`.
    """

    def __init__(self, layer, arrays):
        self.layer = layer
        arrays = [np.asarray(array, "float64") for array in arrays]
        self.bias = arrays.pop() if layer.use_bias else None
        *self._others, self._kernel = arrays

    def arrays(self):
        """Returns the list of arrays; the last is the bias, if there is one."""
        bias = [] if self.bias is None else [self.bias]
        return [*self._others, self._kernel, *bias]

    def scale(self, factor):
        """Multiplies the output."""
        axes, kernel = _OUTPUTS[stock_class(self.layer)], self._kernel
        shape = [1] * kernel.ndim
        for axis in axes:
            shape[axis] = kernel.shape[axis]
        shape[0] = len(factor)
        by_entry = np.broadcast_to(factor, (len(factor), self._channels()))
        self._kernel = kernel * by_entry.reshape(shape)
        if self.bias is not None:
            self.bias = self.bias * factor

    def shift(self, offset):
        """Adds to the output."""
        if self.bias is None:
            self.bias = np.zeros((len(self._kernel), self._channels()))
        self.bias = self.bias + offset

    def _channels(self):
        axes = _OUTPUTS[stock_class(self.layer)]
        return int(np.prod([self._kernel.shape[axis] for axis in axes]))

    def absorbs(self, offset):
        """Returns whether the input's scale and offset can be taken over.

        Zeros around the input, which the layer adds, would have the offset.
        """
        kind, layer = stock_class(self.layer), self.layer
        if kind not in _INPUTS:
            return False
        pads = kind is not layers.Dense and layer.padding != "valid"
        return not np.any(offset) or not pads or max(layer.kernel_size) == 1

    def absorb(self, factor, offset):
        """Takes over that the input is multiplied, then shifted."""
        factor, offset = map(self._by_input, (factor, offset))
        inputs = tuple(range(1, self._kernel.ndim - 1))
        self.shift((self._kernel * offset).sum(inputs))
        self._kernel = self._kernel * factor

    def _by_input(self, value):
        """Returns an entry for every input and output of the kernel."""
        groups = getattr(self.layer, "groups", 1)
        *_, inputs, outputs = self._kernel.shape
        blocks = len(value)
        value = np.broadcast_to(value, (blocks, groups * inputs))
        value = value.reshape(blocks, groups, inputs)
        value = np.repeat(value, outputs // groups, axis=1).swapaxes(1, 2)
        ones = (1,) * (self._kernel.ndim - 3)
        return value.reshape(blocks, *ones, inputs, outputs)


def affine_of(layer, arrays):
    """Returns what batch normalisation multiplies by and adds in inference.

    Args:
        layer: `keras.layers.BatchNormalization`.
        arrays: list of arrays like `layer.weights`, with a first axis more.

    Returns:
        Pair of float64 arrays of shape `(blocks, channels)`.
    """
    arrays = [np.asarray(array, "float64") for array in arrays]
    *learnt, mean, variance = arrays
    gamma = learnt.pop(0) if layer.scale else 1.0
    beta = learnt.pop(0) if layer.center else 0.0
    factor = gamma / np.sqrt(variance + layer.epsilon)
    return factor, beta - mean * factor
