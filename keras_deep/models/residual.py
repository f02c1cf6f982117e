"""Conventions of residual networks, and bodies that several share."""

import dataclasses
import functools

from keras_deep.layers.conv import bn_relu
from keras_deep.layers.conventions import Convention
from keras_deep.layers.conventions import convention
from keras_deep.layers.position import Position
from keras_deep.layers.residual import block_of
from keras_deep.layers.residual import block_v1
from keras_deep.layers.residual import bottleneck
from keras_deep.layers.residual import residual_stages
from keras_deep.layers.stem import cifar_stem
from keras_deep.models.depths import cifar_stages
from keras_deep.models.depths import imagenet_stages
from keras_deep.models.depths import resolve_block
from keras_deep.utils.checks import check_sizes


@dataclasses.dataclass(frozen=True)
class ResNetConvention(Convention):
    """Additional details of residual networks.

    Args:
        stride_at: which block has the stride of a stage: its `"first"` or the
            `"last"` of the previous stage.
        shortcut: pair of the default options of basic and of bottleneck
            blocks.
        stem_bias: bool. Whether the convolution of the stem has a bias.
        stem_norm: bool. Whether the stem of version 2 includes batch
            normalisation and ReLU.
        first_preact: bool. Whether the first block of version 2 begins with
            them, too.
    """

    stride_at: str = "first"
    shortcut: tuple = ("B", "B")
    stem_bias: bool = False
    stem_norm: bool = False
    first_preact: bool = True


_PROJECTING = ResNetConvention()
_PAPER = ResNetConvention(strides="1x1", shortcut=("A", "B"))
CIFAR_CONVENTIONS = {
    # The paper's option A as in akamaster's and renmengye's releases.
    "paper": _PAPER,
    "pytorchcv": _PROJECTING,
    "caffe": _PROJECTING,  # junyuseu: option B.
    "torch7": dataclasses.replace(_PAPER, padding="after"),
    # The version 1 of Keras's code examples.
    "keras": ResNetConvention(
        epsilon=1e-3, bias="all", same=True, projection_norm=False
    ),
}


def cifar_residual(
    inputs, depth, version, block, shortcut, blocks, stack, on_branch=()
):
    """Applies a residual network for CIFAR up to its features.

    Args:
        inputs: image tensor.
        depth: see `CifarResNet`.
        version: see `CifarResNet`.
        block: see `CifarResNet`.
        shortcut: see `CifarResNet`.
        blocks: see `CifarResNet`.
        stack: see `CifarResNet`.
        on_branch: see `keras_deep.layers.block_v1`.

    Raises:
        ValueError: if there is no such depth, version, shortcut or block.
    """
    branch, expansion = resolve_block(block)
    if shortcut is None:
        shortcut = convention().shortcut[expansion > 1]
    make = functools.partial(
        block_of(version), branch=branch, shortcut=shortcut, on_branch=on_branch
    )
    x = cifar_stem(inputs, activate=version == 1)
    layers = len(branch(Position("conv2", "conv2_block1", 64)))
    stages = cifar_stages(depth, blocks, 16 * expansion, step=3 * layers)
    x = residual_stages(x, stages, make, stack)
    return x if version == 1 else bn_relu(x, "post")


def imagenet_bottlenecks(
    x,
    depth,
    blocks,
    stack,
    branch,
    depths=(50, 101, 152),
    shortcut="B",
    on_branch=(),
):
    """Applies the four stages of bottlenecks of an ImageNet network.

    Args:
        x: image tensor, the stem's output.
        depth: int, one of `depths`; ignored if `blocks` are given.
        blocks: sequence of int, blocks of each stage, or `None`.
        stack: see `ResNet`.
        branch: function `at -> tuple of Conv`.
        depths: tuple of int, the known depths.
        shortcut: see `keras_deep.layers.block_v1`.
        on_branch: see `keras_deep.layers.block_v1`.

    Raises:
        ValueError: if there is no such depth.
    """
    block = functools.partial(
        block_v1, branch=branch, shortcut=shortcut, on_branch=on_branch
    )
    stages = imagenet_stages(depth, blocks, 256, depths)
    return residual_stages(x, stages, block, stack)


def grouped_bottleneck(cardinality, base_width):
    """Returns the branch of ResNeXt, a function `at -> tuple of Conv`.

    Args:
        cardinality: int, see `keras_deep.layers.bottleneck`.
        base_width: int, see `keras_deep.layers.bottleneck`.

    Raises:
        ValueError: if one is not a positive int.
    """
    check_sizes(cardinality=cardinality, base_width=base_width)
    return functools.partial(
        bottleneck, cardinality=cardinality, base_width=base_width
    )
