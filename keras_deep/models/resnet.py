"""Residual networks, versions 1 and 2, for ImageNet and for CIFAR."""

import functools

from keras_deep.layers.conv import bn_relu
from keras_deep.layers.conv import convention
from keras_deep.layers.residual import Stage
from keras_deep.layers.residual import basic
from keras_deep.layers.residual import block_of
from keras_deep.layers.residual import bottleneck
from keras_deep.layers.residual import residual_stages
from keras_deep.layers.stem import cifar_stem
from keras_deep.layers.stem import imagenet_stem
from keras_deep.models.image_model import image_model
from keras_deep.models.registry import variant

# Blocks of each stage (Table 1 of the paper; 200 from the second paper).
BLOCKS = {
    18: (2, 2, 2, 2),
    34: (3, 4, 6, 3),
    50: (3, 4, 6, 3),
    101: (3, 4, 23, 3),
    152: (3, 8, 36, 3),
    200: (3, 24, 36, 3),
}


@image_model(
    family="ResNet",
    dataset="imagenet",
    conventions=lambda a: "ResNetV2" if a["version"] == 2 else "ResNet",
    min_size=32,
)
def ResNet(
    inputs,
    depth=50,
    version=1,
    shortcut="B",
    block=None,
    blocks=None,
    stack="auto",
):
    """Builds a residual network for ImageNet-sized images.

    The default convention is torchvision's, whose bottlenecks stride at the
    3x3 convolution ("v1.5"); `"paper"` strides at the first 1x1. The paper's
    own ResNet-18 and 34 have `shortcut="A"`.

    References:
    - [Deep Residual Learning for Image Recognition](
        https://arxiv.org/abs/1512.03385) (CVPR 2016)
    - [Identity Mappings in Deep Residual Networks](
        https://arxiv.org/abs/1603.05027) (ECCV 2016), for `version=2`

    Example:

    ```python
    backbone = keras_deep.ResNet(depth=50, include_top=False, pooling="avg")
    features = backbone(images)  # (n, 224, 224, 3) -> (n, 2048)
    ```

    Args:
        depth: int, number of weighted layers: 18, 34, 50, 101, 152 or 200.
        version: 1 for post-activation, 2 for pre-activation blocks.
        shortcut: string: `"A"`, `"B"` or `"C"`, the ablations `"scaled"`,
            `"gated"`, `"shortcut_gated"`, `"dropout"` and `"1x1"`, or a
            function, see `keras_deep.layers.resolve_shortcut`.
        block: `"basic"` or `"bottleneck"`. `None` is bottleneck from depth 50.
        blocks: sequence of int, blocks of each stage, in place of a depth.
        stack: `True` to compute the equal blocks of a stage in one
            `keras_deep.layers.StackedBlocks`, `False` for ordinary layers, or
            `"auto"` to stack stages of 50 or more equal blocks.

    Raises:
        ValueError: if there is no such depth, version, shortcut or block.
    """
    block = block or ("bottleneck" if depth >= 50 else "basic")
    branch, expansion = resolve_block(block)
    make = functools.partial(
        block_of(version), branch=branch, shortcut=shortcut
    )
    stages = imagenet_stages(depth, blocks, 64 * expansion)
    x = imagenet_stem(
        inputs,
        activate=version == 1 or convention().stem_norm,
        # The authors' Caffe release has this bias in 50 layers only.
        bias=convention().stem_bias and depth == 50 or None,
    )
    x = residual_stages(x, stages, make, stack)
    return x if version == 1 else bn_relu(x, "post")


@image_model(family="ResNet", dataset="cifar10", conventions="CifarResNet")
def CifarResNet(
    inputs,
    depth=20,
    version=1,
    block="basic",
    shortcut=None,
    blocks=None,
    stack="auto",
):
    """Builds a residual network for CIFAR-sized images.

    References:
    - [Deep Residual Learning for Image Recognition](
        https://arxiv.org/abs/1512.03385) (CVPR 2016), section 4.2
    - [Identity Mappings in Deep Residual Networks](
        https://arxiv.org/abs/1603.05027) (ECCV 2016), for `version=2`

    Example:

    ```python
    model = keras_deep.CifarResNet(depth=110)
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.fit(x_train, y_train, batch_size=128)  # x_train: (n, 32, 32, 3)
    ```

    Args:
        depth: int, number of weighted layers without projections: `6 * n + 2`
            for basic blocks (20, 32, 44, 56, 110, 1202), `9 * n + 2` for
            bottlenecks (164, 1001). The paper's deepest is 1202;
            9998, or 10001 with bottlenecks, build and train as well.
        version: 1 for post-activation, 2 for pre-activation blocks.
        block: `"basic"` or `"bottleneck"`.
        shortcut: see `ResNet`. `None` is the convention's: in `"paper"` and
            `"torch7"` option A for basic blocks and B for bottlenecks,
            elsewhere B.
        blocks: sequence of int, blocks of each stage, in place of a depth.
        stack: see `ResNet`. From depth 302 on (461 with bottlenecks) stages
            are stacked, and a network of any depth builds in seconds.

    Raises:
        ValueError: if there is no such depth, version, shortcut or block.
    """
    branch, expansion = resolve_block(block)
    if shortcut is None:
        shortcut = convention().shortcut[expansion > 1]
    make = functools.partial(
        block_of(version), branch=branch, shortcut=shortcut
    )
    x = cifar_stem(inputs, activate=version == 1)
    stages = cifar_stages(
        depth, blocks, 16 * expansion, step=9 if expansion > 1 else 6
    )
    x = residual_stages(x, stages, make, stack)
    return x if version == 1 else bn_relu(x, "post")


