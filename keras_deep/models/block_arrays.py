"""Weights of ordinary layers and of stacks as arrays of one form.

All arrays have a first axis more than the weights, which counts blocks.
"""

import keras


class OwnWeights:
    """Reads weights from layers, and sets those of their copies."""

    def read(self, layer):
        """Returns arrays like `layer.weights`, with a first axis of 1."""
        return [keras.ops.convert_to_numpy(v)[None] for v in layer.weights]

    def write(self, layer, arrays):
        """Sets the weights of a layer."""
        layer.set_weights([array[0] for array in arrays])
        if hasattr(layer, "finalize_state"):  # Made of the weights.
            layer.finalize_state()


class StackedWeights:
    """Reads the weights of a template's layers from the stack that holds them.

    Args:
        chain: `BlockChain` that shares no weights between blocks.
    """

    def __init__(self, chain):
        self._held = {id(w.variable): w.held for w in chain.untracked.weights}
        self._found = {}

    def read(self, layer):
        """Returns arrays like `layer.weights`, with an entry per block."""
        return [
            keras.ops.convert_to_numpy(self._held[id(v)]) for v in layer.weights
        ]

    def write(self, layer, arrays):
        """Keeps the weights of a layer of another template."""
        self._found.update({id(v): x for v, x in zip(layer.weights, arrays)})

    def assign(self, chain):
        """Sets the weights of the stack of the other template."""
        for weight in chain.untracked.weights:
            weight.held.assign(self._found[id(weight.variable)])
