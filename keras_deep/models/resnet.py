"""Residual networks, versions 1 and 2, for ImageNet and for CIFAR."""

import dataclasses
import functools

from keras_deep.layers.conv import bn_relu
from keras_deep.layers.conventions import convention
from keras_deep.layers.residual import block_of
from keras_deep.layers.residual import residual_stages
from keras_deep.layers.stem import imagenet_stem
from keras_deep.models.depths import imagenet_stages
from keras_deep.models.depths import resolve_block
from keras_deep.models.image_model import image_model
from keras_deep.models.registry import variant
from keras_deep.models.residual import CIFAR_CONVENTIONS
from keras_deep.models.residual import ResNetConvention
from keras_deep.models.residual import cifar_residual

_TORCH = ResNetConvention()
# Stride and pool of He's Caffe prototxt, the only code of the paper.
_PAPER = ResNetConvention(strides="1x1", pool="caffe")
_CONVENTIONS = {
    "torchvision": _TORCH,
    "timm": _TORCH,
    "paper": _PAPER,
    # The prototxt itself, with the stem's bias of ResNet-50.
    "caffe": dataclasses.replace(_PAPER, stem_bias=True),
    "keras": ResNetConvention(epsilon=1.001e-5, bias="all", strides="1x1"),
    "pytorchcv": ResNetConvention(strides="1x1"),  # Its "b" is torchvision.
}
_V2_CONVENTIONS = {
    "timm": _TORCH,
    "keras": ResNetConvention(
        epsilon=1.001e-5, bias="unnormalized", stride_at="last", pool="zero"
    ),
    "pytorchcv": ResNetConvention(strides="1x1", stem_norm=True),
    "pytorchcv_b": ResNetConvention(stem_norm=True),
    # soeaver's: the first block reads what the stem has activated.
    "caffe": ResNetConvention(pool="caffe", stem_norm=True, first_preact=False),
}


@image_model(
    family="ResNet",
    dataset="imagenet",
    conventions=lambda a: (
        _V2_CONVENTIONS if a["version"] == 2 else _CONVENTIONS
    ),
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
    3x3 convolution ("v1.5"); `"paper"` strides at the first 1x1. In the paper
    ResNet-18 and 34 have `shortcut="A"`.

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
            `"shortcut_scaled"`, `"gated"`, `"shortcut_gated"`, `"dropout"`
            and `"1x1"`, or a function, see
            `keras_deep.layers.resolve_shortcut`.
        block: `"basic"`, `"bottleneck"`, `"single"` or `"triple"`, see
            `CifarResNet`. `None` is `"bottleneck"` from depth 50 on, else
            `"basic"`.
        blocks: sequence of int, blocks of each stage, instead of `depth`.
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
        # The authors' Caffe release has this bias with 50 layers only.
        bias=convention().stem_bias and depth == 50 or None,
    )
    first = None if convention().first_preact else _first_block(make)
    x = residual_stages(x, stages, make, stack, first, convention().stride_at)
    return x if version == 1 else bn_relu(x, "post")


def _first_block(block):
    """Returns a block for the first of every stage: the first is activated."""
    return lambda x, at: block(x, at, activated=at.stage == "conv2")


@image_model("ResNet", "cifar10", CIFAR_CONVENTIONS)
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
    - [Demystifying ResNet](https://arxiv.org/abs/1611.01186) (2016), for
        `block="single"`

    Example:

    ```python
    model = keras_deep.CifarResNet(depth=110)
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.optimizer.build(model.trainable_variables)  # Traces once, not twice.
    model.fit(x_train, y_train, batch_size=128)  # x_train: (n, 32, 32, 3)
    ```

    A fresh network of some 450 layers or more, such as `ResNet1001V2`, answers
    NaN, or the same for every image, until training has gathered statistics
    of batch normalisation: its activations grow in every block.
    `keras_deep.calibrate(model, images)` gathers them without training;
    `zero_gamma=True` avoids it in version 1.

    What changes where `"auto"` begins to stack: a file needs this package
    unless it is saved with `portable=True`; a block's layers are reached by
    `keras_deep.named_weights` and not by `get_layer`; Adafactor, LAMB, Muon
    and `clipnorm` are refused, and so is synchronised batch normalisation;
    `jit_compile=True` is slow on the CPU. `stack=True` gains the start at lower
    depths, too: a block is traced once, so that ResNet-110 is ready to train
    in about a quarter of the time.

    Args:
        depth: int, number of weighted layers except projections: `6 * n + 2`
            for basic blocks (20, 32, 44, 56, 110, 1202), `9 * n + 2` for
            bottlenecks (164, 1001) and `"triple"`, `3 * n + 2` for `"single"`.
            The paper's deepest is 1202; 9998, or 10001 with bottlenecks, build
            and train as well.
        version: 1 for post-activation, 2 for pre-activation blocks.
        block: `"basic"` or `"bottleneck"`, or one of the ablations `"single"`
            and `"triple"`, whose shortcuts span one 3x3 convolution or three,
            not two.
        shortcut: see `ResNet`. `None` is the convention's: in `"paper"` and
            `"torch7"` option A for basic blocks and B for bottlenecks, in
            others B.
        blocks: sequence of int, blocks of each stage, instead of `depth`.
        stack: see `ResNet`. From depth 302 on (461 with bottlenecks) `"auto"`
            stacks, and networks of any depth build in seconds.

    Raises:
        ValueError: if there is no such depth, version, shortcut or block.
    """
    return cifar_residual(
        inputs, depth, version, block, shortcut, blocks, stack
    )


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
