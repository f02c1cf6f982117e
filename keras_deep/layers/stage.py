"""Stages: chains of flat, nested or stacked blocks, and their end markers."""

import numpy as np

from keras_deep import backend
from keras_deep.layers.conv import channels
from keras_deep.layers.identity import Identity
from keras_deep.layers.names import split_number
from keras_deep.layers.normalization import is_synchronized
from keras_deep.layers.stacks.nesting import chain
from keras_deep.layers.stacks.nesting import nested
from keras_deep.layers.stacks.nesting import part
from keras_deep.layers.stacks.nesting import range_name
from keras_deep.layers.stacks.shared import SharedBlocks
from keras_deep.layers.stacks.stacked import StackedBlocks

# With more unstacked blocks a network is built of nested models.
FLAT = 100
# Equal blocks from which on `stack="auto"` stacks. The start is shorter from
# some 9 blocks of a stage on (by half for ResNet-56, by three quarters for
# ResNet-110), but files, layer names, some optimizers, synchronised statistics
# and XLA on the CPU are only as promised of every network in ordinary layers.
MANY = 50


def stack_blocks(x, stages, block, stack="auto", first_block=None):
    """Applies a block at every position, stage by stage.

    Args:
        x: image tensor.
        stages: sequence of sequences of `Position`, one per stage.
        block: function `(x, at) -> tensor`. For stacked blocks it is called
            once, and `number` and `progress` of the position are arrays with
            a value per block.
        stack: `True` to compute equal blocks of a stage in one
            `StackedBlocks`, `False` for ordinary layers, or `"auto"` to stack
            50 or more equal blocks, except on JAX on the CPU, where loops are
            slow, and with synchronised batch normalisation, which cannot be
            in them.
        first_block: such a function for the first block of every stage, or
            `None` for `block`.

    Returns:
        Image tensor after the last block.

    Raises:
        ValueError: if `stack` is something else.
    """
    before, single = channels(x), 0
    for blocks in stages:
        runs = _runs(blocks, before, stack, first_block)
        single += sum(len(run) for stacked, run in runs if not stacked)
        before = blocks[-1].filters
    apply = nested if single > FLAT else chain
    for blocks in stages:
        x = stage_blocks(x, blocks, block, stack, first_block, apply)
        x = stage_end(x, blocks[0].stage)
    return x


def stage_blocks(x, blocks, block, stack="auto", first_block=None, apply=chain):
    """Applies a block at every position of a stage, without an end marker.

    For networks with shortcuts around groups of blocks, which call `stage_end`
    after the outer shortcut.

    Args:
        x: image tensor.
        blocks: sequence of `Position`, of a stage or of a part of it.
        block: see `stack_blocks`.
        stack: see `stack_blocks`.
        first_block: see `stack_blocks`; for `blocks[0]`.
        apply: function `(x, blocks, block) -> tensor` for blocks that are not
            stacked: `chain`, or `nested` in networks with more than 100 of
            them.

    Returns:
        Image tensor after the last block.
    """
    for stacked, run in _runs(blocks, channels(x), stack, first_block):
        if first_block is not None and run[0] is blocks[0]:
            x, run = first_block(x, run[0]), run[1:]
        if stacked:
            x = _stack_of(x, run, block, StackedBlocks)(x)
        else:
            x = apply(x, run, block)
    return x


def shared_blocks(x, blocks, block, stack="auto"):
    """Applies equal blocks that share their weights, see `SharedBlocks`.

    Args:
        x: image tensor.
        blocks: sequence of `Position` of blocks that keep the shape of `x`.
        block: see `stack_blocks`.
        stack: see `stack_blocks`. `"auto"` also stacks more than 100 blocks,
            as models that share layers cannot be nested.

    Returns:
        Image tensor after the last block.
    """
    if len(blocks) == 1:
        return block(x, blocks[0])
    layer = _stack_of(x, blocks, block, SharedBlocks)
    deep = stack == "auto" and len(blocks) > FLAT
    if deep or len(blocks) >= _least(stack):
        return layer(x)
    return layer.flat(x)


def stage_end(x, stage):
    """Marks the end of a stage, for `keras_deep.features`."""
    return Identity(name=f"{stage}_end")(x)


def _least(stack):
    """Returns the least number of equal blocks to stack."""
    if stack is True:
        return 2
    if stack is False:
        return float("inf")
    if stack != "auto":
        raise ValueError(
            'Expected `stack` to be True, False or "auto". '
            f"Received: stack={stack!r}"
        )
    slow = backend.slow_loops() is not False or is_synchronized()
    return float("inf") if slow else MANY


def _runs(blocks, before, stack, first_block):
    """Splits a stage into runs of blocks to stack and of others.

    Args:
        blocks: sequence of `Position`.
        before: int, channels before the first block.
        stack: see `stack_blocks`.
        first_block: see `stack_blocks`.

    Returns:
        List of pairs: whether to stack, and a list of `Position`.
    """
    least, equal = _least(stack), []
    for i, at in enumerate(blocks):
        differs = first_block is not None and i == 0
        keeps = at.stride == 1 and at.filters == before and not differs
        kind = keeps and at._replace(name="", number=0, progress=0.0)
        if not equal or equal[-1][0] != kind:
            equal.append((kind, []))
        equal[-1][1].append(at)
        before = at.filters
    runs = []
    for kind, run in equal:
        stacked = bool(kind) and len(run) >= least
        if runs and not stacked and not runs[-1][0]:
            runs[-1][1].extend(run)
        else:
            runs.append((stacked, run))
    return runs


def _stack_of(x, blocks, block, kind):
    """Returns the layer of a kind that computes equal blocks."""
    prefix, first = split_number(blocks[0].name)
    at = blocks[0]._replace(
        name=prefix,
        number=np.array([at.number for at in blocks]),
        progress=np.array([at.progress for at in blocks]),
    )
    template = part(x, prefix, [at], block)
    return kind(template, len(blocks), first, name=range_name(blocks))
