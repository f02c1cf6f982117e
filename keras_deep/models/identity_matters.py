"""Residual networks without normalisation, and their linear model."""

import functools
import math

import keras
from keras import initializers
from keras import layers

from keras_deep.layers.conv import channels
from keras_deep.layers.conv import conv2d
from keras_deep.layers.conv import relu
from keras_deep.layers.residual import residual_stages
from keras_deep.layers.shortcut import add
from keras_deep.layers.shortcut import padding_shortcut
from keras_deep.models.depths import cifar_stages
from keras_deep.models.image_model import image_model
from keras_deep.models.model import model
from keras_deep.models.top import pooled
from keras_deep.models.vectors import vector_blocks
from keras_deep.utils.checks import check_sizes


def _top(x, top):
    """Applies global pooling and a random projection that is not trained."""
    return top.predictions(
        pooled(x, "avg"), "lecun_normal", use_bias=False, trainable=False
    )


@image_model("AllConvResNet", "cifar10", top=_top)
def AllConvResNet(inputs, depth=55, blocks=None, stack="auto"):
    """Builds a residual network of convolutions and ReLUs only.

    A block is `x + C2(relu(C1(x)))`: there is no batch normalisation, dropout
    or bias, and no activation behind the sum. Where a block changes the shape,
    the shortcut averages 2x2 pixels and adds zero channels on both sides. The
    convolutions of blocks start with the small standard deviation
    `1 / (k^2 c)`, of kernels `k x k` with `c` output channels, the first one
    with `1 / (k sqrt(c))`. The classifier is a random projection that is not
    trained: with `trainable=True` of the layer `"predictions"` it is. All this
    is the paper's, from memory; from memory too its table has 13.5 million
    parameters, as this network, and its text 13.59. That the projection has
    deviation `1 / sqrt(256)` and that no activation follows the first
    convolution or the last block is ours.

    Reference:
    - [Identity Matters in Deep Learning](https://arxiv.org/abs/1611.04231)
        (ICLR 2017), section 4

    Args:
        depth: int `6 * n + 1`, number of convolutions: 55 in the paper.
        blocks: sequence of int, blocks of each stage, instead of `depth`.
        stack: see `ResNet`.

    Raises:
        ValueError: if there is no such depth.
    """
    stages = cifar_stages(depth, blocks, 64, extra=1)
    start = _normal(1 / (3 * math.sqrt(16)))
    x = conv2d(inputs, 16, initializer=start, name="conv1")
    return residual_stages(x, stages, identity_block, stack)


def identity_block(x, at):
    """Applies `x + C2(relu(C1(x)))` with small initial kernels.

    Args:
        x: image tensor.
        at: `Position` of the block.

    Returns:
        Tensor of shape `(batch, height / stride, width / stride, filters)`.
    """

    def conv(y, stride, name):
        start = _normal(1 / (9 * at.filters))
        return conv2d(y, at.filters, 3, stride, initializer=start, name=name)

    y = relu(conv(x, at.stride, f"{at.name}_1"), f"{at.name}_1")
    y = conv(y, 1, f"{at.name}_2")
    if at.stride > 1:
        name = f"{at.name}_0_average"
        x = layers.AveragePooling2D(at.stride, padding="same", name=name)(x)
    if channels(x) != at.filters:
        x = padding_shortcut(x, at._replace(stride=1), normalize=False)
    return add(x, y, at)


def _normal(deviation):
    return initializers.RandomNormal(stddev=deviation)


@model(kind="vector", family="AllConvResNet", dataset="vectors")
def LinearResNet(depth=10, units=10, initial_stddev=0.0, stack="auto"):
    """Builds a linear residual network: `(I + A_depth) ... (I + A_1) x`.

    The model of the paper's theory: every critical point with small `A` is a
    global optimum, which is what least squares finds, though the problem is
    not convex. It starts as the identity. Not to be confused with
    `LooksLinearNet`, which is linear at the start only.

    Reference:
    - [Identity Matters in Deep Learning](https://arxiv.org/abs/1611.04231)
        (ICLR 2017), section 2

    Args:
        depth: int, number of matrices.
        units: int, length of inputs and outputs.
        initial_stddev: float, standard deviation of the matrices' entries at
            the start. With 0 gradient descent may be unable to leave a
            symmetric start.
        stack: see `ResNet`.

    Returns:
        A `keras.Model` from vectors of shape `(batch, units)` to vectors of
        that shape.

    Raises:
        ValueError: if `depth` or `units` is not a positive int, or
            `initial_stddev` is negative.
    """
    check_sizes(depth=depth, units=units)
    if initial_stddev < 0:
        raise ValueError(
            "Expected `initial_stddev` to be 0 or more. "
            f"Received: initial_stddev={initial_stddev!r}"
        )
    inputs = keras.Input((units,), name="vector")
    block = functools.partial(linear_block, initial_stddev=initial_stddev)
    x = vector_blocks(inputs, depth, block, stack)
    # Half precision is too coarse for a loss.
    outputs = layers.Identity(dtype="float32", name="outputs")(x)
    return keras.Model(inputs, outputs)


def linear_block(x, at, initial_stddev):
    """Adds a product with a square matrix to a tensor of vectors."""
    y = layers.Dense(
        at.filters,
        use_bias=False,
        kernel_initializer=_normal(initial_stddev),
        name=f"{at.name}_1",
    )(x)
    return add(x, y, at)
