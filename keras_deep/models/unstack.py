"""Converts stacked networks to networks of ordinary layers."""

import dataclasses

import keras

from keras_deep.layers.names import flat_layers
from keras_deep.layers.stacks.chain import BlockChain
from keras_deep.layers.stacks.template import generators_of
from keras_deep.models.card import attach_card
from keras_deep.models.card import card
from keras_deep.models.weights import copy_weights


def unstacked(model):
    """Rebuilds a model with ordinary layers in place of stacked blocks.

    For formats and tools without support for loops, and for access to a
    block's layers by name. Weights, statistics and the states of random
    generators are copied, so both models compute and draw the same. A network
    of 1000 layers takes some seconds.

    Args:
        model: functional `keras.Model`.

    Returns:
        `keras.Model`, or `model` itself if it has no stacked blocks. It shares
        no weights with `model`.
    """
    if not is_stacked(model):
        return model

    def copy(layer):
        if isinstance(layer, keras.Model):
            return keras.models.clone_model(layer, clone_function=copy)
        if not isinstance(layer, BlockChain):
            return type(layer).from_config(layer.get_config())
        shape = layer.get_template().input_shape[1:]
        inputs = keras.Input(shape, name=f"{layer.name}_input")
        return keras.Model(inputs, layer.flat(inputs), name=layer.name)

    flat = keras.models.clone_model(model, clone_function=copy)
    copy_weights(model, flat)
    _copy_seeds(model, flat)
    found = card(model)
    if found is not None:
        arguments = {**found.arguments, "stack": False}
        attach_card(flat, dataclasses.replace(found, arguments=arguments))
    return flat


def is_stacked(model):
    """Returns whether a model has stacked blocks."""
    return any(isinstance(x, BlockChain) for x in flat_layers(model))


def _copy_seeds(source, target):
    given = dict(_seeds(source))
    for name, (generator, _) in _seeds(target):
        generator.state.assign(given[name][1])


def _seeds(model):
    """Yields a name, the generator and its state for all random layers."""
    for layer in flat_layers(model):
        if isinstance(layer, BlockChain):
            yield from layer.named_seeds()
            continue
        for i, generator in enumerate(generators_of(layer)):
            yield f"{layer.name}/{i}", (generator, generator.state.value)
