"""Caffe layers that compute a function of each value."""

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
from keras_deep.convert.caffe.recipe import same_shape


def relu(layer, shape):
    slope = not_negative(layer.param("relu_param"), "negative_slope", 0.0)
    return same_shape(layer, shape, layers.ReLU, negative_slope=slope)


def elu(layer, shape):
    alpha = layer.param("elu_param").number("alpha", 1.0)
    return same_shape(layer, shape, layers.ELU, alpha=alpha)


def activation(function):
    """Returns the recipe of a layer that only computes a function of Keras."""

    def recipe(layer, shape):
        return same_shape(layer, shape, layers.Activation, activation=function)

    return recipe


def absolute(layer, shape):
    return same_shape(layer, shape, CaffeElementwise, function="abs")


def power(layer, shape):
    message = layer.param("power_param")
    scale, shift = message.number("scale", 1.0), message.number("shift", 0.0)
    exponent = message.number("power", 1.0)
    if exponent == 1:
        return same_shape(
            layer, shape, layers.Rescaling, scale=scale, offset=shift
        )
    return same_shape(
        layer,
        shape,
        CaffeElementwise,
        function="power",
        scale=scale,
        shift=shift,
        parameter=exponent,
    )


def exponential(layer, shape):
    rate, scale, shift = _logarithmic(layer, "exp_param")

    def build(make, x):
        arguments = {"scale": rate * scale, "offset": rate * shift}
        x = make(layers.Rescaling, "exponent", **arguments)(x)
        return make(layers.Activation, activation="exponential")(x)

    return Recipe([shape], build)


def logarithm(layer, shape):
    rate, scale, shift = _logarithmic(layer, "log_param")
    return same_shape(
        layer,
        shape,
        CaffeElementwise,
        function="log",
        scale=scale,
        shift=shift,
        factor=1 / rate,
    )


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
    return same_shape(layer, shape, layers.Dropout, rate=ratio)


def softmax(layer, shape):
    message = layer.param("softmax_param")
    axis = beyond_batch(layer, axis_of(layer, message, shape))
    return same_shape(layer, shape, layers.Softmax, axis=kept_axis(shape, axis))


def prelu(layer, shape):
    message = layer.param("prelu_param")
    shared = message.boolean("channel_shared", False)
    own = [] if shared else [kept_axis(shape, 1)]
    axes = [axis for axis in range(1, len(shape)) if axis not in own]
    default = keras.initializers.Constant(0.25)
    count = 1 if shared else channels_of(layer, shape)

    def build(make, x):
        slopes = filler(message, "filler", default)
        return make(layers.PReLU, alpha_initializer=slopes, shared_axes=axes)(x)

    def weights(slopes):
        sides = [1] * (len(shape) - 1)
        if not shared:
            sides[own[0] - 1] = -1
        return [slopes.reshape(sides)]

    return Recipe([shape], build, [(layer, [(count,)])], weights)
