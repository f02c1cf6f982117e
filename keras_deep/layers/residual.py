"""The residual vocabulary: branch, block, stage.

A *branch* is a tuple of `Conv`: which convolutions, not where to normalise.
A *block* turns one branch into `merge(shortcut(x), branch(x))`.
A *stage* repeats one block at one resolution; its first block may stride.
"""

from typing import NamedTuple

from keras import layers

from keras_deep.layers.conv import batch_norm
from keras_deep.layers.conv import bn_relu
from keras_deep.layers.conv import conv2d
from keras_deep.layers.conv import convention
from keras_deep.layers.conv import dropout
from keras_deep.layers.conv import relu
from keras_deep.layers.shortcut import changes_shape
from keras_deep.layers.shortcut import resolve_shortcut
from keras_deep.layers.stage import stack_blocks


class Conv(NamedTuple):
    """One convolution of a branch."""

    filters: int
    kernel_size: int = 3
    stride: int = 1
    groups: int = 1
    dropout_rate: float = 0.0  # Of the dropout before the convolution.


class Stage(NamedTuple):
    """`blocks` blocks with `filters` output channels."""

    blocks: int
    filters: int
    stride: int = 1


class Position(NamedTuple):
    """Where a block stands in the network."""

    stage: str  # "conv2", "conv3", ...
    name: str  # "conv2_block1", ...
    filters: int
    stride: int
    progress: float  # Number of this block over all blocks, in (0, 1].


def positions(stages):
    """Returns a list of `Position` for every stage of `stages`.

    The first block of a stage strides; under the convention of
    keras.applications' version 2 the last block of the stage before does.
    """
    total = sum(stage.blocks for stage in stages)
    last = convention().strides == "last"
    done, result = 0, []
    for i, (blocks, filters, stride) in enumerate(stages):
        following = stages[i + 1].stride if i + 1 < len(stages) else 1
        strides = [1] * blocks
        strides[-1 if last else 0] = following if last else stride
        result.append(
            [
                Position(
                    stage=f"conv{i + 2}",
                    name=f"conv{i + 2}_block{b}",
                    filters=filters,
                    stride=strides[b - 1],
                    progress=(done + b) / total,
                )
                for b in range(1, blocks + 1)
            ]
        )
        done += blocks
    return result


def basic(at, dropout_rate=0.0):
    """Two 3x3 convolutions, with dropout between them."""
    return (
        Conv(at.filters, 3, at.stride),
        Conv(at.filters, 3, dropout_rate=dropout_rate),
    )


def bottleneck(at, cardinality=1, base_width=64):
    """1x1 reduce, 3x3 in `cardinality` groups, 1x1 expand by 4.

    The 3x3 has `filters / 4 * base_width / 64 * cardinality` channels, so the
    32x4d of ResNeXt is `cardinality=32, base_width=4`. The convention says
    which of the first two convolutions strides.
    """
    width = at.filters // 4 * base_width // 64 * cardinality
    first = convention().strides == "1x1"
    return (
        Conv(width, 1, at.stride if first else 1),
        Conv(width, 3, 1 if first else at.stride, cardinality),
        Conv(at.filters, 1),
    )


def block_v1(x, at, branch=basic, shortcut="B", merge=None, bias=None):
    """Post-activation block: conv-BN-ReLU-...-conv-BN, add, ReLU.

    Args:
        x: tensor of shape `(batch, height, width, channels)`.
        at: `Position` of the block.
        branch: function `at -> tuple of Conv`.
        shortcut: string or function, see `resolve_shortcut`.
        merge: function `(shortcut, branch, at) -> tensor` that joins the two,
            by default as the shortcut says. Squeeze-and-excitation or
            stochastic depth stand here.
        bias: bool or `None`, as for `conv2d`.

    Returns:
        Tensor of shape `(batch, height / stride, width / stride, filters)`.
    """
    convs, shortcut = branch(at), resolve_shortcut(shortcut)
    y = x
    for i, conv in enumerate(convs, 1):
        name = f"{at.name}_{i}"
        y = batch_norm(_convolve(y, conv, name, bias=bias), name)
        if i < len(convs):
            y = relu(y, name)
    x = shortcut.project(x, at, normalize=True)
    x = (merge or shortcut.merge)(x, y, at)
    return layers.Activation("relu", name=f"{at.name}_out")(x)


def block_v2(x, at, branch=basic, shortcut="B", merge=None):
    """Pre-activation block: BN-ReLU-conv-...-BN-ReLU-conv, add.

    Takes the arguments of `block_v1`. A shortcut that changes the shape reads
    the activated input; an identity shortcut reads `x` itself.
    """
    convs, shortcut = branch(at), resolve_shortcut(shortcut)
    y = preact = bn_relu(x, f"{at.name}_preact")
    for i, conv in enumerate(convs, 1):
        name = f"{at.name}_{i}"
        y = _convolve(y, conv, name, norm=i < len(convs))
        if i < len(convs):
            y = bn_relu(y, name)
    source = preact if changes_shape(x, at) else x
    x = shortcut.project(source, at, normalize=False)
    return (merge or shortcut.merge)(x, y, at)


def block_plain(x, at, branch=basic):
    """The branch of `block_v1` without a shortcut."""
    for i, conv in enumerate(branch(at), 1):
        name = f"{at.name}_{i}"
        x = bn_relu(_convolve(x, conv, name), name)
    return x


def block_of(version):
    """Returns the block function of a version of ResNet.

    Raises:
        ValueError: if there is no such version.
    """
    if version not in (1, 2):
        raise ValueError(
            "Expected `version` to be 1 (post-activation) or 2 "
            f"(pre-activation). Received: version={version!r}"
        )
    return block_v1 if version == 1 else block_v2


def residual_stages(x, stages, block, stack="auto"):
    """Stacks stages of blocks; the body of most networks of this family.

    Args:
        x: tensor of shape `(batch, height, width, channels)`, the stem output.
        stages: sequence of `Stage`.
        block: function `(x, at) -> tensor` with the `Position` of the block,
            such as `functools.partial(block_v1, branch=bottleneck)`.
        stack: see `stack_blocks`.

    Returns:
        Tensor of the last stage.
    """
    return stack_blocks(x, positions(stages), block, stack)


def _convolve(x, conv, name, norm=True, bias=None):
    x = dropout(x, conv.dropout_rate, name)
    return conv2d(
        x,
        conv.filters,
        conv.kernel_size,
        conv.stride,
        groups=conv.groups,
        norm=norm,
        bias=bias,
        name=name,
    )
