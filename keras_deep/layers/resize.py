"""Resizing of images."""

import fractions

import keras
import numpy as np
from keras import layers
from keras import ops

from keras_deep.layers.needs_package import NeedsPackage
from keras_deep.layers.shapes import pair
from keras_deep.utils.checks import check_one_of

_INTERPOLATIONS = ("bilinear", "nearest")
_LARGEST_DENOMINATOR = 1000


@keras.saving.register_keras_serializable(package="keras_deep")
class Resize(NeedsPackage, layers.Layer):
    """Resizes images to a size, by a factor, or to the size of another tensor.

    Output pixel `i` of `m` samples the `n` input pixels at the coordinate

    - `(i + 0.5) * n / m - 0.5`, clipped to the first and last pixel: input and
      output cover the same area;
    - with `align_corners`, `i * (n - 1) / (m - 1)`: the centres of the corner
      pixels coincide. (A single output pixel is the first of the input.)

    `keras.layers.UpSampling2D` and `keras.layers.Resizing` have the first
    mode only; the former needs integer factors, the latter known sides.

    Example:

    ```python
    x = keras_deep.layers.Resize(scale=2)(x)
    x = keras_deep.layers.Resize()([x, skip])  # To the size of `skip`.
    ```

    Args:
        size: int or pair of ints, height and width of the output.
        scale: number or pair of numbers, the ratio of output to input sides;
            sides are rounded down. Without `size` and `scale` the layer takes
            two tensors and resizes to the size of the second.
        interpolation: `"bilinear"`, or `"nearest"` for the pixel whose centre
            is nearest; ties go to the later pixel.
        align_corners: bool.
        data_format: `"channels_last"`, `"channels_first"` or `None` for
            Keras's image data format.

    Raises:
        ValueError: if an argument is not as above.

    Input shape: `(batch, height, width, channels)`, or channels first; sides
    may be unknown.

    Output shape: as the input, with the new height and width.
    """

    def __init__(
        self,
        size=None,
        scale=None,
        interpolation="bilinear",
        align_corners=False,
        data_format=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if size is not None and scale is not None:
            raise ValueError(
                "Expected `size` or `scale`. Received: "
                f"size={size}, scale={scale}"
            )
        check_one_of(_INTERPOLATIONS, interpolation=interpolation)
        self.size = None if size is None else pair(size)
        if scale is not None:
            scale = np.broadcast_to(scale, 2).tolist()
        self.scale = scale
        if min(self.size or scale or (1,)) <= 0:
            raise ValueError(
                "Expected `size` and `scale` above zero. Received: "
                f"size={size}, scale={scale}"
            )
        self.interpolation = interpolation
        self.align_corners = align_corners
        self.data_format = data_format or keras.config.image_data_format()
        first = 2 if self.data_format == "channels_first" else 1
        self._axes = (first, first + 1)

    def call(self, inputs):
        x, like = inputs, None
        if isinstance(inputs, (list, tuple)):
            x, like = inputs
        x = ops.cast(x, self.compute_dtype)
        shape = ops.shape(x)
        like = None if like is None else ops.shape(like)
        for axis, side in zip(self._axes, self._sides(shape, like)):
            x = self._resized(x, axis, shape[axis], side)
        return x

    def _sides(self, shape, like):
        """Returns height and width of the output, `None` where unknown."""
        if like is not None:
            return [like[axis] for axis in self._axes]
        if self.size is not None:
            return self.size
        return self.scaled([shape[axis] for axis in self._axes])

    def scaled(self, sides):
        """Returns height and width of the output, scaled by `scale`.

        Args:
            sides: list of the input's height and width, each an int, an
                integer tensor, or `None` for unknown.

        Raises:
            ValueError: if the layer has no `scale`.
        """
        if self.scale is None:
            raise ValueError(
                "Expected two tensors where neither `size` nor `scale` is "
                "given. Received: one"
            )
        # Integer ratios are exact for ints and for tensors.
        ratios = [
            fractions.Fraction(scale).limit_denominator(_LARGEST_DENOMINATOR)
            for scale in self.scale
        ]
        return [
            None if side is None else side * r.numerator // r.denominator
            for side, r in zip(sides, ratios)
        ]

    def _resized(self, x, axis, old, new):
        # Coordinates are integer fractions, exact in any data type.
        places = ops.arange(new, dtype="int32")
        last = old - 1
        if self.align_corners:
            whole = ops.maximum(new - 1, 1)
            places = places * last
        else:
            whole = 2 * new
            places = ops.clip((2 * places + 1) * old - new, 0, last * whole)
        if self.interpolation == "nearest":
            return ops.take(x, (2 * places + whole) // (2 * whole), axis)
        below = places // whole
        shape = [1] * len(x.shape)
        shape[axis] = -1
        share = ops.cast(places % whole, "float32")
        share = ops.reshape(share / ops.cast(whole, "float32"), shape)
        share = ops.cast(share, x.dtype)
        above = ops.take(x, ops.minimum(below + 1, last), axis)
        return ops.take(x, below, axis) * (1 - share) + above * share

    def compute_output_shape(self, input_shape):
        pair_of_shapes = isinstance(input_shape[0], (list, tuple))
        shape, like = input_shape if pair_of_shapes else (input_shape, None)
        shape = list(shape)
        for axis, side in zip(self._axes, self._sides(shape, like)):
            shape[axis] = side
        return tuple(shape)

    def get_config(self):
        return {
            **super().get_config(),
            "size": self.size,
            "scale": self.scale,
            "interpolation": self.interpolation,
            "align_corners": self.align_corners,
            "data_format": self.data_format,
        }
