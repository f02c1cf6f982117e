"""Parts of a tensor, and images of another size, as Caffe takes them."""

import itertools

import keras
from keras import layers
from keras import ops

from keras_deep.convert.caffe.keras_layers.shapes import pair


@keras.saving.register_keras_serializable(package="keras_deep")
class CaffeSlice(layers.Layer):
    """Cuts a tensor along one axis into a list of tensors.

    Args:
        axis: int.
        points: list of int, where each part but the first begins.
    """

    def __init__(self, axis, points, **kwargs):
        super().__init__(**kwargs)
        self.axis = axis
        self.points = list(points)

    def call(self, inputs):
        before = (slice(None),) * self.axis
        edges = itertools.pairwise([0, *self.points, None])
        return [inputs[(*before, slice(*edge))] for edge in edges]

    def compute_output_shape(self, input_shape):
        before, behind = input_shape[: self.axis], input_shape[self.axis + 1 :]
        edges = itertools.pairwise([0, *self.points, input_shape[self.axis]])
        lengths = [None if end is None else end - start for start, end in edges]
        return [(*before, length, *behind) for length in lengths]

    def get_config(self):
        config = {"axis": self.axis, "points": self.points}
        return {**super().get_config(), **config}


@keras.saving.register_keras_serializable(package="keras_deep")
class CaffeCrop(layers.Layer):
    """Cuts the first of two tensors to the size of the second.

    Args:
        axes: list of int, the axes along which to cut.
        offsets: list of int, where the part begins along each.
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
class CaffeInterp(layers.Layer):
    """Resizes images linearly, so that corners fall on corners.

    Called with two tensors it takes the size of the second; else
    `size`, or that of the input shrunk and then zoomed: `n` pixels become
    `(n - 1) // shrink + 1`, and those `(n - 1) * zoom + 1`.

    Args:
        size: pair of ints or `None`, height and width of the output.
        shrink: int.
        zoom: int.
        cropping: pair of ints, how many pixels to leave out before and behind
            along both axes.
    """

    def __init__(self, size=None, shrink=1, zoom=1, cropping=0, **kwargs):
        super().__init__(**kwargs)
        self.size = None if size is None else pair(size)
        self.shrink = shrink
        self.zoom = zoom
        self.cropping = pair(cropping)

    def call(self, inputs):
        x = inputs
        reference = None
        if isinstance(inputs, (list, tuple)):
            x, reference = inputs
            reference = ops.shape(reference)
        sides = self._sides(ops.shape(x), reference)
        for axis, outputs in zip((1, 2), sides):
            x = self._resize(x, axis, outputs)
        return x

    def _sides(self, shape, reference):
        if reference is not None:
            return reference[1:3]
        if self.size is not None:
            return self.size
        return [
            side if side is None else self._zoomed(side) for side in shape[1:3]
        ]

    def _zoomed(self, side):
        return (side - sum(self.cropping) - 1) // self.shrink * self.zoom + 1

    def _resize(self, x, axis, outputs):
        first, behind = self.cropping
        last = ops.shape(x)[axis] - behind - 1
        steps = ops.cast(ops.maximum(outputs - 1, 1), "float32")
        span = ops.cast(last - first, "float32")
        places = ops.cast(ops.arange(outputs, dtype="int32"), "float32")
        places = places * (span / steps)
        below = ops.cast(ops.floor(places), "int32")
        shape = [1] * len(x.shape)
        shape[axis] = -1
        share = ops.reshape(places - ops.cast(below, "float32"), shape)
        share = ops.cast(share, x.dtype)
        below = below + first
        above = ops.minimum(below + 1, last)
        below, above = (ops.take(x, index, axis) for index in (below, above))
        return below * (1 - share) + above * share

    def compute_output_shape(self, input_shape):
        reference = None
        if isinstance(input_shape[0], (list, tuple)):
            input_shape, reference = input_shape
        sides = self._sides(input_shape, reference)
        return input_shape[0], *sides, input_shape[3]

    def get_config(self):
        return {
            **super().get_config(),
            "size": self.size,
            "shrink": self.shrink,
            "zoom": self.zoom,
            "cropping": self.cropping,
        }
