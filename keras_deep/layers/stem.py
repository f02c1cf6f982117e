"""Stems: what stands before the first block."""

from keras import layers

from keras_deep.layers.conv import bn_relu
from keras_deep.layers.conv import conv2d
from keras_deep.layers.conventions import convention


def imagenet_stem(x, filters=64, activate=True, bias=None, name="conv1"):
    """Quarters height and width: 7x7 convolution and 3x3 pool, stride 2.

    Args:
        x: image tensor.
        filters: int, output channels.
        activate: bool. Whether batch normalisation and ReLU stand before the
            pool. Version 2 networks leave both to their first block.
        bias: bool or `None`, as for `conv2d`.
        name: string, prefix of the layer names.

    Returns:
        Image tensor with `filters` channels and a quarter of the sides.
    """
    x = conv2d(x, filters, 7, 2, bias=bias, norm=activate, name=name)
    if activate:
        x = bn_relu(x, name)
    return max_pool(x, activate, name="pool1")


def cifar_stem(x, filters=16, activate=True, name="conv1"):
    """Lifts small images to `filters` channels: one 3x3 convolution."""
    x = conv2d(x, filters, 3, norm=activate, name=name)
    return bn_relu(x, name) if activate else x


def max_pool(x, activated=True, name="pool"):
    """Halves the sides by a 3x3 maximum, as the convention in force pads.

    Args:
        x: image tensor.
        activated: bool. Whether no value of `x` is negative, so that padded
            zeros never win.
        name: string, prefix of the layer names.

    Returns:
        Image tensor with half of the sides, rounded up (`"torch"`, `"zero"`)
        or as Caffe rounds.
    """
    pool = convention().pool
    if pool == "torch" and not activated:
        # The maximum over padding that never wins, then every second pixel.
        x = layers.MaxPooling2D(3, 1, "same", name=f"{name}_pool")(x)
        return layers.MaxPooling2D(1, 2, name=f"{name}_stride")(x)
    padding = ((0, 1), (0, 1)) if pool == "caffe" else 1
    x = layers.ZeroPadding2D(padding, name=f"{name}_pad")(x)
    return layers.MaxPooling2D(3, 2, name=f"{name}_pool")(x)
