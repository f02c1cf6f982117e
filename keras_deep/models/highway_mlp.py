"""Fully connected highway networks."""

import functools

import keras
from keras import layers

from keras_deep.layers.highway import HighwayGate
from keras_deep.models.model import model
from keras_deep.models.registry import variant
from keras_deep.models.top import Top
from keras_deep.models.vectors import vector_blocks
from keras_deep.models.vectors import vector_input
from keras_deep.utils.checks import check_sizes


@model(kind="vector", family="Highway", dataset="mnist")
def HighwayMLP(
    depth=10,
    units=50,
    input_shape=(28, 28, 1),
    classes=10,
    classifier_activation="softmax",
    transform_bias=-2.0,
    stack="auto",
):
    """Builds a fully connected highway network.

    The first layer is an ordinary one; the others merge their output with
    their input by a `HighwayGate`. All have ReLU. The structure (50 units,
    the first layer ordinary) and Glorot's initialisation are the paper's, from
    memory; there too the activation and the bias, -1 to -10, were searched
    for every depth.

    Reference:
    - [Training Very Deep Networks](https://arxiv.org/abs/1507.06228) (NIPS
        2015), section 3.1
    - [Highway Networks](https://arxiv.org/abs/1505.00387) (2015)

    Args:
        depth: int, number of layers before the classifier: 10, 20, 50 and 100
            in the paper.
        units: int, of every layer.
        input_shape: tuple of int, the shape of an input, which is flattened.
        classes: int, the number of classes.
        classifier_activation: Keras activation of the classifier, or `None`
            for logits.
        transform_bias: float, the initial bias of the gates; more negative in
            deeper networks.
        stack: see `ResNet`.

    Returns:
        A `keras.Model` from inputs of shape `(batch, *input_shape)` to outputs
        of shape `(batch, classes)`.

    Raises:
        ValueError: if a size is not a positive int, or `input_shape` is not as
            above.
    """
    check_sizes(depth=depth, units=units, classes=classes)
    inputs, x = vector_input(input_shape)
    x = layers.Dense(units, activation="relu", name="dense1")(x)
    block = functools.partial(highway_dense, transform_bias=transform_bias)
    x = vector_blocks(x, depth - 1, block, stack)
    top = Top(classes, classifier_activation, {})
    return keras.Model(inputs, top.predictions(x))


def highway_dense(x, at, transform_bias):
    """Applies a gated dense layer with ReLU, which keeps the shape.

    Args:
        x: tensor of shape `(batch, at.filters)`.
        at: `Position` of the layer.
        transform_bias: float, the initial bias of the gate.
    """
    h = layers.Dense(at.filters, activation="relu", name=f"{at.name}_1")(x)
    return HighwayGate(transform_bias, name=f"{at.name}_gate")([x, h])


HighwayMLP10 = variant(HighwayMLP, "HighwayMLP10", depth=10)
HighwayMLP20 = variant(HighwayMLP, "HighwayMLP20", depth=20)
HighwayMLP50 = variant(HighwayMLP, "HighwayMLP50", depth=50)
HighwayMLP100 = variant(HighwayMLP, "HighwayMLP100", depth=100)
