"""Networks of layers in a row, and their rebuilding for inference."""

import keras
from keras import layers

import keras_deep
from tests.support.stacks import assert_equal
from tests.support.stacks import randomised

NORM = layers.BatchNormalization


def network(shape, *steps):
    """Builds a model of layers, one after the other."""
    x = inputs = keras.Input(shape, name="given")
    for step in steps:
        x = step(x)
    return keras.Model(inputs, x, name="network")


def checked(model, rng, tolerance=1e-5):
    """Compares outputs and returns the model for inference."""
    randomised(model, rng)
    fast = keras_deep.for_inference(model)
    shape = [side or 8 for side in model.input_shape[1:]]
    x = rng.standard_normal((3, *shape)).astype("float32")
    assert_equal(fast(x), model(x), tolerance)
    assert fast.name == model.name
    names = [[x.name for x in one.inputs] for one in (fast, model)]
    assert names[0] == names[1]
    assert fast.output_names == [model.layers[-1].name]
    assert fast.output_shape == model.output_shape
    return fast


def kinds(model):
    """Returns the names of the classes of layers, but for the input."""
    return [type(layer).__name__ for layer in model.layers[1:]]
