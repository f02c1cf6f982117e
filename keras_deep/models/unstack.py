"""Converts stacked networks to networks of ordinary layers."""

import dataclasses

import keras

from keras_deep.layers.names import flat_layers
from keras_deep.layers.stacks.chain import BlockChain
from keras_deep.models.card import attach_card
from keras_deep.models.card import own_cards
from keras_deep.models.copying import compiled_like
from keras_deep.models.copying import copied
from keras_deep.models.nested import nested_models


def unstacked(model):
    """Rebuilds a model with ordinary layers in place of stacked blocks.

    For formats and tools without support for loops, and for access to a
    block's layers by name. Weights, statistics and the states of random
    generators are copied, so both models compute and draw the same. A network
    of 1000 layers takes some seconds.

    Args:
        model: functional `keras.Model`.

    Returns:
        `keras.Model` that shares no weights with `model` and is compiled like
        it, if Keras can copy that; or `model` itself if it has no stacked
        blocks.
    """
    if not is_stacked(model):
        return model

    def copy(layer):
        if not isinstance(layer, BlockChain):
            return type(layer).from_config(layer.get_config())
        shape = layer.get_template().input_shape[1:]
        inputs = keras.Input(shape, name=f"{layer.name}_input")
        return keras.Model(inputs, layer.flat(inputs), name=layer.name)

    flat = copied(model, copy)
    _copy_cards(model, flat)
    return compiled_like(model, flat)


def is_stacked(model):
    """Returns whether a model has stacked blocks."""
    return any(isinstance(x, BlockChain) for x in flat_layers(model))


def _copy_cards(source, target):
    """Says on the cards of a model and of nested ones that they are flat."""
    own = own_cards(source)
    if len(own) == 1:
        arguments = {**own[0].arguments, "stack": False}
        attach_card(target, dataclasses.replace(own[0], arguments=arguments))
    for inner in nested_models(source):
        _copy_cards(inner, target.get_layer(inner.name))
