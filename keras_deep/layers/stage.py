"""Stages: chains of blocks, flat, nested or stacked, and their ends."""

from typing import NamedTuple

import keras
import numpy as np
from keras import layers

from keras_deep import backend
from keras_deep.layers.conv import channels
from keras_deep.layers.names import numbered
from keras_deep.layers.names import split_number
from keras_deep.layers.stacks.stacked import StackedBlocks
from keras_deep.layers.stacks.template import apply_block

# Keras walks a graph recursively and Python allows 1000 calls; a block of a
# plain net costs six of them. A network with more blocks than `FLAT` is cut
# into nested models of at most `SEGMENT` blocks, each walked by itself.
FLAT = 100
SEGMENT = 64
# Equal blocks that `stack="auto"` stacks.
MANY = 50


def stack_blocks(x, stages, block, stack="auto"):
    """Applies a block at every position, stage by stage.

    Args:
        x: image tensor.
        stages: sequence of sequences of `Position`, one for every stage.
        block: function `(x, at) -> tensor`. For blocks that are stacked it is
            called once: the `progress` of the position is then an array with
            one value for every block.
        stack: `True` to compute equal blocks of a stage in one
            `StackedBlocks`, `False` for ordinary layers, or `"auto"` to stack
            where 50 or more are equal, except on JAX on the CPU, whose loops
            are slow.

    Returns:
        Image tensor after the last block.

    Raises:
        ValueError: if `stack` is something else.
    """
    least, before, plan = _least(stack), channels(x), []
    for blocks in stages:
        plan.append(_parts(blocks, before, least))
        before = blocks[-1].filters
    single = sum(not stacked and len(run) for stacked, run in sum(plan, []))
    for blocks, parts in zip(stages, plan):
        for stacked, run in parts:
            if stacked:
                x = _stacked(x, run, block)
            elif single <= FLAT:
                x = _chain(x, run, block)
            else:
                x = _nested(x, run, block)
        x = stage_end(x, blocks[0].stage)
    return x


def stage_end(x, stage):
    """Marks the end of a stage, for `keras_deep.features`."""
    return layers.Identity(name=f"{stage}_end")(x)


def free_sides(shape):
    """Returns the shape of an image with `None` in place of its sides."""
    if len(shape) != 3:
        return tuple(shape)
    if keras.config.image_data_format() == "channels_last":
        return (None, None, shape[-1])
    return (shape[0], None, None)


def flat_blocks(x, layer):
    """Applies the blocks of a `StackedBlocks` as ordinary layers.

    Args:
        x: tensor.
        layer: `StackedBlocks`, whose structure is copied without its weights.

    Returns:
        Tensor after the last block.
    """
    template, first = layer.get_template(), layer.first
    places = [
        _Place(numbered(template.name, template.name, first + index), index)
        for index in range(layer.blocks)
    ]
    return _nested(
        x, places, lambda x, at: apply_block(x, template, at.index, first)
    )


class _Place(NamedTuple):
    name: str
    index: int


def _least(stack):
    """Returns from how many equal blocks on a run is stacked."""
    if stack is True:
        return 2
    if stack is False:
        return float("inf")
    if stack != "auto":
        raise ValueError(
            'Expected `stack` to be True, False or "auto". '
            f"Received: stack={stack!r}"
        )
    return MANY if backend.slow_loops() is False else float("inf")


def _parts(blocks, before, least):
    """Cuts a stage into runs of equal blocks and of others.

    Args:
        blocks: sequence of `Position`.
        before: int, channels before the first block.
        least: int, how many equal blocks make a stack.

    Returns:
        List of pairs: whether to stack, and a list of `Position`.
    """
    runs = []
    for at in blocks:
        keeps = at.stride == 1 and at.filters == before
        kind = keeps and at._replace(name="", progress=0.0)
        if not runs or runs[-1][0] != kind:
            runs.append((kind, []))
        runs[-1][1].append(at)
        before = at.filters
    parts = []
    for kind, run in runs:
        stacked = bool(kind) and len(run) >= least
        if parts and not stacked and not parts[-1][0]:
            parts[-1][1].extend(run)
        else:
            parts.append((stacked, run))
    return parts


def _chain(x, blocks, block):
    for at in blocks:
        x = block(x, at)
    return x


def _nested(x, blocks, block):
    """Applies blocks in nested models of a length that Keras can walk."""
    for start in range(0, len(blocks), SEGMENT):
        segment = blocks[start : start + SEGMENT]
        x = _model(x, _range(segment), segment, block)(x)
    return x


def _stacked(x, blocks, block):
    """Applies equal blocks in one layer."""
    prefix, first = split_number(blocks[0].name)
    progress = np.array([at.progress for at in blocks])
    at = blocks[0]._replace(name=prefix, progress=progress)
    template = _model(x, prefix, [at], block)
    name = _range(blocks)
    return StackedBlocks(template, len(blocks), first, name=name)(x)


def _model(x, name, blocks, block):
    # Free sides: a part must serve `features` at any image size.
    inputs = keras.Input(free_sides(x.shape[1:]), name=f"{name}_input")
    return keras.Model(inputs, _chain(inputs, blocks, block), name=name)


def _range(blocks):
    last = blocks[-1].name.rpartition("_")[2]
    return f"{blocks[0].name}_to_{last}"
