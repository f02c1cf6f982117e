"""VGG: plain stacks of 3x3 convolutions and three dense layers."""

import dataclasses

import keras
from keras import layers

from keras_deep.layers.conv import channel_axis
from keras_deep.layers.conv import conv2d
from keras_deep.layers.conv import relu
from keras_deep.layers.conventions import Convention
from keras_deep.layers.conventions import convention
from keras_deep.layers.stage import stage_end
from keras_deep.models.depths import blocks_of
from keras_deep.models.image_model import image_model
from keras_deep.models.registry import variant

# Convolutions of each stage: columns D and E of table 1.
_BLOCKS = {16: (2, 2, 3, 3, 3), 19: (2, 2, 4, 4, 4)}
_FILTERS = (64, 128, 256, 512, 512)
_SIDE = 7  # Height and width of the features for images of 224 pixels.


@dataclasses.dataclass(frozen=True)
class VGGConvention(Convention):
    """Additional details of VGG.

    Args:
        adaptive: bool. Whether features of another size are averaged to 7x7,
            so that the dense layers fit images of any size.
    """

    bias: str = "all"
    adaptive: bool = True


_CONVENTIONS = {
    "torchvision": VGGConvention(),
    "timm": VGGConvention(),
    "paper": VGGConvention(adaptive=False),
    "caffe": VGGConvention(adaptive=False),
    "keras": VGGConvention(adaptive=False),
}


def _dense_top(x, top):
    """Applies two dense layers of 4096 units before the classifier."""
    sides = list(x.shape[1:])
    del sides[channel_axis() if channel_axis() < 0 else channel_axis() - 1]
    if None in sides:
        raise ValueError(
            "Expected the height and width of `input_shape` to be given: the "
            "dense layers of VGG have a weight for every pixel of the "
            f"features. Received features of sides {tuple(sides)}. "
            "`include_top=False` takes free sides."
        )
    if convention().adaptive and sides != [_SIDE, _SIDE]:
        x = _adaptive_pool(x)
    x = layers.Flatten(name="flatten")(x)
    for name in ("fc1", "fc2"):
        x = layers.Dense(4096, kernel_initializer="he_normal", name=name)(x)
        x = relu(x, name)
        if rate := top.arguments["dropout_rate"]:
            x = layers.Dropout(rate, name=f"{name}_drop")(x)
    return top.predictions(x)


@image_model("VGG", "imagenet", _CONVENTIONS, min_size=32, top=_dense_top)
def VGG(inputs, depth=16, dropout_rate=0.5, blocks=None):
    """Builds a VGG network without batch normalisation.

    The ResNet paper compares costs with it: ResNet-34 takes 18 % of the
    multiply-adds of VGG-19. Weights have He's initialisation; the paper copies
    the first layers of a trained shallower network. Not to be confused with
    `PlainNet`, which is thinner and has one dense layer.

    Reference:
    - [Very Deep Convolutional Networks for Large-Scale Image Recognition](
        https://arxiv.org/abs/1409.1556) (ICLR 2015)

    Args:
        depth: int, number of weighted layers: 16 or 19.
        dropout_rate: float in `[0, 1)`. Dropout after each of the two dense
            layers of 4096 units.
        blocks: sequence of five ints, convolutions of each stage, instead of
            `depth`.

    Raises:
        ValueError: if there is no such depth, or if `input_shape` has free
            sides with `include_top=True`.
    """
    blocks = _blocks_of(depth, blocks)
    x = inputs
    for i, (convolutions, filters) in enumerate(zip(blocks, _FILTERS), 1):
        for j in range(1, convolutions + 1):
            name = f"conv{i}_{j}"
            x = relu(conv2d(x, filters, 3, norm=False, name=name), name)
        x = layers.MaxPooling2D(2, name=f"pool{i}_pool")(x)
        x = stage_end(x, f"conv{i}")
    return x


def _adaptive_pool(x):
    """Averages features to 7x7 as PyTorch does."""
    pool = getattr(layers, "AdaptiveAveragePooling2D", None)
    if pool is None:
        raise ValueError(
            "Expected images of 224 pixels, or a Keras that has "
            "`AdaptiveAveragePooling2D`: pip install -U keras. Received "
            f"features of shape {x.shape} with Keras {keras.__version__}."
        )
    return pool(_SIDE, name="pool5_adaptive")(x)


def _blocks_of(depth, blocks):
    blocks = blocks_of(depth, blocks, _BLOCKS)
    if len(blocks) != len(_FILTERS):
        raise ValueError(
            "Expected `blocks` to be five positive ints. "
            f"Received: blocks={blocks}"
        )
    return blocks


VGG16 = variant(VGG, "VGG16", depth=16)
VGG19 = variant(VGG, "VGG19", depth=19)
