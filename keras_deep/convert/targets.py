"""The weights of a model as targets to load into: layer and shape."""

from typing import Any
from typing import NamedTuple

from keras_deep.layers.names import flat_layers
from keras_deep.layers.names import numbered
from keras_deep.layers.names import weight_name
from keras_deep.layers.stacks.chain import BlockChain


class Target(NamedTuple):
    """A weight of a model.

    Args:
        layer: its Keras layer; for a block in a stack, the template's.
        shape: tuple of int.
    """

    layer: Any
    shape: tuple


def targets_of(model):
    """Returns a dict of logical names, see `named_weights`, to `Target`."""
    found = {}
    for layer in flat_layers(model):
        if isinstance(layer, BlockChain):
            found.update(_of_blocks(layer))
            continue
        for name, target in _of_layer(layer):
            found[name] = target
    return found


def _of_layer(layer):
    for variable in layer.weights:
        yield weight_name(layer, variable), Target(layer, tuple(variable.shape))


def _of_blocks(chain):
    template = chain.get_template()
    for layer in flat_layers(template):
        for name, target in _of_layer(layer):
            if chain.shares(layer):
                yield name, target
                continue
            for number in range(chain.first, chain.first + chain.blocks):
                yield numbered(name, template.name, number), target
