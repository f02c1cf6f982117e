"""Wide residual networks: fewer layers with more channels."""

import functools

from keras_deep.layers.conv import bn_relu
from keras_deep.layers.conventions import Convention
from keras_deep.layers.residual import basic
from keras_deep.layers.residual import block_v2
from keras_deep.layers.residual import bottleneck
from keras_deep.layers.residual import residual_stages
from keras_deep.layers.stem import cifar_stem
from keras_deep.layers.stem import imagenet_stem
from keras_deep.models.depths import cifar_stages
from keras_deep.models.image_model import image_model
from keras_deep.models.registry import variant
from keras_deep.models.residual import imagenet_bottlenecks
from keras_deep.utils.checks import check_sizes

_SAME = Convention()  # All implementations agree.
_CIFAR_CONVENTIONS = {"paper": _SAME, "pytorchcv": _SAME}
_CONVENTIONS = {
    "torchvision": _SAME,
    "timm": _SAME,
    "paper": _SAME,
    "caffe": _SAME,  # soeaver's.
}


@image_model(
    family="WideResNet",
    dataset=lambda a: "imagenet" if a["stem"] == "imagenet" else "cifar10",
    conventions=lambda a: (
        _CONVENTIONS if a["stem"] == "imagenet" else _CIFAR_CONVENTIONS
    ),
)
def WideResNet(
    inputs,
    depth=28,
    width=10,
    dropout_rate=0.0,
    stem="cifar",
    blocks=None,
    stack="auto",
):
    """Builds a wide residual network.

    For CIFAR the blocks are those of `CifarResNet` version 2 with `width`
    times the channels; the stem always has 16 channels. For ImageNet they are
    the bottlenecks of `ResNet` version 1, with `width` times the channels
    inside; the outputs keep their channels.

    Reference:
    - [Wide Residual Networks](https://arxiv.org/abs/1605.07146) (BMVC 2016)

    Example:

    ```python
    model = keras_deep.WideResNet(depth=28, width=10, dropout_rate=0.3)
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.fit(x_train, y_train, batch_size=128)  # x_train: (n, 32, 32, 3)
    ```

    Args:
        depth: int, number of weighted layers: `6 * n + 4` for CIFAR (16, 22,
            28, 40), 50 or 101 for ImageNet.
        width: int (`k` in the paper), factor of the thin network's channels.
        dropout_rate: float in `[0, 1)`. Dropout between the two convolutions
            of a block, after the activation, as in the authors' code. The
            paper uses 0.3 for CIFAR and 0.4 for SVHN. Only for CIFAR.
        stem: `"cifar"` (one 3x3 convolution) or `"imagenet"` (7x7
            convolution and pooling, each with stride 2).
        blocks: sequence of int, blocks of each stage, instead of `depth`.
        stack: see `ResNet`.

    Raises:
        ValueError: if an argument is not as above.
    """
    check_sizes(width=width)
    if stem == "cifar":
        stages = cifar_stages(depth, blocks, 16 * width, extra=4)
        branch = functools.partial(basic, dropout_rate=dropout_rate)
        block = functools.partial(block_v2, branch=branch)
        x = cifar_stem(inputs, activate=False)
        return bn_relu(residual_stages(x, stages, block, stack), "post")
    if stem != "imagenet" or dropout_rate:
        raise ValueError(
            'Expected `stem` to be "cifar" or "imagenet", the latter without '
            f"dropout. Received: stem={stem!r}, dropout_rate={dropout_rate!r}"
        )
    branch = functools.partial(bottleneck, base_width=64 * width)
    x = imagenet_stem(inputs)
    return imagenet_bottlenecks(x, depth, blocks, stack, branch, (50, 101))


WRN16_8 = variant(WideResNet, "WRN16_8", depth=16, width=8)
WRN28_10 = variant(WideResNet, "WRN28_10", depth=28, width=10)
WRN40_4 = variant(WideResNet, "WRN40_4", depth=40, width=4)
WRN40_10 = variant(WideResNet, "WRN40_10", depth=40, width=10)

_imagenet = functools.partial(variant, WideResNet, stem="imagenet", width=2)
WideResNet50_2 = _imagenet("WideResNet50_2", depth=50)
WideResNet101_2 = _imagenet("WideResNet101_2", depth=101)
