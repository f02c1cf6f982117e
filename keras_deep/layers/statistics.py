"""The moving statistics of batch normalisation, in stacks of blocks too."""

from typing import Any
from typing import NamedTuple

import keras

from keras_deep.layers.names import flat_layers
from keras_deep.layers.stacks.chain import BlockChain


class Statistics(NamedTuple):
    """The moving statistics of a layer of batch normalisation.

    Args:
        layer: `keras.layers.BatchNormalization`; of a stack of blocks the
            template's, whose arguments are those of all blocks.
        mean: the `keras.Variable` with the moving mean, in a stack of all
            blocks.
        variance: that with the moving variance.
    """

    layer: keras.layers.BatchNormalization
    mean: Any
    variance: Any


def single_layers(model):
    """Yields all layers of a model, with a template's in place of a stack's.

    Layers inside of other layers and of nested models are included.
    """
    # Public functions do not look into layers of the user's own.
    for layer in model._flatten_layers(include_self=False):
        if isinstance(layer, BlockChain):
            yield from flat_layers(layer.get_template())
        elif not isinstance(layer, keras.Model):
            yield layer


def statistics(model):
    """Returns a list of the `Statistics` of a model's batch normalisation."""
    held = {}
    for layer in model._flatten_layers(include_self=False):
        if isinstance(layer, BlockChain):
            for weight in layer.untracked.weights:
                held[id(weight.variable)] = weight.held
    return [
        Statistics(
            layer,
            *(
                held.get(id(variable), variable)
                for variable in (layer.moving_mean, layer.moving_variance)
            ),
        )
        for layer in single_layers(model)
        if isinstance(layer, keras.layers.BatchNormalization) and layer.built
    ]
