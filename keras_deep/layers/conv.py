"""Convolution and normalisation with the settings of a convention.

Published implementations differ in padding, epsilon, biases and strides. A
family has a table of named conventions; the helpers read the active one, so
that model files need not.
"""

import keras
import numpy as np
from keras import layers

from keras_deep.layers.conventions import convention
from keras_deep.layers.dropout import Dropout
from keras_deep.layers.dropout import check_rate
from keras_deep.layers.grouped_conv import GroupedConv2D
from keras_deep.layers.normalization import BatchNormalization
from keras_deep.layers.normalization import is_synchronized
from keras_deep.layers.shapes import pair


def channel_axis():
    """Returns the channel axis of an image tensor, `-1` or `1`."""
    return -1 if keras.config.image_data_format() == "channels_last" else 1


def channels(x):
    """Returns the number of channels of an image tensor."""
    return x.shape[channel_axis()]


def conv2d(
    x,
    filters,
    kernel_size=3,
    stride=1,
    *,
    padding="same",
    dilation=1,
    groups=1,
    bias=None,
    norm=True,
    initializer="he_normal",
    name,
):
    """Applies a convolution, by default with symmetric zero padding.

    Keras's `padding="same"` pads a strided convolution at the bottom and right
    only, which shifts features against those of Caffe and PyTorch.

    Args:
        x: image tensor.
        filters: int, output channels.
        kernel_size: int or pair of int, height and width; odd for `"same"`.
        stride: int or pair of int.
        padding: `"same"`, `"valid"`, or an int or pair of int: rows of zeros
            above and below, columns left and right.
        dilation: int or pair of int, spacing of the kernel's entries; requires
            a `stride` of 1.
        groups: int, groups of channels that are convolved separately.
        bias: bool, or `None` for the convention's choice.
        norm: bool. Whether batch normalisation follows; some conventions
            omit the bias then.
        initializer: Keras initializer of the kernel, or its name.
        name: string. The layer is called `{name}_conv`.

    Returns:
        Image tensor; for `"same"` height and width are divided by `stride`,
        rounded up.
    """
    if bias is None:
        policy = convention().bias
        bias = policy == "all" or (policy == "unnormalized" and not norm)
    kernel_size, stride = pair(kernel_size), pair(stride)
    zeros = _zeros(kernel_size, stride, padding)
    if any(zeros):
        x = layers.ZeroPadding2D(zeros, name=f"{name}_pad")(x)
    layer = layers.Conv2D if groups == 1 else GroupedConv2D
    return layer(
        filters,
        kernel_size,
        strides=stride,
        padding="same" if padding == "same" and not any(zeros) else "valid",
        dilation_rate=pair(dilation),
        groups=groups,
        use_bias=bias,
        kernel_initializer=initializer,
        name=f"{name}_conv",
    )(x)


def _zeros(kernel_size, stride, padding):
    """Returns the rows and columns of zeros that a padding layer must add."""
    if padding == "valid":
        return (0, 0)
    if padding != "same":
        return pair(padding)
    if convention().same or max(stride) == 1:
        return (0, 0)
    return tuple(size // 2 for size in kernel_size)


def batch_norm(x, name, *, scale=None, momentum=0.9, gamma="ones"):
    """Applies batch normalisation.

    Args:
        x: tensor.
        name: string. The layer is called `{name}_bn`.
        scale: bool, whether the layer has a `gamma`, or `None` for the
            convention's choice.
        momentum: float in `[0, 1)`, of the moving statistics. The default is
            that of Caffe and Torch; Keras's is 0.99.
        gamma: Keras initializer of `gamma`, or its name.
    """
    return BatchNormalization(
        axis=channel_axis(),
        momentum=momentum,
        epsilon=convention().epsilon,
        scale=convention().norm_scale if scale is None else scale,
        gamma_initializer=gamma,
        synchronized=is_synchronized(),
        name=f"{name}_bn",
    )(x)


def group_norm(x, name, groups=32):
    """Applies group normalisation.

    Args:
        x: image tensor.
        name: string. The layer is called `{name}_gn`.
        groups: int, a divisor of the number of channels.
    """
    return layers.GroupNormalization(
        groups,
        axis=channel_axis(),
        epsilon=convention().epsilon,
        name=f"{name}_gn",
    )(x)


def relu(x, name):
    """Applies ReLU; the layer is called `{name}_relu`."""
    return layers.Activation("relu", name=f"{name}_relu")(x)


def bn_relu(x, name):
    """Applies batch normalisation, then ReLU."""
    return relu(batch_norm(x, name), name)


def dropout(x, rate, name):
    """Applies dropout, or adds no layer if `rate` is 0.

    Args:
        x: tensor.
        rate: float in `[0, 1)`; in a stack also an array of one per block.
        name: string. The layer is called `{name}_drop`.

    Raises:
        ValueError: if a rate is not in `[0, 1)`.
    """
    check_rate(rate)
    if not np.any(rate):
        return x
    # Keras's layer where it suffices, so that files do not need ours.
    layer = Dropout if np.ndim(rate) else layers.Dropout
    return layer(rate, name=f"{name}_drop")(x)
