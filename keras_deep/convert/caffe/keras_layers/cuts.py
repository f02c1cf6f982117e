"""Cropping and resizing layers with Caffe's output sizes."""

import keras
from keras import layers
from keras import ops

from keras_deep.layers.needs_package import NeedsPackage
from keras_deep.layers.resize import Resize


@keras.saving.register_keras_serializable(package="keras_deep")
class CaffeCrop(NeedsPackage, layers.Layer):
    """Crops the first of two tensors to the size of the second.

    Args:
        axes: list of int, the axes to crop.
        offsets: list of int, the start of the kept part along each axis.
    """

    def __init__(self, axes, offsets, **kwargs):
        super().__init__(**kwargs)
        self.axes = list(axes)
        self.offsets = list(offsets)

    def call(self, inputs):
        x, reference = inputs
        sides = ops.shape(reference)
        parts = [slice(None)] * len(x.shape)
        for axis, offset in zip(self.axes, self.offsets):
            parts[axis] = slice(offset, offset + sides[axis])
        return x[tuple(parts)]

    def compute_output_shape(self, input_shape):
        shape, reference = map(list, input_shape)
        for axis in self.axes:
            shape[axis] = reference[axis]
        return tuple(shape)

    def get_config(self):
        config = {"axes": self.axes, "offsets": self.offsets}
        return {**super().get_config(), **config}


@keras.saving.register_keras_serializable(package="keras_deep")
class CaffeInterp(Resize):
    """Resizes images by integer factors of the steps between pixels.

    `n` pixels have `n - 1` steps. The output has `(n - 1) // shrink * zoom`
    steps and one pixel more.

    Args:
        shrink: int, divisor of the steps.
        zoom: int, factor of the steps.
        **kwargs: arguments of `keras_deep.layers.Resize`.
    """

    def __init__(self, shrink=1, zoom=1, **kwargs):
        super().__init__(**kwargs)
        self.shrink = shrink
        self.zoom = zoom

    def scaled(self, sides):
        return [
            None if side is None else (side - 1) // self.shrink * self.zoom + 1
            for side in sides
        ]

    def get_config(self):
        config = {"shrink": self.shrink, "zoom": self.zoom}
        return {**super().get_config(), **config}