def resolve_block(block):
    """Returns the branch function of a name and its expansion of channels.

    Raises:
        ValueError: if there is no such block.
    """
    known = {"basic": (basic, 1), "bottleneck": (bottleneck, 4)}
    if block not in known:
        raise ValueError(
            f"Expected `block` to be one of {list(known)}. "
            f"Received: block={block!r}"
        )
    return known[block]


def imagenet_stages(depth, blocks=None, filters=64, depths=tuple(BLOCKS)):
    """Returns the stages of an ImageNet network of a depth or of `blocks`."""
    if blocks is None and depth not in depths:
        raise ValueError(
            f"Expected `depth` to be one of {list(depths)}, or `blocks` to be "
            f"given. Received: depth={depth!r}"
        )
    blocks = BLOCKS[depth] if blocks is None else check_blocks(blocks)
    return [
        Stage(num_blocks, filters * 2**i, stride=2 if i else 1)
        for i, num_blocks in enumerate(blocks)
    ]


def cifar_stages(depth, blocks=None, filters=16, step=6, extra=2):
    """Returns the stages of a CIFAR network of a depth or of `blocks`.

    The depth is `step * n + extra`, for three stages of `n` blocks.
    """
    if blocks is None:
        n, rest = divmod(depth - extra, step)
        if n < 1 or rest:
            raise ValueError(
                f"Expected `depth` to be {step} * n + {extra} with n >= 1, or "
                f"`blocks` to be given. Received: depth={depth!r}"
            )
        blocks = (n, n, n)
    return [
        Stage(num_blocks, filters * 2**i, stride=2 if i else 1)
        for i, num_blocks in enumerate(check_blocks(blocks))
    ]


def check_blocks(blocks):
    """Returns `blocks` as a tuple.

    Raises:
        ValueError: if it is not a sequence of positive ints.
    """
    blocks = tuple(blocks)
    if not blocks or any(not isinstance(n, int) or n < 1 for n in blocks):
        raise ValueError(
            "Expected `blocks` to be a sequence of positive ints, such as "
            f"(3, 4, 6, 3). Received: blocks={blocks}"
        )
    return blocks


ResNet18 = variant(ResNet, "ResNet18", depth=18)
ResNet34 = variant(ResNet, "ResNet34", depth=34)
ResNet50 = variant(ResNet, "ResNet50", depth=50)
ResNet101 = variant(ResNet, "ResNet101", depth=101)
ResNet152 = variant(ResNet, "ResNet152", depth=152)
ResNet50V2 = variant(ResNet, "ResNet50V2", depth=50, version=2)
ResNet101V2 = variant(ResNet, "ResNet101V2", depth=101, version=2)
ResNet152V2 = variant(ResNet, "ResNet152V2", depth=152, version=2)
ResNet200V2 = variant(ResNet, "ResNet200V2", depth=200, version=2)

ResNet20 = variant(CifarResNet, "ResNet20", depth=20)
ResNet32 = variant(CifarResNet, "ResNet32", depth=32)
ResNet44 = variant(CifarResNet, "ResNet44", depth=44)
ResNet56 = variant(CifarResNet, "ResNet56", depth=56)
ResNet110 = variant(CifarResNet, "ResNet110", depth=110)
ResNet1202 = variant(CifarResNet, "ResNet1202", depth=1202)
ResNet164V2 = variant(
    CifarResNet, "ResNet164V2", depth=164, version=2, block="bottleneck"
)
ResNet1001V2 = variant(
    CifarResNet, "ResNet1001V2", depth=1001, version=2, block="bottleneck"
)
