"""Stages: chains of blocks that Keras's recursion can walk, and their ends."""

import keras
from keras import layers

# Keras walks a graph recursively and Python allows 1000 calls; a block of a
# plain net costs six of them. A network with more blocks than `FLAT` is cut
# into nested models of at most `SEGMENT` blocks, each walked by itself.
FLAT = 100
SEGMENT = 64


def stack_blocks(x, stages, block):
    """Applies a block at every position, stage by stage.

    Args:
        x: image tensor.
        stages: sequence of sequences of positions, one for every stage.
        block: function `(x, at) -> tensor`.

    Returns:
        Image tensor after the last block.
    """
    flat = sum(len(blocks) for blocks in stages) <= FLAT
    for blocks in stages:
        if flat:
            x = _chain(x, blocks, block)
        else:
            for start in range(0, len(blocks), SEGMENT):
                x = _nested(x, blocks[start : start + SEGMENT], block)
        x = stage_end(x, blocks[0].stage)
    return x


def stage_end(x, stage):
    """Marks the end of a stage, for `keras_deep.features`."""
    return layers.Identity(name=f"{stage}_end")(x)


def free_sides(shape):
    """Returns the shape of an image with `None` in place of its sides."""
    if keras.config.image_data_format() == "channels_last":
        return (None, None, shape[-1])
    return (shape[0], None, None)


def _chain(x, blocks, block):
    for at in blocks:
        x = block(x, at)
    return x


def _nested(x, blocks, block):
    first, last = blocks[0].name, blocks[-1].name
    # Free sides: a segment must serve `features` at any image size.
    inputs = keras.Input(free_sides(x.shape[1:]), name=f"{first}_input")
    name = f"{first}_to_{last.rpartition('_')[2]}"
    return keras.Model(inputs, _chain(inputs, blocks, block), name=name)(x)
