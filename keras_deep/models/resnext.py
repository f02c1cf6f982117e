"""ResNeXt: bottlenecks whose 3x3 convolutions are grouped."""

import functools

from keras_deep.layers.conventions import Convention
from keras_deep.layers.residual import block_v1
from keras_deep.layers.residual import residual_stages
from keras_deep.layers.stem import cifar_stem
from keras_deep.layers.stem import imagenet_stem
from keras_deep.models.depths import cifar_stages
from keras_deep.models.image_model import image_model
from keras_deep.models.registry import variant
from keras_deep.models.residual import grouped_bottleneck
from keras_deep.models.residual import imagenet_bottlenecks

_SAME = Convention()  # All implementations stride at the 3x3 convolution.
_CONVENTIONS = {
    "torchvision": _SAME,
    "timm": _SAME,
    "paper": _SAME,
    "pytorchcv": _SAME,
    "caffe": _SAME,  # soeaver's.
}
_CIFAR_CONVENTIONS = {"paper": _SAME, "pytorchcv": _SAME}


@image_model("ResNeXt", "imagenet", _CONVENTIONS, min_size=32)
def ResNeXt(
    inputs,
    depth=50,
    cardinality=32,
    base_width=4,
    blocks=None,
    stack="auto",
):
    """Builds a ResNeXt for ImageNet-sized images.

    It is a `ResNet` of bottlenecks whose 3x3 convolutions are grouped, the
    last of the paper's three equivalent forms; with `cardinality=1` and
    `base_width=64` it is that `ResNet`. A bottleneck strides at the 3x3
    convolution in all implementations, also in the authors'.

    Reference:
    - [Aggregated Residual Transformations for Deep Neural Networks](
        https://arxiv.org/abs/1611.05431) (CVPR 2017)

    Example:

    ```python
    model = keras_deep.ResNeXt(depth=101, cardinality=32, base_width=8)
    probabilities = model(images)  # (n, 224, 224, 3) -> (n, 1000)
    ```

    Args:
        depth: int, number of weighted layers: 50, 101 or 152.
        cardinality: int (`C` in the paper), groups of the 3x3 convolutions.
        base_width: int (`d` in the paper), channels of a group in the first
            stage; they double in each.
        blocks: sequence of int, blocks of each stage, instead of `depth`.
        stack: see `ResNet`.

    Raises:
        ValueError: if there is no such depth, cardinality or width.
    """
    branch = grouped_bottleneck(cardinality, base_width)
    x = imagenet_stem(inputs)
    return imagenet_bottlenecks(x, depth, blocks, stack, branch)


@image_model("ResNeXt", "cifar10", _CIFAR_CONVENTIONS)
def CifarResNeXt(
    inputs,
    depth=29,
    cardinality=8,
    base_width=64,
    blocks=None,
    stack="auto",
):
    """Builds a ResNeXt for CIFAR-sized images.

    The stem has 64 channels, the three stages end in 256, 512 and 1024. Blocks
    are those of the authors' release, post-activation; the results in the
    first version of the paper are of pre-activation blocks, as that release
    says.

    Reference:
    - [Aggregated Residual Transformations for Deep Neural Networks](
        https://arxiv.org/abs/1611.05431) (CVPR 2017), section 5.3

    Example:

    ```python
    model = keras_deep.CifarResNeXt(cardinality=32, base_width=4)
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.fit(x_train, y_train, batch_size=128)  # x_train: (n, 32, 32, 3)
    ```

    Args:
        depth: int, number of weighted layers except projections: `9 * n + 2`;
            29 in the paper.
        cardinality: see `ResNeXt`.
        base_width: see `ResNeXt`.
        blocks: sequence of int, blocks of each stage, instead of `depth`.
        stack: see `ResNet`.

    Raises:
        ValueError: if there is no such depth, cardinality or width.
    """
    branch = grouped_bottleneck(cardinality, base_width)
    block = functools.partial(block_v1, branch=branch)
    stages = cifar_stages(depth, blocks, 256, step=9)
    return residual_stages(cifar_stem(inputs, 64), stages, block, stack)


ResNeXt50 = variant(ResNeXt, "ResNeXt50", depth=50)
_next101 = functools.partial(variant, ResNeXt, depth=101)
ResNeXt101 = _next101("ResNeXt101")
ResNeXt101_64x4d = _next101("ResNeXt101_64x4d", cardinality=64)
ResNeXt101_32x8d = _next101("ResNeXt101_32x8d", base_width=8)

ResNeXt29_8x64d = variant(CifarResNeXt, "ResNeXt29_8x64d", cardinality=8)
ResNeXt29_16x64d = variant(CifarResNeXt, "ResNeXt29_16x64d", cardinality=16)
