"""Freezing of layers in all blocks of a chain."""

import keras

from keras_deep.layers.names import flat_layers
from keras_deep.layers.stacks.template import WAY_OUT


class Freezing:
    """Mixin of `BlockChain`: what is frozen, its template says.

    So the layers compute as frozen ones do, and the configuration of the
    template takes it into files, copies and the flat form.
    """

    @property
    def trainable(self):
        """Whether anything may be trained. Setting it sets all layers."""
        return super().trainable

    @trainable.setter
    def trainable(self, value):
        keras.layers.Layer.trainable.fset(self, value)
        for layer in flat_layers(self.get_template()):
            layer.trainable = bool(value)

    def freeze(self, names, trainable=False):
        """Freezes layers in all blocks, as if each were frozen by itself.

        Args:
            names: collection of the names of the template's layers.
            trainable: bool. `True` undoes it.
        """
        if trainable:
            self._trainable = True  # The property would set all layers.
        for layer in flat_layers(self.get_template()):
            if layer.name in names:
                layer.trainable = trainable
        self.mirror_template()

    def mirror_template(self):
        """Makes the variables of all blocks trainable as the template's are."""
        for weight in self.untracked.weights:
            if weight.learnt:
                weight.held.trainable = weight.trained


def check_unchanged(weights):
    """Checks that no layers of a template were frozen past its chain.

    Args:
        weights: list of `ChainWeight`.

    Raises:
        ValueError: if some were, with their names.
    """
    changed = [
        w.name for w in weights if w.learnt and w.held.trainable != w.trained
    ]
    if changed:
        raise ValueError(
            "Expected the layers of stacked blocks to be trainable or frozen "
            "all together, by `trainable` of the `StackedBlocks`, or one "
            "layer in all blocks, by `keras_deep.freeze`. Received: "
            f"a change of {changed[:5]} in its template. {WAY_OUT}"
        )


def learnt_variables(layer):
    """Returns the weights of a layer that are learnt unless it is frozen."""
    frozen = not layer.trainable
    if frozen:
        layer.trainable = True
    found = list(layer.trainable_variables)
    if frozen:
        layer.trainable = False
    return found
