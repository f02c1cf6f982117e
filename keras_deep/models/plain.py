"""Plain networks: the controls of ResNet, without shortcuts."""

from keras_deep.layers.conventions import Convention
from keras_deep.layers.residual import block_plain
from keras_deep.layers.residual import residual_stages
from keras_deep.layers.stem import cifar_stem
from keras_deep.layers.stem import imagenet_stem
from keras_deep.models.depths import cifar_stages
from keras_deep.models.depths import imagenet_stages
from keras_deep.models.image_model import image_model
from keras_deep.models.registry import variant
from keras_deep.models.residual import CIFAR_CONVENTIONS

_CONVENTIONS = {
    # Stride and pool of He's Caffe prototxt, the only code of the paper.
    "paper": Convention(strides="1x1", pool="caffe"),
    "torchvision": Convention(),
}


@image_model("PlainNet", "imagenet", _CONVENTIONS, min_size=32)
def PlainNet(inputs, depth=34, blocks=None, stack="auto"):
    """Builds a `ResNet` of basic blocks without shortcuts.

    Plain networks train worse with depth, the problem that residual learning
    solves. It has exactly the parameters of a `ResNet` with `shortcut="A"`.
    Not to be confused with VGG, which is wider and has three dense layers.

    Reference:
    - [Deep Residual Learning for Image Recognition](
        https://arxiv.org/abs/1512.03385) (CVPR 2016), table 2

    Args:
        depth: int, number of weighted layers: 18 or 34.
        blocks: sequence of int, pairs of layers in each stage, instead of
            `depth`.
        stack: see `ResNet`.

    Raises:
        ValueError: if there is no such depth.
    """
    stages = imagenet_stages(depth, blocks, depths=(18, 34))
    return residual_stages(imagenet_stem(inputs), stages, block_plain, stack)


@image_model("PlainNet", "cifar10", CIFAR_CONVENTIONS)
def CifarPlainNet(inputs, depth=20, blocks=None, stack="auto"):
    """Builds a `CifarResNet` of basic blocks without shortcuts.

    It has exactly the parameters of a `CifarResNet` with `shortcut="A"`.

    Reference:
    - [Deep Residual Learning for Image Recognition](
        https://arxiv.org/abs/1512.03385) (CVPR 2016), section 4.2

    Args:
        depth: int `6 * n + 2`, number of weighted layers: 20, 32, 44, 56,
            110. In the paper 56 layers are already worse than 20.
        blocks: sequence of int, pairs of layers in each stage, instead of
            `depth`.
        stack: see `ResNet`.

    Raises:
        ValueError: if there is no such depth.
    """
    stages = cifar_stages(depth, blocks)
    return residual_stages(cifar_stem(inputs), stages, block_plain, stack)


PlainNet18 = variant(PlainNet, "PlainNet18", depth=18)
PlainNet34 = variant(PlainNet, "PlainNet34", depth=34)
