"""Chains of blocks that share weights, equivalent to recurrent networks."""

import keras

from keras_deep.layers.names import flat_layers
from keras_deep.layers.stacks.freezing import learnt_variables
from keras_deep.layers.stacks.stacked import StackedBlocks
from keras_deep.layers.stacks.template import apply_block


@keras.saving.register_keras_serializable("keras_deep")
class SharedBlocks(StackedBlocks):
    """Applies one block repeatedly, with statistics for every step.

    Layers without statistics have one set of weights for all blocks. Layers
    that have statistics, as batch normalisation, have everything for every
    block: the activations of the steps are distributed differently, and common
    statistics would describe none of them. Random numbers differ too.

    The flat form calls one layer for all blocks where the weights are shared;
    such layers have the names of the template.

    Not to be confused with `StackedBlocks`, whose blocks share nothing.

    Takes the arguments of `StackedBlocks`.

    Reference:
        [Bridging the Gaps Between Residual Learning, Recurrent Neural Networks
        and Visual Cortex](https://arxiv.org/abs/1604.03640), 2016.
    """

    def __init__(self, template, blocks, first=1, **kwargs):
        super().__init__(template, blocks, first, **kwargs)
        # Determined now, as the template may be frozen later.
        self._not_shared = frozenset(
            layer.name
            for layer in flat_layers(template)
            if has_statistics(layer)
        )

    def shares(self, layer):
        return layer.name not in self._not_shared

    def flat(self, x):
        """Applies the blocks as ordinary layers, of which some are shared.

        The blocks are not nested, as models would not share layers.
        """
        template = self.get_template()
        kept = {
            layer.name: None
            for layer in flat_layers(template)
            if layer.weights and self.shares(layer)
        }
        for index in range(self.blocks):
            x = apply_block(x, template, index, self.first, kept)
        return x


def has_statistics(layer):
    """Returns whether a layer has weights that are not learnt."""
    return len(layer.weights) > len(learnt_variables(layer))
