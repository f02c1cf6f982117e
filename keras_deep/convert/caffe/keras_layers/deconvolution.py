"""Grouped transposed convolution with Caffe's padding."""

import keras
import numpy as np
from keras import initializers
from keras import layers
from keras import ops

from keras_deep.layers.grouped_conv import GroupedConv2D
from keras_deep.layers.needs_package import NeedsPackage
from keras_deep.layers.shapes import pair


@keras.saving.register_keras_serializable(package="keras_deep")
class BilinearKernel(initializers.Initializer):
    """Kernel of a transposed convolution that upsamples bilinearly.

    It is the same for every channel. For a stride of `factor` the kernel size
    must be `2 * factor - factor % 2`.
    """

    def __call__(self, shape, dtype=None):
        rows, columns = (_tent(size) for size in shape[:2])
        kernel = rows[:, None, None, None] * columns[:, None, None]
        kernel = np.broadcast_to(kernel, shape)
        return ops.convert_to_tensor(kernel, dtype or "float32")


def _tent(size):
    """Returns the weights of linear interpolation, a triangle."""
    factor = (size + 1) // 2
    middle = (2 * factor - 1 - factor % 2) / 2
    return 1 - np.abs(np.arange(size) - middle) / factor


@keras.saving.register_keras_serializable(package="keras_deep")
class CaffeDeconvolution2D(NeedsPackage, layers.Layer):
    """Computes a transposed convolution, as Caffe's Deconvolution does.

    Keras's `Conv2DTranspose` has neither groups nor this padding: here
    `padding` rows and columns are cropped on every side of the output, whose
    sides are `(side - 1) * stride + dilation * (kernel - 1) + 1 - 2 * padding`.

    The weights that an output pixel depends on are determined by its position
    modulo the stride, its phase: the outputs of one phase are an ordinary
    convolution. One convolution computes all phases as channels, which are
    then interleaved. (`keras.ops.conv_transpose` has no groups: as several
    convolutions, or one with zeros, it takes 1.4 to 2 times as long for the
    usual groups of one channel.)

    Args:
        filters: int, channels of the output.
        kernel_size: int or pair of ints.
        strides: int or pair of ints.
        padding: int or pair of ints, pixels cropped on every side.
        dilation_rate: int or pair of ints.
        groups: int, a divisor of the channels of input and output.
        use_bias: bool.
        kernel_initializer: initializer of the kernel, of shape
            `(*kernel_size, channels // groups, filters)`.
        bias_initializer: initializer of the bias.

    Input shape: `(batch, height, width, channels)`; height and width may be
        unknown.

    Output shape: `(batch, new_height, new_width, filters)`.
    """

    def __init__(
        self,
        filters,
        kernel_size,
        strides=1,
        padding=0,
        dilation_rate=1,
        groups=1,
        use_bias=True,
        kernel_initializer="glorot_uniform",
        bias_initializer="zeros",
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.filters = filters
        self.kernel_size = pair(kernel_size)
        self.strides = pair(strides)
        self.padding = pair(padding)
        self.dilation_rate = pair(dilation_rate)
        self.groups = groups
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)

    def build(self, input_shape):
        channels = input_shape[-1]
        if channels % self.groups or self.filters % self.groups:
            raise ValueError(
                "Expected `groups` to divide the channels and `filters`. "
                f"Received: groups={self.groups}, channels={channels}, "
                f"filters={self.filters}"
            )
        self.kernel = self.add_weight(
            name="kernel",
            shape=(*self.kernel_size, channels // self.groups, self.filters),
            initializer=self.kernel_initializer,
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                name="bias",
                shape=(self.filters,),
                initializer=self.bias_initializer,
            )

    def call(self, inputs):
        kernel = self._phases(ops.convert_to_tensor(self.kernel))
        taps = tuple(kernel.shape[:2])
        edges = [(t - 1, t - 1) for t in taps]
        x = ops.pad(inputs, [(0, 0), *edges, (0, 0)])
        convolution = GroupedConv2D(
            kernel.shape[-1],
            taps,
            data_format="channels_last",
            groups=self.groups,
            use_bias=False,
        )
        x = self._in_place(convolution.convolution_op(x, kernel))
        sides = map(self._side, (0, 1), ops.shape(inputs)[1:3])
        rows, columns = (
            slice(p, p + side) for p, side in zip(self.padding, sides)
        )
        x = x[:, rows, columns]
        return x if self.bias is None else x + self.bias

    def _phases(self, kernel):
        """Returns the kernel of all phases, for one convolution.

        Along each axis and for stride `s`, weight `a + s * j` belongs to phase
        `a` and multiplies the pixel `j` positions back. A convolution's kernel
        goes forwards, so it is flipped.
        """
        (rows, columns), rest = self.kernel_size, kernel.shape[2:]
        if max(self.dilation_rate) > 1:
            below, behind = (rate - 1 for rate in self.dilation_rate)
            kernel = ops.reshape(kernel, (rows, 1, columns, 1, *rest))
            widths = [(0, 0), (0, below), (0, 0), (0, behind), (0, 0), (0, 0)]
            kernel = ops.pad(kernel, widths)
            rows, columns = rows * (1 + below), columns * (1 + behind)
            kernel = ops.reshape(kernel, (rows, columns, *rest))
        down, across = self.strides
        widths = [(0, -rows % down), (0, -columns % across), (0, 0), (0, 0)]
        kernel = ops.pad(kernel, widths)
        taps = kernel.shape[0] // down, kernel.shape[1] // across
        split = (taps[0], down, taps[1], across, rest[0], self.groups, -1)
        kernel = ops.flip(ops.reshape(kernel, split), (0, 2))
        # The output channels of a group are contiguous.
        kernel = ops.transpose(kernel, (0, 2, 4, 5, 1, 3, 6))
        return ops.reshape(kernel, (*taps, rest[0], -1))

    def _in_place(self, x):
        """Interleaves the phases, which are channels, as pixels."""
        _, height, width, _ = ops.shape(x)
        down, across = self.strides
        shape = (-1, height, width, self.groups, down, across)
        x = ops.reshape(x, (*shape, self.filters // self.groups))
        x = ops.transpose(x, (0, 1, 4, 2, 5, 3, 6))
        return ops.reshape(x, (-1, height * down, width * across, self.filters))

    def _side(self, axis, side):
        """Returns the side of the output along an axis, `None` if unknown."""
        if side is None:
            return None
        reach = self.dilation_rate[axis] * (self.kernel_size[axis] - 1) + 1
        return (side - 1) * self.strides[axis] + reach - 2 * self.padding[axis]

    def compute_output_shape(self, input_shape):
        sides = map(self._side, (0, 1), input_shape[1:3])
        return input_shape[0], *sides, self.filters

    def get_config(self):
        return {
            **super().get_config(),
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "strides": self.strides,
            "padding": self.padding,
            "dilation_rate": self.dilation_rate,
            "groups": self.groups,
            "use_bias": self.use_bias,
            "kernel_initializer": initializers.serialize(
                self.kernel_initializer
            ),
            "bias_initializer": initializers.serialize(self.bias_initializer),
        }
