"""Residual blocks that start as their shortcuts."""

import keras
from keras import layers
from keras import ops

from keras_deep.layers.stacks.chain import BlockChain
from keras_deep.layers.stochastic_depth import StochasticDepth

# What may follow the last normalisation of a branch. The first input of a
# product is the branch, the second one a gate of it.
_BEHIND = (layers.Multiply, layers.Dropout, layers.Activation, StochasticDepth)


def zero_gamma(model):
    """Sets the last scale of every residual branch to zero.

    Each block then starts as its shortcut, so that a deep network starts as a
    shallow one. The branch is the last input of the block's `Add`.

    Args:
        model: functional `keras.Model`, whose blocks may be stacked.

    Returns:
        The number of branches.

    Raises:
        ValueError: if no branch ends in batch normalisation with a scale, as
            in version 2 of ResNet, where a convolution is last.

    Reference:
        [Accurate, Large Minibatch SGD](https://arxiv.org/abs/1706.02677),
        2017, section 5.1.
    """
    found = list(_scales(model))
    if not found:
        raise ValueError(
            "Expected residual branches that end in batch normalisation with "
            f"a scale. Received: model={model.name!r}, which has none."
        )
    for variable, _ in found:
        variable.assign(ops.zeros_like(variable))
    return sum(blocks for _, blocks in found)


def _scales(model):
    """Yields the last scales of branches, and how many blocks each is for."""
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from _scales(layer)
        elif isinstance(layer, BlockChain):
            held = {id(w.variable): w for w in layer.untracked.weights}
            for variable, blocks in _scales(layer.get_template()):
                weight = held[id(variable)]
                yield weight.held, blocks * layer.blocks
        elif isinstance(layer, layers.Add):
            norm = _last_norm(layer)
            if norm is not None and norm.scale:
                yield norm.gamma, 1


def _last_norm(merge):
    """Returns the normalisation at the end of a branch, or `None`."""
    tensor = merge._inbound_nodes[0].input_tensors[-1]
    operation = tensor._keras_history.operation
    while isinstance(operation, _BEHIND):
        tensor = operation._inbound_nodes[0].input_tensors[0]
        operation = tensor._keras_history.operation
    normal = isinstance(operation, layers.BatchNormalization)
    return operation if normal else None
