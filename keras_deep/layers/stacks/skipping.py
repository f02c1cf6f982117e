"""Computes a block of a stack, or skips it where a coin says so."""

import keras
from keras import ops

from keras_deep.layers.names import flat_layers
from keras_deep.layers.stacks.current_block import block_scope


def apply_template(template, variables, training, pairs, x, index):
    """Applies a template with the weights of a block.

    If a layer of the template has a true attribute `skips_block`, that layer's
    `survives()` decides in training whether the block is computed. A skipped
    block passes its input through; its statistics remain as they are.

    Args:
        template: functional `keras.Model`.
        variables: list of those of its variables that may change.
        training: bool.
        pairs: list of pairs of its variables and their values.
        x: tensor.
        index: scalar int tensor, 0 for the first block of the stack.

    Returns:
        Pair of the output and the new values of `variables`.
    """
    coin = _coin(template) if training else None

    def compute(pairs, survived):
        scope = keras.StatelessScope(pairs)
        with scope, block_scope(index, survived):
            y = template(x, training=training)
        return y, [scope.get_current_value(v) for v in variables]

    if coin is None:
        return compute(pairs, survived=False)
    scope = keras.StatelessScope(pairs)
    with scope, block_scope(index):
        survives = coin.survives()
    values = [scope.get_current_value(v) for v in variables]
    # The later ones count: the coin has changed the state of its generator.
    thrown = pairs + list(zip(variables, values))

    def computed():
        y, states = compute(thrown, survived=True)
        return ops.cast(y, x.dtype), states

    return ops.cond(survives, computed, lambda: (x, values))


def _coin(template):
    """Returns the layer that decides whether a block is computed, or `None`.

    If there are several, each drops what it is given.
    """
    found = [
        layer
        for layer in flat_layers(template)
        if getattr(layer, "skips_block", False)
    ]
    return found[0] if len(found) == 1 else None
