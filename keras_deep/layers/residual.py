"""Residual branches, blocks and stages.

A *branch* is a tuple of `Conv`; the block decides where to normalise.
A *block* transforms the branch by functions `on_branch`, and a `Shortcut`
merges it with `x`.
A *stage* repeats one block at one resolution; its first block may stride.
"""

from typing import NamedTuple

from keras import layers

from keras_deep.layers.conv import batch_norm
from keras_deep.layers.conv import bn_relu
from keras_deep.layers.conv import channels
from keras_deep.layers.conv import conv2d
from keras_deep.layers.conv import dropout
from keras_deep.layers.conv import relu
from keras_deep.layers.conventions import convention
from keras_deep.layers.position import positions
from keras_deep.layers.shortcut import resolve_shortcut
from keras_deep.layers.stage import stack_blocks


class Conv(NamedTuple):
    """One convolution of a branch, see `conv2d`."""

    filters: int
    kernel_size: int = 3
    stride: int = 1
    groups: int = 1
    dropout_rate: float = 0.0  # Of the dropout before the convolution.
    dilation: int = 1


def basic(at, dropout_rate=0.0):
    """Returns a branch of two 3x3 convolutions with dropout in between."""
    return (
        Conv(at.filters, 3, at.stride),
        Conv(at.filters, 3, dropout_rate=dropout_rate),
    )


def single(at):
    """Returns a branch of one 3x3 convolution."""
    return basic(at)[:1]


def triple(at):
    """Returns a branch of three 3x3 convolutions."""
    return (*basic(at), Conv(at.filters, 3))


def bottleneck(at, cardinality=1, base_width=64):
    """Returns a branch of 1x1, grouped 3x3 and 1x1 convolutions.

    The first two have `filters / 4 * base_width / 64 * cardinality` channels,
    so ResNeXt's 32x4d is `cardinality=32, base_width=4`. The convention
    determines which of them has the stride.

    Args:
        at: `Position` of the block.
        cardinality: int, groups of the 3x3 convolution.
        base_width: int, channels of a group where `at.filters` is 256.
    """
    width = at.filters // 4 * base_width // 64 * cardinality
    first = convention().strides == "1x1"
    return (
        Conv(width, 1, at.stride if first else 1),
        Conv(width, 3, 1 if first else at.stride, cardinality),
        Conv(at.filters, 1),
    )


def block_v1(
    x,
    at,
    branch=basic,
    shortcut="B",
    on_branch=(),
    activation="relu",
    bias=None,
    zero_gamma=None,
):
    """Applies a post-activation block: conv-BN-ReLU-...-conv-BN, add, ReLU.

    Args:
        x: tensor of shape `(batch, height, width, channels)`.
        at: `Position` of the block.
        branch: function `at -> tuple of Conv`.
        shortcut: string, function or `Shortcut`, see `resolve_shortcut`. It
            determines how `x` and the branch are merged.
        on_branch: function `(y, at) -> tensor`, or a sequence of them, applied
            to the branch before the merge: squeeze-and-excitation, stochastic
            depth.
        activation: Keras activation after the sum; `None` for none, as before
            the sum of an outer shortcut.
        bias: bool or `None`, see `conv2d`.
        zero_gamma: bool. Whether `gamma` of the branch's last batch
            normalisation is 0 at first, so that the block begins as
            `activation(shortcut)`. `None` is the builder's choice.

    Returns:
        Tensor of shape `(batch, height / stride, width / stride, filters)`.
    """
    convs, shortcut = branch(at), resolve_shortcut(shortcut)
    if zero_gamma is None:
        zero_gamma = convention().zero_gamma
    y = x
    for i, conv in enumerate(convs, 1):
        name, last = f"{at.name}_{i}", i == len(convs)
        gamma = "zeros" if last and zero_gamma else "ones"
        y = _convolve(y, conv, name, bias=bias)
        y = batch_norm(y, name, gamma=gamma)
        if not last:
            y = relu(y, name)
    y = _transformed(y, at, on_branch)
    x = shortcut.merge(shortcut.project(x, at, normalize=True), y, at)
    if activation is None:
        return x
    return layers.Activation(activation, name=f"{at.name}_out")(x)


def block_v2(x, at, branch=basic, shortcut="B", on_branch=(), activated=False):
    """Applies a pre-activation block: BN-ReLU-conv-...-BN-ReLU-conv, add.

    Takes the arguments of `block_v1`. A projection reads the activated input,
    any other shortcut `x` itself. If `x` is `activated` already, the block
    begins with the first convolution.

    Raises:
        ValueError: if the last `gamma` is to be 0: the branch has none.
    """
    if convention().zero_gamma:
        raise ValueError(
            "Expected `zero_gamma=False` for pre-activation blocks, whose "
            "branches end in a convolution and not in batch normalisation. "
            "Received: zero_gamma=True. Where the builder has `version`, "
            "`version=1` builds post-activation blocks."
        )
    convs, shortcut = branch(at), resolve_shortcut(shortcut)
    y = preact = x if activated else bn_relu(x, f"{at.name}_preact")
    for i, conv in enumerate(convs, 1):
        name = f"{at.name}_{i}"
        y = _convolve(y, conv, name, norm=i < len(convs))
        if i < len(convs):
            y = bn_relu(y, name)
    y = _transformed(y, at, on_branch)
    source = preact if at.projects else x
    return shortcut.merge(shortcut.project(source, at, normalize=False), y, at)


def block_plain(x, at, branch=basic):
    """Applies a branch without shortcut: conv-BN-ReLU-...-conv-BN-ReLU."""
    for i, conv in enumerate(branch(at), 1):
        name = f"{at.name}_{i}"
        x = bn_relu(_convolve(x, conv, name), name)
    return x


def block_of(version):
    """Returns the block function of ResNet version 1 or 2.

    Raises:
        ValueError: if `version` is something else.
    """
    if version not in (1, 2):
        raise ValueError(
            "Expected `version` to be 1 (post-activation) or 2 "
            f"(pre-activation). Received: version={version!r}"
        )
    return block_v1 if version == 1 else block_v2


def residual_stages(
    x, stages, block, stack="auto", first_block=None, stride_at="first"
):
    """Applies stages of blocks, the body of a residual network.

    Args:
        x: tensor of shape `(batch, height, width, channels)`, the stem output.
        stages: sequence of `Stage`.
        block: function `(x, at) -> tensor` of a tensor and a `Position`, such
            as `functools.partial(block_v1, branch=bottleneck)`.
        stack: see `stack_blocks`.
        first_block: such a function for the first block of every stage, or
            `None` for `block`.
        stride_at: see `positions`.

    Returns:
        Output tensor of the last stage.
    """
    places = positions(stages, channels(x), stride_at)
    return stack_blocks(x, places, block, stack, first_block)


def _transformed(y, at, on_branch):
    functions = (on_branch,) if callable(on_branch) else on_branch
    for function in functions:
        y = function(y, at)
    return y


def _convolve(x, conv, name, norm=True, bias=None):
    x = dropout(x, conv.dropout_rate, name)
    return conv2d(
        x,
        conv.filters,
        conv.kernel_size,
        conv.stride,
        dilation=conv.dilation,
        groups=conv.groups,
        norm=norm,
        bias=bias,
        name=name,
    )
