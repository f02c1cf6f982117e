"""Splitting of tensors."""

import itertools

import keras
from keras import layers
from keras import ops

from keras_deep.layers.needs_package import NeedsPackage


@keras.saving.register_keras_serializable(package="keras_deep")
class Split(NeedsPackage, layers.Layer):
    """Splits a tensor along an axis, by default the channels.

    The inverse of `keras.layers.Concatenate`, for branches that each take a
    part of the channels and for reversible networks.

    Example:

    ```python
    a, b = keras_deep.layers.Split(2)(x)
    first, rest = keras_deep.layers.Split([16])(x)
    ```

    Args:
        parts: int, the number of equal parts, or list of increasing ints, the
            start indices of all parts but the first.
        axis: int, or `None` for the channels in Keras's image data format.

    Raises:
        ValueError: when called, if `parts` does not fit the input's shape.

    Input shape: any; the side along `axis` must be known.

    Output shape: list of shapes, as the input except along `axis`.
    """

    def __init__(self, parts, axis=None, **kwargs):
        super().__init__(**kwargs)
        if axis is None:
            first = keras.config.image_data_format() == "channels_first"
            axis = 1 if first else -1
        self.parts = parts if isinstance(parts, int) else list(parts)
        self.axis = axis

    def build(self, input_shape):
        self.compute_output_shape(input_shape)  # Raises the error early.

    def call(self, inputs):
        return ops.split(inputs, self.parts, self.axis)

    def compute_output_shape(self, input_shape):
        shapes = []
        for start, end in itertools.pairwise(self._edges(input_shape)):
            shape = list(input_shape)
            shape[self.axis] = end - start
            shapes.append(tuple(shape))
        return shapes

    def _edges(self, shape):
        """Returns the indices between parts, including 0 and the end."""
        side, parts = shape[self.axis], self.parts
        if side is not None and isinstance(parts, int):
            if parts > 0 and side % parts == 0:
                return range(0, side + 1, side // parts)
        elif side is not None:
            edges = [0, *parts, side]
            if edges == sorted(set(edges)):
                return edges
        raise ValueError(
            "Expected `parts` to divide the side along the axis, or to be "
            f"increasing indices inside it. Received: parts={parts}, "
            f"axis={self.axis}, input shape {tuple(shape)}"
        )

    def get_config(self):
        config = {"parts": self.parts, "axis": self.axis}
        return {**super().get_config(), **config}
