"""The layers of a network, as the flat form has them, and what is frozen."""

import dataclasses

import keras

from keras_deep.layers.names import flat_layers
from keras_deep.layers.names import numbered
from keras_deep.layers.names import weight_name
from keras_deep.layers.stacks.chain import BlockChain
from keras_deep.layers.stacks.template import WAY_OUT


@dataclasses.dataclass(frozen=True, eq=False)
class Part:
    """A layer of the flat network.

    Args:
        name: string, its logical name.
        layer: the layer, or that of a stack's template.
        weights: tuple of strings, the logical names of its weights.
        chain: `BlockChain` that it is in, or `None`.
        first: int, index of the first block of `chain` that calls it.
        last: int, index of the last one.
    """

    name: str
    layer: keras.layers.Layer
    weights: tuple
    chain: BlockChain | None = None
    first: int = 0
    last: int = 0


def parts_of(model):
    """Yields the `Part`s of a model and of those nested in it, in order."""
    for layer in model.layers:
        inner = model_in(layer)
        if inner is not None:
            yield from parts_of(inner)
        elif isinstance(layer, BlockChain):
            yield from _parts_of_chain(layer)
        else:
            yield Part(layer.name, layer, _weights_of(layer))


def model_in(layer):
    """Returns the model that a layer is or applies in time, or `None`."""
    if isinstance(layer, keras.layers.TimeDistributed):
        layer = layer.layer
    return layer if isinstance(layer, keras.Model) else None


def _parts_of_chain(chain):
    prefix = chain.get_template().name
    for layer in flat_layers(chain.get_template()):
        names = _weights_of(layer)
        if names and chain.shares(layer):
            yield Part(layer.name, layer, names, chain, 0, chain.blocks - 1)
            continue
        for index in range(chain.blocks):
            number = chain.first + index
            yield Part(
                numbered(layer.name, prefix, number),
                layer,
                tuple(numbered(name, prefix, number) for name in names),
                chain,
                index,
                index,
            )


def _weights_of(layer):
    return tuple(weight_name(layer, variable) for variable in layer.weights)


@dataclasses.dataclass(frozen=True)
class Unit:
    """What is frozen by itself: a layer, or one of all blocks of a stack.

    Args:
        parts: list of its `Part`s, one or as many as blocks.
    """

    parts: list

    @property
    def layer(self):
        """The layer, or that of a stack's template."""
        return self.parts[0].layer

    def whole(self, chosen):
        """Returns whether all of its weights are chosen, or none.

        Args:
            chosen: set of pairs of a `Part` and the name of a weight.

        Raises:
            ValueError: if some are.
        """
        pairs = [(part, name) for part in self.parts for name in part.weights]
        missing = [name for part, name in pairs if (part, name) not in chosen]
        given = [name for part, name in pairs if (part, name) in chosen]
        if given and missing:
            raise ValueError(self._divided(given[:3], missing[:3]))
        return not missing

    def _divided(self, given, missing):
        chain = self.parts[0].chain
        if chain is None:
            return (
                "Expected all weights of a layer: it is frozen as a whole. "
                f"Received: {given} without {missing}"
            )
        return (
            "Expected a layer of all blocks of a stack, or of none: its "
            f"blocks are frozen together. Received: {given} without "
            f"{missing} of {chain.name!r}. {WAY_OUT}"
        )

    def set(self, trainable):
        """Freezes the layer, or undoes it."""
        chain = self.parts[0].chain
        if chain is None:
            self.layer.trainable = trainable
        else:
            chain.freeze([self.layer.name], trainable)


def units_of(parts):
    """Returns the `Unit`s of parts that have weights, in order."""
    found = {}
    for part in parts:
        if part.weights:
            key = id(part.chain), id(part.layer)
            found.setdefault(key, Unit([])).parts.append(part)
    return list(found.values())
