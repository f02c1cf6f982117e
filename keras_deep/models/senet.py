"""Residual networks with squeeze-and-excitation."""

import functools

from keras_deep.layers.conv import batch_norm
from keras_deep.layers.conv import bn_relu
from keras_deep.layers.conv import conv2d
from keras_deep.layers.conventions import Convention
from keras_deep.layers.residual import Conv
from keras_deep.layers.residual import bottleneck
from keras_deep.layers.squeeze_excite import squeeze_excite
from keras_deep.layers.stem import imagenet_stem
from keras_deep.layers.stem import max_pool
from keras_deep.models.image_model import image_model
from keras_deep.models.registry import variant
from keras_deep.models.residual import CIFAR_CONVENTIONS
from keras_deep.models.residual import cifar_residual
from keras_deep.models.residual import grouped_bottleneck
from keras_deep.models.residual import imagenet_bottlenecks
from keras_deep.models.top import dropout_classifier

_TIMM = Convention()
# "caffe" is hujie-frank's release, and timm's `legacy_` models.
_CONVENTIONS = {
    "timm": _TIMM,
    "caffe": Convention(strides="1x1", pool="caffe"),
}
_NEXT_CONVENTIONS = {"timm": _TIMM, "caffe": Convention(pool="caffe")}
_CIFAR_CONVENTIONS = {k: CIFAR_CONVENTIONS[k] for k in ("paper", "pytorchcv")}


def _stages(x, depth, blocks, reduction, stack, branch, **options):
    excite = functools.partial(squeeze_excite, reduction=reduction)
    return imagenet_bottlenecks(
        x, depth, blocks, stack, branch, on_branch=excite, **options
    )


@image_model("SENet", "imagenet", _CONVENTIONS, min_size=32)
def SEResNet(inputs, depth=50, reduction=16, blocks=None, stack="auto"):
    """Builds a `ResNet` of bottlenecks with squeeze-and-excitation.

    Bottlenecks stride at the 3x3 convolution, as in timm; with the convention
    `"caffe"`, of the authors' release, at the first 1x1.

    Reference:
    - [Squeeze-and-Excitation Networks](https://arxiv.org/abs/1709.01507)
        (CVPR 2018)

    Args:
        depth: int, number of weighted layers: 50, 101 or 152.
        reduction: int (`r` in the paper), channels per hidden unit, of which
            there is at least one.
        blocks: sequence of int, blocks of each stage, instead of `depth`.
        stack: see `ResNet`.

    Raises:
        ValueError: if there is no such depth.
    """
    x = imagenet_stem(inputs)
    return _stages(x, depth, blocks, reduction, stack, bottleneck)


@image_model("SENet", "imagenet", _NEXT_CONVENTIONS, min_size=32)
def SEResNeXt(
    inputs,
    depth=50,
    cardinality=32,
    base_width=4,
    reduction=16,
    blocks=None,
    stack="auto",
):
    """Builds a `ResNeXt` with squeeze-and-excitation.

    Reference:
    - [Squeeze-and-Excitation Networks](https://arxiv.org/abs/1709.01507)
        (CVPR 2018)
    - [Aggregated Residual Transformations for Deep Neural Networks](
        https://arxiv.org/abs/1611.05431) (CVPR 2017)

    Args:
        depth: int, number of weighted layers: 50, 101 or 152.
        cardinality: see `ResNeXt`.
        base_width: see `ResNeXt`.
        reduction: see `SEResNet`.
        blocks: sequence of int, blocks of each stage, instead of `depth`.
        stack: see `ResNet`.

    Raises:
        ValueError: if there is no such depth, cardinality or width.
    """
    branch = grouped_bottleneck(cardinality, base_width)
    x = imagenet_stem(inputs)
    return _stages(x, depth, blocks, reduction, stack, branch)


def _wide_branch(at):
    """Returns a branch of 1x1 to half the channels, 3x3 in 64 groups, 1x1."""
    return (
        Conv(at.filters // 2, 1),
        Conv(at.filters, 3, at.stride, groups=64),
        Conv(at.filters, 1),
    )


def _wide_shortcut(x, at, normalize):
    """Projects by a 3x3 convolution if the block strides, else by a 1x1."""
    if not at.projects:
        return x
    name, size = f"{at.name}_0", 3 if at.stride > 1 else 1
    return batch_norm(conv2d(x, at.filters, size, at.stride, name=name), name)


@image_model(
    "SENet",
    "imagenet",
    {"caffe": Convention(pool="caffe")},
    min_size=32,
    top=dropout_classifier,
)
def SENet154(
    inputs, reduction=16, dropout_rate=0.2, blocks=(3, 8, 36, 3), stack="auto"
):
    """Builds SENet-154, the winner of ILSVRC 2017.

    A `SEResNeXt` of 152 layers, 64 groups of 4 channels, with three 3x3
    convolutions as stem, half the channels in the first convolution of each
    block, and strided projections of 3x3, which the authors' file names 1x1.

    Reference:
    - [Squeeze-and-Excitation Networks](https://arxiv.org/abs/1709.01507)
        (CVPR 2018), appendix

    Args:
        reduction: see `SEResNet`.
        dropout_rate: float in `[0, 1)`. Dropout before the classifier.
        blocks: sequence of int, blocks of each stage.
        stack: see `ResNet`.

    Raises:
        ValueError: if `blocks` is not as above.
    """
    x = inputs
    for i, (filters, stride) in enumerate(((64, 2), (64, 1), (128, 1)), 1):
        name = f"conv1_{i}"
        x = bn_relu(conv2d(x, filters, 3, stride, name=name), name)
    x = max_pool(x, name="pool1")
    return _stages(
        x, 154, blocks, reduction, stack, _wide_branch, shortcut=_wide_shortcut
    )


@image_model("SENet", "cifar10", _CIFAR_CONVENTIONS)
def CifarSEResNet(
    inputs,
    depth=20,
    version=1,
    block="basic",
    shortcut=None,
    reduction=16,
    blocks=None,
    stack="auto",
):
    """Builds a `CifarResNet` with squeeze-and-excitation.

    The paper has results for 110 and 164 layers of version 2. Other depths and
    the convention `"pytorchcv"`, with option B, are pytorchcv's.

    Reference:
    - [Squeeze-and-Excitation Networks](https://arxiv.org/abs/1709.01507)
        (CVPR 2018), section 6.1 for CIFAR

    Args:
        depth: see `CifarResNet`.
        version: see `CifarResNet`.
        block: see `CifarResNet`.
        shortcut: see `CifarResNet`.
        reduction: see `SEResNet`.
        blocks: sequence of int, blocks of each stage, instead of `depth`.
        stack: see `ResNet`.

    Raises:
        ValueError: if there is no such depth, version, shortcut or block.
    """
    excite = functools.partial(squeeze_excite, reduction=reduction)
    return cifar_residual(
        inputs, depth, version, block, shortcut, blocks, stack, excite
    )


SEResNet50 = variant(SEResNet, "SEResNet50", depth=50)
SEResNet101 = variant(SEResNet, "SEResNet101", depth=101)
SEResNet152 = variant(SEResNet, "SEResNet152", depth=152)
SEResNeXt50 = variant(SEResNeXt, "SEResNeXt50", depth=50)
SEResNeXt101 = variant(SEResNeXt, "SEResNeXt101", depth=101)
