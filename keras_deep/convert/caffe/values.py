"""Recipes of elementwise Caffe layers."""

import math

import keras
from keras import layers

from keras_deep.convert.caffe.fillers import filler
from keras_deep.convert.caffe.keras_layers.elementwise import CaffeElementwise
from keras_deep.convert.caffe.recipe import Recipe
from keras_deep.convert.caffe.recipe import axis_of
from keras_deep.convert.caffe.recipe import beyond_batch
from keras_deep.convert.caffe.recipe import channels_of
from keras_deep.convert.caffe.recipe import kept_axis
from keras_deep.convert.caffe.recipe import not_negative
from keras_deep.convert.caffe.recipe import of_layer


def relu(layer, shape):
    slope = not_negative(layer.param("relu_param"), "negative_slope", 0.0)
    return of_layer(layers.ReLU, {"negative_slope": slope}, shape)


def elu(layer, shape):
    alpha = layer.param("elu_param").number("alpha", 1.0)
    return of_layer(layers.ELU, {"alpha": alpha}, shape)


def activation(function):
    """Returns the recipe function of a layer that is a Keras activation."""

    def recipe(layer, shape):
        return of_layer(layers.Activation, {"activation": function}, shape)

    return recipe


def absolute(layer, shape):
    return of_layer(CaffeElementwise, {"function": "abs"}, shape)


def power(layer, shape):
    message = layer.param("power_param")
    scale, shift = message.number("scale", 1.0), message.number("shift", 0.0)
    exponent = message.number("power", 1.0)
    if exponent == 1:
        config = {"scale": scale, "offset": shift}
        return of_layer(layers.Rescaling, config, shape)
    config = {
        "function": "power",
        "scale": scale,
        "shift": shift,
        "parameter": exponent,
    }
    return of_layer(CaffeElementwise, config, shape)


def exponential(layer, shape):
    rate, scale, shift = _logarithmic(layer, "exp_param")

    def build(make, x):
        arguments = {"scale": rate * scale, "offset": rate * shift}
        x = make(layers.Rescaling, "exponent", **arguments)(x)
        return make(layers.Activation, activation="exponential")(x)

    return Recipe([shape], build)


def logarithm(layer, shape):
    rate, scale, shift = _logarithmic(layer, "log_param")
    config = {
        "function": "log",
        "scale": scale,
        "shift": shift,
        "factor": 1 / rate,
    }
    return of_layer(CaffeElementwise, config, shape)


def _logarithmic(layer, param):
    """Returns the natural logarithm of the base, the scale and the shift."""
    message = layer.param(param)
    base = message.number("base", -1.0)  # Stands for e.
    if base != -1 and (base <= 0 or base == 1):
        raise layer.error("a `base` above 0 that is not 1, or -1", base)
    rate = 1.0 if base == -1 else math.log(base)
    return rate, message.number("scale", 1.0), message.number("shift", 0.0)


def dropout(layer, shape):
    ratio = layer.param("dropout_param").number("dropout_ratio", 0.5)
    if not 0 <= ratio < 1:
        raise layer.error("a `dropout_ratio` from 0 to below 1", ratio)
    return of_layer(layers.Dropout, {"rate": ratio}, shape)


def softmax(layer, shape):
    message = layer.param("softmax_param")
    axis = beyond_batch(layer, axis_of(layer, message, shape))
    return of_layer(layers.Softmax, {"axis": kept_axis(shape, axis)}, shape)


def prelu(layer, shape):
    message = layer.param("prelu_param")
    shared = message.boolean("channel_shared", False)
    own = [] if shared else [kept_axis(shape, 1)]
    axes = [axis for axis in range(1, len(shape)) if axis not in own]
    default = keras.initializers.Constant(0.25)
    count = 1 if shared else channels_of(layer, shape)
    config = {
        "alpha_initializer": filler(message, "filler", default),
        "shared_axes": axes,
    }

    def weights(slopes):
        sides = [1] * (len(shape) - 1)
        if not shared:
            sides[own[0] - 1] = -1
        return [slopes.reshape(sides)]

    blobs = [(layer, [(count,)])]
    return of_layer(layers.PReLU, config, shape, blobs=blobs, weights=weights)
