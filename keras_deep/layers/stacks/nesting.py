"""Chains of blocks of ordinary layers, nested in models of limited length."""

from typing import NamedTuple

import keras

# Blocks of a nested model. Keras walks a graph recursively, and Python's limit
# is 1000 calls, of which a block of a plain net takes six.
SEGMENT = 64


class Place(NamedTuple):
    """Name of a block and its index in the chain."""

    name: str
    index: int


def chain(x, places, block):
    """Applies a block at every place, one after the other."""
    for at in places:
        x = block(x, at)
    return x


def nested(x, places, block):
    """Applies blocks in nested models of at most `SEGMENT` blocks.

    Args:
        x: tensor.
        places: list of records with a `name`, one for every block.
        block: function `(x, place) -> tensor`.

    Returns:
        Tensor after the last block.
    """
    for start in range(0, len(places), SEGMENT):
        segment = places[start : start + SEGMENT]
        x = part(x, range_name(segment), segment, block)(x)
    return x


def part(x, name, places, block):
    """Builds a model of blocks for tensors like `x` with free sides."""
    inputs = keras.Input(free_sides(x.shape[1:]), name=f"{name}_input")
    return keras.Model(inputs, chain(inputs, places, block), name=name)


def range_name(places):
    """Returns a name such as `"conv2_block2_to_block18"`."""
    last = places[-1].name.rpartition("_")[2]
    return f"{places[0].name}_to_{last}"


def free_sides(shape):
    """Returns the shape of an image with `None` in place of its sides."""
    if len(shape) != 3:
        return tuple(shape)
    if keras.config.image_data_format() == "channels_last":
        return (None, None, shape[-1])
    return (shape[0], None, None)
