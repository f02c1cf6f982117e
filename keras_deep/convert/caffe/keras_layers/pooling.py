"""Pooling layers with Caffe's output sizes and divisors."""

import keras
from keras import layers
from keras import ops

from keras_deep.convert.caffe.keras_layers.shapes import is_static
from keras_deep.convert.caffe.keras_layers.shapes import smaller
from keras_deep.layers.needs_package import NeedsPackage
from keras_deep.layers.shapes import pair
from keras_deep.utils.checks import check_one_of

_ROUNDINGS = ("ceil", "floor")


class CaffePooling2D(NeedsPackage, layers.Layer):
    """Base of Caffe's pooling layers, whose last windows may overhang.

    Caffe rounds the number of windows up, so that the last ones may extend
    beyond the image and its padding, at the bottom and on the right.

    Args:
        pool_size: int or pair of ints, height and width of the window.
        strides: int or pair of ints. If it is larger than the window and there
            is no padding, Caffe may place the last window past the image; its
            value is meaningless.
        padding: int or pair of ints, rows and columns added on every side;
            smaller than the window.
        rounding: `"ceil"`, as in Caffe, or `"floor"`, as in some of its forks.

    Input shape: `(batch, height, width, channels)`; height and width may be
        unknown.

    Output shape: the same with fewer rows and columns.

    Raises:
        ValueError: if `padding` is too large or `rounding` unknown.
    """

    _outside = 0.0

    def __init__(
        self, pool_size, strides=1, padding=0, rounding="ceil", **kwargs
    ):
        super().__init__(**kwargs)
        self.pool_size = pair(pool_size)
        self.strides = pair(strides)
        self.padding = pair(padding)
        self.rounding = rounding
        check_one_of(_ROUNDINGS, rounding=rounding)
        if any(p >= k for p, k in zip(self.padding, self.pool_size)):
            raise ValueError(
                "Expected `padding` to be smaller than `pool_size`. Received: "
                f"padding={self.padding}, pool_size={self.pool_size}"
            )

    def call(self, inputs):
        sides = ops.shape(inputs)[1:3]
        outputs = self._pooled_sides(sides)
        widths = [(0, 0), *map(self._widths, (0, 1), sides, outputs), (0, 0)]
        x = inputs
        if any(map(any, widths)):
            x = ops.pad(x, widths, constant_values=self._outside)
        x = self._pool(x)
        if not is_static(outputs) and any(self.padding):
            x = x[:, : outputs[0], : outputs[1]]
        return x

    def _widths(self, axis, side, outputs):
        """Returns the padding before and after an axis.

        If the side is unknown it is the largest that may be needed.
        """
        before, behind = self.padding[axis], self.padding[axis]
        if self.rounding == "ceil":
            behind += self.strides[axis] - 1
        if is_static((side,)):
            last = (outputs - 1) * self.strides[axis] + self.pool_size[axis]
            behind = max(last - side - before, 0)
        return before, behind

    def _pooled_sides(self, sides):
        settings = zip(sides, self.pool_size, self.strides, self.padding)
        return [_pooled_side(*one, self.rounding) for one in settings]

    def compute_output_shape(self, input_shape):
        batch, height, width, channels = input_shape
        return batch, *self._pooled_sides((height, width)), channels

    def get_config(self):
        return {
            **super().get_config(),
            "pool_size": self.pool_size,
            "strides": self.strides,
            "padding": self.padding,
            "rounding": self.rounding,
        }


def _pooled_side(side, window, stride, padding, rounding):
    """Returns the number of Caffe's windows along a side.

    With padding, the last one must begin on the image or on the padding
    before it.

    Args:
        side: int, integer tensor, or `None` if unknown.
        window: int.
        stride: int.
        padding: int.
        rounding: `"ceil"` or `"floor"`.
    """
    if side is None:
        return None
    spare = stride - 1 if rounding == "ceil" else 0
    outputs = (side + 2 * padding - window + spare) // stride + 1
    if not padding:
        return outputs
    return smaller(outputs, (side + padding + stride - 1) // stride)


@keras.saving.register_keras_serializable(package="keras_deep")
class CaffeMaxPooling2D(CaffePooling2D):
    """Takes the maximum of each window; see `CaffePooling2D`."""

    _outside = -float("inf")

    def _pool(self, x):
        return ops.max_pool(
            x, self.pool_size, self.strides, data_format="channels_last"
        )


@keras.saving.register_keras_serializable(package="keras_deep")
class CaffeAveragePooling2D(CaffePooling2D):
    """Takes the mean of each window; see `CaffePooling2D`.

    Padding counts as zeros; the part of a window beyond it does not count.
    """

    def call(self, inputs):
        x = super().call(inputs)
        sides = ops.shape(inputs)[1:3]
        settings = zip(
            sides,
            self._pooled_sides(sides),
            self.pool_size,
            self.strides,
            self.padding,
        )
        rows, columns = (_shares(*one, x.dtype) for one in settings)
        if rows is not None:
            x = x / rows[:, None, None]
        if columns is not None:
            x = x / columns[:, None]
        return x

    def _pool(self, x):
        return ops.average_pool(
            x, self.pool_size, self.strides, data_format="channels_last"
        )


def _shares(side, outputs, window, stride, padding, dtype):
    """Returns the fraction of each window that counts, `None` if all do."""
    if is_static((side, outputs)):
        if (outputs - 1) * stride + window <= side + 2 * padding:
            return None
    start = ops.arange(outputs, dtype="int32") * stride
    end = ops.minimum(start + window, side + 2 * padding)
    return ops.cast(end - start, dtype) / window
