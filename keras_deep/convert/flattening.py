"""Finds the image whose flattened values a layer reads."""

import math

import keras
from keras import layers


def image_before(layer):
    """Returns the shape of the image that is flattened before a layer.

    The order of flattened features depends on whether channels are the first
    or the last axis.

    Args:
        layer: Keras layer of a functional model.

    Returns:
        Tuple `(*sides, channels)`, the order of our features, or `None` if no
        image is flattened or the order is the same for both.

    Raises:
        ValueError: if the order of the features cannot be determined.
    """
    nodes = layer._inbound_nodes
    if not nodes or len(nodes[0].input_tensors) != 1:
        return None
    return _image_of(nodes[0].input_tensors[0], layer.name)


def _image_of(features, reader):
    """Traces features back to the image that was flattened, or `None`."""
    if len(features.shape) != 2:
        return None
    made = features._keras_history
    before = made.operation._inbound_nodes[made.node_index].input_tensors
    if isinstance(made.operation, layers.Dense) or not before:
        return None
    if len(before) == 1 and len(before[0].shape) > 2:
        return _flattened(before[0].shape[1:], features, made.operation, reader)
    images = [_image_of(tensor, reader) for tensor in before]
    if not any(images):
        return None
    if len(before) > 1 or before[0].shape[1] != features.shape[1]:
        raise _unknown_order(reader, made.operation)
    return images[0]


def _flattened(shape, features, operation, reader):
    """Returns an image's shape in the order of its flattened values."""
    if None in shape or math.prod(shape) != features.shape[1]:
        return None  # Pooled, not flattened.
    kind = type(operation).__name__
    first = keras.config.image_data_format() == "channels_first"
    if kind == "Flatten":
        first = operation.data_format == "channels_first"
    *sides, channels = (*shape[1:], shape[0]) if first else shape
    if channels == 1 or math.prod(sides) == 1:
        return None
    if kind not in ("Flatten", "Reshape") or len(sides) < 2:
        raise _unknown_order(reader, operation)
    if kind == "Reshape" and first:
        return None  # `Flatten`, unlike `Reshape`, first moves channels last.
    return (*sides, channels)


def _unknown_order(reader, operation):
    return ValueError(
        "Expected the features that a layer reads to be those of one image, "
        "flattened by `Flatten` or `Reshape`: files that keep channels first "
        f"have them in another order. Received: {reader!r} behind "
        f"{operation.name!r} of the class {type(operation).__name__}."
    )
