"""Copies of models, with other layers in places, that keep the weights."""

import contextlib
import warnings

import keras

from keras_deep.layers.names import flat_layers
from keras_deep.layers.stacks.chain import BlockChain
from keras_deep.layers.stacks.template import generators_of
from keras_deep.models.weights import copy_weights


def layer_copy(layer):
    """Returns a layer of the same configuration with new weights."""
    return type(layer).from_config(layer.get_config())


def input_like(tensor):
    """Returns a new input that has the name and shape of a model's."""
    layer = tensor._keras_history.operation
    return type(layer).from_config(layer.get_config()).output


def cloned(model, copy=layer_copy):
    """Clones a model with new weights, and those nested in it.

    The clone is not compiled, as Keras cannot copy every loss or optimizer of
    a user, and its inputs keep their names.

    Args:
        model: functional or sequential `keras.Model`.
        copy: function `layer -> layer` of each layer, also of those in nested
            models.

    Returns:
        `keras.Model`.
    """

    def clone(layer):
        if isinstance(layer, keras.Model):
            return cloned(layer, copy)
        return copy(layer)

    inputs = None
    if not isinstance(model, keras.Sequential):
        # Keras names them by their tensors, which may have another name.
        inputs = keras.tree.map_structure(input_like, model.input)
    compiled, model.compiled = model.compiled, False
    try:
        return keras.models.clone_model(model, inputs, clone)
    finally:
        model.compiled = compiled


def copied(model, copy=layer_copy, prefix=""):
    """Clones a model, its weights, statistics and random states.

    Args:
        model: functional `keras.Model`.
        copy: see `cloned`. It keeps the logical names of weights but for
            `prefix`.
        prefix: string before the names of the copy's layers.

    Returns:
        `keras.Model` that shares no weights with `model`, not compiled.
    """
    result = cloned(model, copy)
    copy_weights(model, result, prefix)
    given = {f"{prefix}{name}": seed for name, seed in _seeds(model)}
    for name, (generator, _) in _seeds(result):
        generator.state.assign(given[name][1])
    return result


def compiled_like(model, copy):
    """Compiles a copy as the model is, if Keras can copy that."""
    with contextlib.suppress(TypeError, ValueError), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Of what it cannot.
        if model.compiled:
            copy.compile_from_config(model.get_compile_config())
    return copy


def _seeds(model):
    """Yields a name, the generator and its state for all random layers."""
    for layer in flat_layers(model):
        if isinstance(layer, BlockChain):
            yield from layer.named_seeds()
            continue
        for i, generator in enumerate(generators_of(layer)):
            yield f"{layer.name}/{i}", (generator, generator.state.value)
