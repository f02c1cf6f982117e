"""Stems: the layers before the first block."""

from keras import layers

from keras_deep.layers.conv import bn_relu
from keras_deep.layers.conv import conv2d
from keras_deep.layers.conventions import convention


def imagenet_stem(x, filters=64, activate=True, bias=None, name="conv1"):
    """Applies a 7x7 convolution and 3x3 max pooling, both with stride 2.

    Args:
        x: image tensor.
        filters: int, output channels.
        activate: bool. Whether batch normalisation and ReLU precede the
            pooling. In version 2 networks both are part of the first block.
        bias: bool or `None`, see `conv2d`.
        name: string, prefix of the layer names.

    Returns:
        Image tensor with `filters` channels and a quarter of the height and
        width.
    """
    x = conv2d(x, filters, 7, 2, bias=bias, norm=activate, name=name)
    if activate:
        x = bn_relu(x, name)
    return max_pool(x, activate, name="pool1")


def cifar_stem(x, filters=16, activate=True, name="conv1"):
    """Applies a 3x3 convolution to `filters` channels.

    Args:
        x: image tensor.
        filters: int, output channels.
        activate: bool. Whether batch normalisation and ReLU follow.
        name: string, prefix of the layer names.
    """
    x = conv2d(x, filters, 3, norm=activate, name=name)
    return bn_relu(x, name) if activate else x


def max_pool(x, activated=True, name="pool"):
    """Applies 3x3 max pooling with stride 2, padded as the convention says.

    Args:
        x: image tensor.
        activated: bool. Whether `x` has no negative values, so that padded
            zeros do not change the maximum.
        name: string, prefix of the layer names.

    Returns:
        Image tensor with half the height and width, rounded up (`"torch"`,
        `"zero"`) or down (`"caffe"`).
    """
    pool = convention().pool
    if pool == "torch" and not activated:
        # Keras's "same" ignores the padding; then every second pixel.
        x = layers.MaxPooling2D(3, 1, "same", name=f"{name}_pool")(x)
        return layers.MaxPooling2D(1, 2, name=f"{name}_stride")(x)
    if pool == "caffe" and not activated:
        # The same, but the first window begins at the first pixel.
        x = layers.MaxPooling2D(3, 1, "same", name=f"{name}_pool")(x)
        x = layers.Cropping2D(((1, 0), (1, 0)), name=f"{name}_crop")(x)
        return layers.MaxPooling2D(1, 2, name=f"{name}_stride")(x)
    padding = ((0, 1), (0, 1)) if pool == "caffe" else 1
    x = layers.ZeroPadding2D(padding, name=f"{name}_pad")(x)
    return layers.MaxPooling2D(3, 2, name=f"{name}_pool")(x)
