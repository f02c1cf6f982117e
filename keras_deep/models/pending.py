"""Tensors that are made when the layers that follow are known."""

import dataclasses
from typing import Any

import numpy as np

from keras_deep.models.linear import channel_axis_of
from keras_deep.models.linear import is_pointwise


@dataclasses.dataclass
class Change:
    """Multiplies a tensor and adds to it.

    Args:
        factor: array of shape `(blocks, channels)` or `(blocks, 1)`.
        offset: the same.
        axis: int, of the channels from the left, or `None` if all are changed
            alike.
        layer: the layer that does it.
        apply: function of a tensor that calls a copy of the layer.
    """

    factor: np.ndarray
    offset: np.ndarray
    axis: int | None
    layer: Any
    apply: Any

    def suits(self, layer, rank):
        """Returns whether a linear layer of tensors of a rank may do it."""
        same = self.axis in (None, channel_axis_of(layer, rank))
        return same and self.dtype == layer.compute_dtype

    @property
    def dtype(self):
        """String, the data type of the result."""
        return self.layer.compute_dtype


class Made:
    """A tensor that exists."""

    def __init__(self, tensor):
        self._tensor = tensor

    @property
    def shape(self):
        """Its shape."""
        return tuple(self._tensor.shape)

    def make(self):
        """Returns the tensor."""
        return self._tensor

    def changed(self, change):
        """Returns what it is after a `Change`."""
        return Changed(self._tensor, change, [change])

    def into(self, weights):
        """Returns the input of a layer, whose `Weights` may absorb changes."""
        del weights
        return self.make()


class Changed(Made):
    """A tensor after changes.

    Args:
        tensor: the tensor before them.
        change: `Change`, all of them together.
        steps: list of the `Change`s one by one.
    """

    def __init__(self, tensor, change, steps):
        super().__init__(tensor)
        self._change = change
        self._steps = steps

    def make(self):
        x = self._tensor
        for step in self._steps:
            x = step.apply(x)
        return x

    @property
    def before(self):
        """The tensor before the changes."""
        return self._tensor

    @property
    def alone(self):
        """The layer that does it, `None` if several do."""
        return self._steps[0].layer if len(self._steps) == 1 else None

    @property
    def axis(self):
        """The axis of the channels, see `Change`."""
        return self._change.axis

    def changed(self, change):
        old, axes = self._change, {self._change.axis, change.axis} - {None}
        if len(axes) > 1 or old.dtype != change.dtype:
            return Made(self.make()).changed(change)
        both = dataclasses.replace(
            change,
            factor=old.factor * change.factor,
            offset=old.offset * change.factor + change.offset,
            axis=axes.pop() if axes else None,
        )
        return Changed(self._tensor, both, [*self._steps, change])

    def into(self, weights):
        change = self._change
        if (
            self._tensor.dtype != change.dtype
            or not change.suits(weights.layer, len(self.shape))
            or not weights.absorbs(change.offset)
        ):
            return self.make()
        weights.absorb(change.factor, change.offset)
        return self._tensor


class Linear(Made):
    """The output of a linear layer, whose weights can still change.

    Args:
        tensor: the input of the layer.
        weights: `Weights` of the layer.
        apply: function `(weights, input)` that makes the output.
    """

    def __init__(self, tensor, weights, apply):
        super().__init__(tensor)
        self._weights = weights
        self._apply = apply

    @property
    def shape(self):
        return self._weights.layer.compute_output_shape(super().shape)

    def make(self):
        return self._apply(self._weights, self._tensor)

    def changed(self, change):
        if not change.suits(self._weights.layer, len(self.shape)):
            return Made(self.make()).changed(change)
        self._weights.scale(change.factor)
        self._weights.shift(change.offset)
        return self

    def averaged(self, pooling, apply):
        """Returns what it is after average pooling.

        Every pixel of the output is a mean of pixels, so that a convolution
        of single pixels may as well follow. It then has fewer pixels.

        Args:
            pooling: the pooling layer.
            apply: function of a tensor that makes the mean by a layer.
        """
        layer = self._weights.layer
        if (
            not is_pointwise(layer)
            or layer.data_format != pooling.data_format
            or layer.compute_dtype != pooling.compute_dtype
            or max(pooling.strides) == 1
        ):
            return Made(apply(self.make()))
        self._tensor = apply(self._tensor)
        return self
