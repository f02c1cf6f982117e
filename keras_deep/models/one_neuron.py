"""Residual networks whose hidden layers have one neuron."""

import keras
from keras import layers

from keras_deep.layers.shortcut import add
from keras_deep.models.model import model
from keras_deep.models.top import Top
from keras_deep.models.vectors import vector_blocks
from keras_deep.models.vectors import vector_input
from keras_deep.utils.checks import check_sizes


@model(kind="vector", family="OneNeuronResNet", dataset="disc")
def OneNeuronResNet(
    blocks=10,
    input_shape=(2,),
    classes=1,
    classifier_activation="sigmoid",
    stack="auto",
):
    """Builds a residual network of vectors with one neuron a hidden layer.

    A block is `x + v relu(u x + b)` with vectors `u` and `v` and a number `b`.
    With enough blocks such networks approximate any function, while plain
    networks as wide as their input cannot: their decision regions are
    unbounded, so they cannot tell a disc from what surrounds it. A linear
    classifier reads the last vector; the paper's function of it has one
    output.

    Reference:
    - [ResNet with one-neuron hidden layers is a Universal Approximator](
        https://arxiv.org/abs/1806.10909) (NeurIPS 2018)

    Args:
        blocks: int, number of blocks.
        input_shape: tuple of int, the shape of an input, which is flattened.
        classes: int, the number of outputs.
        classifier_activation: Keras activation of the output, or `None` for
            logits and regression.
        stack: see `ResNet`.

    Returns:
        A `keras.Model` from inputs of shape `(batch, *input_shape)` to outputs
        of shape `(batch, classes)`.

    Raises:
        ValueError: if `blocks` or `classes` is not a positive int,
            `input_shape` is not as above, or one class has a softmax.
    """
    check_sizes(blocks=blocks, classes=classes)
    inputs, x = vector_input(input_shape)
    x = vector_blocks(x, blocks, one_neuron_block, stack)
    top = Top(classes, classifier_activation, {})
    return keras.Model(inputs, top.predictions(x))


def one_neuron_block(x, at):
    """Applies `x + v relu(u x + b)`.

    Args:
        x: tensor of shape `(batch, at.filters)`.
        at: `Position` of the block.
    """
    neuron = layers.Dense(1, activation="relu", name=f"{at.name}_1")(x)
    y = layers.Dense(at.filters, use_bias=False, name=f"{at.name}_2")(neuron)
    return add(x, y, at)
