"""Highway networks: layers whose outputs gates mix with their inputs."""

import functools

from keras import layers

from keras_deep.layers.conv import conv2d
from keras_deep.layers.conv import dropout
from keras_deep.layers.conv import relu
from keras_deep.layers.conventions import Convention
from keras_deep.layers.highway import HighwayGate
from keras_deep.layers.position import Stage
from keras_deep.layers.position import positions
from keras_deep.layers.stage import stage_blocks
from keras_deep.layers.stage import stage_end
from keras_deep.layers.stem import max_pool
from keras_deep.models.depths import check_blocks
from keras_deep.models.image_model import image_model
from keras_deep.models.registry import variant
from keras_deep.models.top import classifier
from keras_deep.utils.checks import check_one_of

# Caffe's pooling, sizes rounded up. Caffe's "xavier" has Keras's name "lecun".
_CONVENTIONS = {"paper": Convention(bias="all", pool="caffe")}
_INITIALIZER = "lecun_uniform"

# Highway layers of each stage and their channels. Of 10 and 19 layers: the
# authors' Caffe files, mnist-10layers and cifar10-19layers. Of 32 layers: ours.
_LAYOUTS = {
    10: ((2, 3, 3), (32, 32, 32)),
    19: ((4, 5, 5), (32, 80, 128)),
    32: ((9, 9, 9), (32, 48, 64)),
}
# Dropout before each stage and before the classifier.
_MNIST_RATES = (0.2, 0.3, 0.4, 0.5)
_CIFAR_RATES = (0.2,) * 4


def _top(x, top):
    """Reads all pixels of MNIST's last stage, the means of CIFAR's."""
    rate = _rates(top.arguments)[-1]
    if top.arguments["depth"] != 10:
        return classifier(x, top, rate)
    if None in x.shape[1:]:
        raise ValueError(
            "Expected the height and width of `input_shape` to be given: the "
            "classifier of the network of 10 layers has a weight for every "
            f"pixel. Received features of shape {tuple(x.shape[1:])}. "
            "`include_top=False` takes free sides."
        )
    x = layers.Flatten(name="flatten")(dropout(x, rate, "predictions"))
    return top.predictions(x)


@image_model(
    "Highway",
    lambda arguments: "mnist" if arguments["depth"] == 10 else "cifar10",
    _CONVENTIONS,
    min_size=8,
    top=_top,
)
def HighwayNet(
    inputs,
    depth=19,
    transform_bias=None,
    dropout_rate=None,
    blocks=None,
    stack="auto",
):
    """Builds a convolutional highway network.

    Each 3x3 convolution with ReLU is merged with its input by a `HighwayGate`.
    Ordinary convolutions change the number of channels, max pooling halves
    the sides. The networks of 10 layers, for MNIST, and of 19, for CIFAR, are
    those of the authors' Caffe files. The layout of the paper's thinner
    network of 32 layers is not public: three stages of nine highway layers
    with 32, 48 and 64 channels are ours; it has 1.26 million parameters where
    the paper has 1.25.

    Reference:
    - [Training Very Deep Networks](https://arxiv.org/abs/1507.06228) (NIPS
        2015), the [authors' files](
        https://github.com/flukeskywalker/highway-networks)

    Args:
        depth: int, number of weighted layers, of which a gate and what it
            gates are one: 10, 19 or 32.
        transform_bias: float, the initial bias of the gates. `None` is -1 for
            10 layers, else -2.
        dropout_rate: float in `[0, 1)`, of the image, behind each pooling and
            before the classifier. `None` is 0.2, for 10 layers 0.2, 0.3, 0.4
            and 0.5.
        blocks: sequence of three ints, highway layers of each stage, instead
            of those of `depth`, which still determines the channels.
        stack: see `ResNet`.

    Raises:
        ValueError: if there is no such depth or `blocks` are not three
            positive ints, or if `input_shape` has free sides with
            `include_top=True` and 10 layers.
    """
    blocks, filters = _layout(depth, blocks)
    if transform_bias is None:
        transform_bias = -1.0 if depth == 10 else -2.0
    block = functools.partial(highway, transform_bias=transform_bias)
    mnist = depth == 10
    rates = _rates({"depth": depth, "dropout_rate": dropout_rate})
    x = dropout(inputs, rates[0], "conv1")
    size, padding = (5, "valid") if mnist else (3, "same")
    x = _plain(x, filters[0], size, "conv1", padding)
    stages = [Stage(*sizes) for sizes in zip(blocks, filters)]
    for i, places in enumerate(positions(stages, filters[0])):
        stage = places[0].stage
        if i:
            x = max_pool(x, name=stage) if mnist else _halved(x, stage)
            x = dropout(x, rates[i], stage)
        if i and not mnist:
            x = _plain(x, filters[i], 3, f"{stage}_0")
        places = [at._replace(projects=False) for at in places]
        x = stage_end(stage_blocks(x, places, block, stack), stage)
    return _halved(x, "post") if mnist else _plain(x, 100, 1, "post")


def highway(x, at, transform_bias):
    """Applies a 3x3 convolution with ReLU, gated.

    Args:
        x: image tensor of `at.filters` channels.
        at: `Position` of the layer.
        transform_bias: float, the initial bias of the gate.

    Returns:
        Image tensor of the same shape.
    """
    h = _plain(x, at.filters, 3, f"{at.name}_1")
    return HighwayGate(
        transform_bias,
        kernel_initializer=_INITIALIZER,
        name=f"{at.name}_gate",
    )([x, h])


def _plain(x, filters, size, name, padding="same"):
    x = conv2d(
        x, filters, size, padding=padding, initializer=_INITIALIZER, name=name
    )
    return relu(x, name)


def _halved(x, name):
    """Applies 2x2 max pooling, sizes rounded up."""
    return layers.MaxPooling2D(2, padding="same", name=f"{name}_pool")(x)


def _rates(arguments):
    if arguments["dropout_rate"] is not None:
        return (arguments["dropout_rate"],) * 4
    return _MNIST_RATES if arguments["depth"] == 10 else _CIFAR_RATES


def _layout(depth, blocks):
    check_one_of(_LAYOUTS, depth=depth)
    usual, filters = _LAYOUTS[depth]
    blocks = usual if blocks is None else check_blocks(blocks)
    if len(blocks) != len(usual):
        raise ValueError(
            "Expected `blocks` to be three positive ints. "
            f"Received: blocks={blocks}"
        )
    return blocks, filters


HighwayNet10 = variant(HighwayNet, "HighwayNet10", depth=10)
HighwayNet19 = variant(HighwayNet, "HighwayNet19", depth=19)
HighwayNet32 = variant(HighwayNet, "HighwayNet32", depth=32)
