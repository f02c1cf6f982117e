"""Recipes: output shapes, blobs and Keras layers of one Caffe layer.

Shapes are in Caffe's order, batch and channels first, with `None` for unknown
sides. The batch size is the file's; the Keras model takes any. Keras tensors of
four axes are channels last, `(batch, height, width, channels)`; all others have
Caffe's order.
"""

import dataclasses
import math
from collections.abc import Callable

from keras_deep.formats.caffe.prototxt_message import LARGEST

_KEPT_AXIS = (0, 3, 1, 2)


@dataclasses.dataclass(frozen=True)
class Recipe:
    """How to make the Keras layers of one Caffe layer.

    Args:
        shapes: list of tuple, the shape of each top.
        build: function `(make, *inputs)` that returns the output tensor, or a
            list of them. `make` is a `graph.Maker`.
        blobs: list of pairs of a Caffe layer and the shapes of its blobs.
        weights: function from the arrays of all blobs to the weights of the
            Keras layer with the Caffe layer's name.
    """

    shapes: list
    build: Callable
    blobs: tuple | list = ()
    weights: Callable | None = None


def of_layer(cls, config, *shapes, blobs=(), weights=None):
    """Returns the `Recipe` of a single Keras layer, which infers the shapes.

    Args:
        cls: class of the layer.
        config: dict of its arguments.
        *shapes: tuple, the shape of each bottom. The layer is called with a
            tensor if there is one, else with a list.
        blobs: see `Recipe`.
        weights: see `Recipe`.
    """

    # This layer only computes shapes: it has no weights and is in no model.
    layer = cls(name="unbuilt", **config)
    tops = layer.compute_output_shape(_one_or_all(map(kept_shape, shapes)))
    tops = tops if isinstance(tops, list) else [tops]

    def build(make, *inputs):
        return make(cls, **config)(_one_or_all(inputs))

    return Recipe(list(map(_caffe_shape, tops)), build, blobs, weights)


def _one_or_all(values):
    values = list(values)
    return values[0] if len(values) == 1 else values


def image_shape(layer, shape):
    """Returns `(channels, height, width)` of an image.

    Raises:
        ValueError: without four axes and a known number of channels.
    """
    if len(shape) != 4 or shape[1] is None:
        raise layer.error(
            "an image of four axes and a known number of channels",
            f"the shape {readable(shape)}",
        )
    return shape[1:]


def channels_of(layer, shape):
    """Returns the number of channels.

    Raises:
        ValueError: if it is not known.
    """
    if len(shape) < 2 or shape[1] is None:
        raise layer.error(
            "a known number of channels", f"the shape {readable(shape)}"
        )
    return shape[1]


def axis_of(layer, message, shape, name="axis", default=1, end=0):
    """Returns the axis in a setting, as a non-negative int.

    Args:
        layer: `CaffeLayer`, for errors.
        message: `Message` with the setting.
        shape: tuple, the shape whose axes are counted.
        name: string, the setting.
        default: int.
        end: int, 1 if the position after the last axis is allowed, else 0.
    """
    rank = len(shape) + end
    axis = message.integer(name, default, -rank, rank - 1)
    axis = axis + rank if axis < 0 else axis
    if axis >= rank:
        raise layer.error(
            f"an axis {axis}", f"the shape {readable(shape)} without it"
        )
    return axis


def beyond_batch(layer, axis):
    """Returns an axis, which must not be the batch axis.

    Raises:
        ValueError: if it is the batch axis.
    """
    if axis == 0:
        raise layer.error(
            "an axis behind the batch, which Keras keeps", "axis 0"
        )
    return axis


def kept_axis(shape, axis):
    """Returns the axis of the Keras tensor for an axis of Caffe's."""
    return _KEPT_AXIS[axis] if len(shape) == 4 else axis


def kept_shape(shape):
    """Converts Caffe's shape to that of the Keras tensor."""
    if len(shape) != 4:
        return tuple(shape)
    batch, channels, height, width = shape
    return batch, height, width, channels


def _caffe_shape(shape):
    """Converts the shape of a Keras tensor to Caffe's."""
    if len(shape) != 4:
        return tuple(shape)
    batch, height, width, channels = shape
    return batch, channels, height, width


def known(layer, sides, what):
    """Returns the product of sides, all of which must be known.

    Raises:
        ValueError: if one is unknown.
    """
    if None in sides:
        raise layer.error(
            f"known sides for {what}: pass `input_shape` with a height and a "
            "width",
            f"the sides {readable(sides)}",
        )
    return math.prod(sides)


def not_negative(message, name, default):
    """Returns the number in a setting, which must not be negative.

    Raises:
        ValueError: if it is negative.
    """
    value = message.number(name, default)
    if value < 0:
        raise message.error(f"`{name}` of at least 0", value)
    return value


def checked_shape(layer, shape):
    """Returns a shape after a check of its sides and its number of values.

    Raises:
        ValueError: if a side is below 1 or the tensor too large.
    """
    sides = [side for side in shape[1:] if side is not None]
    if any(side < 1 for side in sides):
        raise layer.error(
            "at least one pixel to be left: a larger input, or a smaller "
            "kernel",
            f"outputs of the shape {readable(shape)}",
        )
    if math.prod(sides) > LARGEST:
        raise layer.error(
            f"at most {LARGEST} values for an image",
            f"outputs of the shape {readable(shape)}",
        )
    return shape


def differ(a, b):
    """Returns whether two shapes differ in a side that both know."""
    return any(x != y for x, y in zip(a, b) if None not in (x, y))


def readable(shape):
    """Formats a shape, with `?` for unknown sides."""
    return "(" + ", ".join("?" if s is None else str(s) for s in shape) + ")"
