"""Layers of dense blocks, each of which reads all layers before it."""

from typing import NamedTuple

from keras import layers

from keras_deep.layers.conv import bn_relu
from keras_deep.layers.conv import channel_axis
from keras_deep.layers.conv import channels
from keras_deep.layers.conv import conv2d
from keras_deep.layers.conv import dropout
from keras_deep.layers.conventions import convention


class DensePosition(NamedTuple):
    """The position of a dense layer in the network."""

    stage: str  # "conv2", "conv3", ...
    name: str  # "conv2_block1", ...


def dense_positions(blocks, first=2):
    """Returns a list of `DensePosition` for every dense block.

    Args:
        blocks: sequence of int, the layers of each dense block.
        first: int, number of the first stage.
    """
    return [
        [
            DensePosition(f"conv{i}", f"conv{i}_block{b}")
            for b in range(1, num_layers + 1)
        ]
        for i, num_layers in enumerate(blocks, first)
    ]


def dense_layer(x, at, growth_rate, bottleneck=True, dropout_rate=0.0):
    """Appends `growth_rate` channels computed from all channels of `x`.

    Args:
        x: image tensor.
        at: `DensePosition` of the layer.
        growth_rate: int, channels to add.
        bottleneck: bool. Whether a 1x1 convolution to `4 * growth_rate`
            channels precedes the 3x3.
        dropout_rate: float in `[0, 1)`. Dropout after each convolution.

    Returns:
        Image tensor with `growth_rate` more channels than `x`.
    """
    y = bn_relu(x, f"{at.name}_0")
    name = f"{at.name}_1"
    if bottleneck:
        y = dropout(
            conv2d(y, 4 * growth_rate, 1, name=name), dropout_rate, name
        )
        y = bn_relu(y, name)
        name = f"{at.name}_2"
    y = conv2d(y, growth_rate, 3, name=name)
    y = dropout(y, dropout_rate, name)
    return layers.Concatenate(channel_axis(), name=f"{at.name}_concat")([x, y])


def transition(x, compression, dropout_rate, name):
    """Halves height and width and reduces the channels.

    The convention determines whether an odd side is rounded up.

    Args:
        x: image tensor.
        compression: float in `(0, 1]`, the fraction of channels to keep.
        dropout_rate: float in `[0, 1)`. Dropout after the convolution.
        name: string, prefix of the layer names.
    """
    filters = int(channels(x) * compression)
    x = conv2d(bn_relu(x, name), filters, 1, name=name)
    x = dropout(x, dropout_rate, name)
    padding = "same" if convention().round_up else "valid"
    return layers.AveragePooling2D(2, padding=padding, name=f"{name}_pool")(x)
