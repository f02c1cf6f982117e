"""Converts the depths of the papers to stages of blocks."""

import collections.abc
import numbers

from keras_deep.layers.position import Stage
from keras_deep.layers.residual import basic
from keras_deep.layers.residual import bottleneck
from keras_deep.layers.residual import single
from keras_deep.layers.residual import triple
from keras_deep.utils.checks import check_one_of

# Blocks of each stage: table 1 of the paper; 200 from the second paper.
BLOCKS = {
    18: (2, 2, 2, 2),
    34: (3, 4, 6, 3),
    50: (3, 4, 6, 3),
    101: (3, 4, 23, 3),
    152: (3, 8, 36, 3),
    200: (3, 24, 36, 3),
}


def resolve_block(block):
    """Returns the branch function of a name and its channel expansion.

    Raises:
        ValueError: if `block` is unknown.
    """
    known = {
        "basic": (basic, 1),
        "bottleneck": (bottleneck, 4),
        "single": (single, 1),
        "triple": (triple, 1),
    }
    check_one_of(known, block=block)
    return known[block]


def imagenet_stages(depth, blocks=None, filters=64, depths=tuple(BLOCKS)):
    """Returns the stages of an ImageNet network.

    Args:
        depth: int, one of `depths`; ignored if `blocks` are given.
        blocks: sequence of int, blocks of each stage, or `None`.
        filters: int, output channels of the first stage; they double in each.
        depths: tuple of int, the known depths.

    Returns:
        List of `Stage`.

    Raises:
        ValueError: if the depth is unknown or `blocks` are not positive ints.
    """
    known = {depth: BLOCKS[depth] for depth in depths}
    blocks = blocks_of(depth, blocks, known)
    return [
        Stage(num_blocks, filters * 2**i, stride=2 if i else 1)
        for i, num_blocks in enumerate(blocks)
    ]


def cifar_stages(depth, blocks=None, filters=16, step=6, extra=2):
    """Returns the stages of a CIFAR network.

    Args:
        depth: int `step * n + extra`, for three stages of `n` blocks; ignored
            if `blocks` are given.
        blocks: sequence of int, blocks of each stage, or `None`.
        filters: int, output channels of the first stage; they double in each.
        step: int, layers that a block in every stage adds.
        extra: int, layers outside of blocks.

    Returns:
        List of `Stage`.

    Raises:
        ValueError: if there is no such depth or `blocks` are not positive
            ints.
    """
    if blocks is None:
        known = isinstance(depth, numbers.Integral)
        n, rest = divmod(depth - extra, step) if known else (0, 0)
        if n < 1 or rest:
            raise ValueError(
                f"Expected `depth` to be {step} * n + {extra} with n >= 1, or "
                f"`blocks` to be given. Received: depth={depth!r}"
            )
        blocks = (int(n),) * 3
    return [
        Stage(num_blocks, filters * 2**i, stride=2 if i else 1)
        for i, num_blocks in enumerate(check_blocks(blocks))
    ]


def blocks_of(depth, blocks, known):
    """Returns `blocks`, or if they are not given those of a depth.

    Args:
        depth: int, a key of `known`; ignored if `blocks` are given.
        blocks: sequence of int, or `None`.
        known: dict of depths to tuples of int.

    Raises:
        ValueError: if the depth is unknown or `blocks` are not positive ints.
    """
    if blocks is not None:
        return check_blocks(blocks)
    check_one_of(known, ", or `blocks` to be given", depth=depth)
    return known[depth]


def check_blocks(blocks):
    """Returns `blocks` as a tuple.

    Raises:
        ValueError: if it is not a sequence of positive ints.
    """
    known = isinstance(blocks, collections.abc.Iterable)
    found = tuple(blocks) if known else ()
    if not found or any(type(n) is not int or n < 1 for n in found):
        raise ValueError(
            "Expected `blocks` to be a sequence of positive ints, such as "
            f"(3, 4, 6, 3). Received: blocks={blocks!r}"
        )
    return found
