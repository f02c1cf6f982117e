"""The base class of layers that compute a chain of equal blocks."""

import keras
from keras import ops

from keras_deep.layers.names import flat_layers
from keras_deep.layers.names import numbered
from keras_deep.layers.names import weight_name
from keras_deep.layers.needs_package import NeedsPackage
from keras_deep.layers.stacks.freezing import Freezing
from keras_deep.layers.stacks.freezing import learnt_variables
from keras_deep.layers.stacks.nesting import Place
from keras_deep.layers.stacks.nesting import nested
from keras_deep.layers.stacks.slices import StackedSeeds
from keras_deep.layers.stacks.slices import mark_stacked
from keras_deep.layers.stacks.slices import stacked_names
from keras_deep.layers.stacks.slices import treatment
from keras_deep.layers.stacks.template import ChainWeight
from keras_deep.layers.stacks.template import Untracked
from keras_deep.layers.stacks.template import apply_block
from keras_deep.layers.stacks.template import block_model
from keras_deep.layers.stacks.template import check_template
from keras_deep.layers.stacks.template import generators_of


class BlockChain(Freezing, NeedsPackage, keras.layers.Layer):
    """Holds the weights of a chain of equal blocks.

    A block is a functional model, the template. One variable holds each of its
    weights for all blocks; its first axis counts blocks unless they share it.
    Subclasses compute the chain in `call`; they may override which layers are
    shared (`shares`) and the chain of ordinary layers (`flat`).

    Args:
        template: functional `keras.Model` of one block, from a tensor to one
            of the same shape, of which only the structure is used. Its name is
            the prefix of its layers' names, such as `"conv2_block"` of
            `"conv2_block_1_conv"`.
        blocks: int, number of blocks.
        first: int, number of the first block, in its name.

    Raises:
        ValueError: if the template cannot be chained.
    """

    way_out = (
        f"{NeedsPackage.way_out} `keras_deep.save(model, path, portable=True)` "
        "writes stacked blocks as ordinary layers, which Keras opens alone."
    )

    def __init__(self, template, blocks, first=1, **kwargs):
        super().__init__(**kwargs)
        check_template(template, blocks)
        self.blocks = blocks
        self.first = first
        self.untracked = Untracked(template)
        if not self.trainable:
            self.trainable = False  # In the template, too.

    def get_template(self):
        """Returns the template; no property, as Keras would save its value."""
        return self.untracked.template

    def shares(self, layer):
        """Returns whether all blocks share the weights of a template's layer.

        By default none are shared.
        """
        return False

    def flat(self, x):
        """Applies the blocks to a tensor as ordinary layers with new weights.

        They are nested in models, so that Keras can walk a chain of any depth.
        """
        template, first = self.get_template(), self.first
        return nested(
            x,
            self.places(),
            lambda x, at: apply_block(x, template, at.index, first),
        )

    def places(self):
        """Returns a list of the `Place` of every block."""
        prefix = self.get_template().name
        return [
            Place(f"{prefix}{self.first + index}", index)
            for index in range(self.blocks)
        ]

    def build(self, inputs_shape):
        del inputs_shape  # The template knows the shapes of its weights.
        untracked = self.untracked
        untracked.weights = [
            self._make_weight(layer, variable)
            for layer in flat_layers(untracked.template)
            for variable in layer.weights
        ]
        self.mirror_template()
        untracked.generators = {
            f"{layer.name}/{i}": generator
            for layer in flat_layers(untracked.template)
            for i, generator in enumerate(generators_of(layer))
        }
        self.seeds = [
            StackedSeeds(generator, self.blocks)
            for generator in untracked.generators.values()
        ]

    def _make_weight(self, layer, variable):
        name, shared = weight_name(layer, variable), self.shares(layer)
        learnt = any(v is variable for v in learnt_variables(layer))
        blocks = None if shared else self.blocks
        held = self.add_weight(
            dtype=variable.dtype,
            trainable=learnt,  # Frozen later: Keras orders weights by it.
            autocast=False,  # The layers of the template do it.
            aggregation=variable.aggregation,
            name=name.replace("/", "."),
            **treatment(layer, variable, blocks),
        )
        if not shared:
            prefix, first = self.get_template().name, self.first
            numbers = range(first, first + self.blocks)
            mark_stacked(held, [numbered(name, prefix, i) for i in numbers])
        return ChainWeight(name, layer, variable, held, learnt, shared)

    def compute_output_shape(self, inputs_shape, **kwargs):
        return inputs_shape

    def get_block(self, number):
        """Returns a copy of the block with a number as a stock model.

        Raises:
            ValueError: if there is no such block.
        """
        index = number - self.first
        if not 0 <= index < self.blocks:
            raise ValueError(
                f"Expected `number` to be in [{self.first}, "
                f"{self.first + self.blocks}). Received: number={number!r}"
            )
        model = block_model(self.get_template(), index, self.first)
        for variable, weight in zip(model.weights, self.untracked.weights):
            held = weight.held.value
            variable.assign(held if weight.shared else held[index])
        return model

    def named_weights(self):
        """Yields `(name, variable, index)` for every weight, block by block.

        Names are those of the flat network, such as
        `"conv2_block3_1_conv/kernel"`. Shared weights come once, in the first
        block, with the index `None`.
        """
        for index in range(self.blocks):
            for weight in self.untracked.weights:
                if not weight.shared:
                    name = stacked_names(weight.held)[index]
                    yield name, weight.held, index
                elif index == 0:
                    yield weight.name, weight.held, None

    def named_seeds(self):
        """Yields the states of the random generators of every block.

        Yields:
            Name, as in the flat network, and pair of the stacked generator
            and its state in the block.
        """
        prefix = self.get_template().name
        for name, seeds in zip(self.untracked.generators, self.seeds):
            for index, state in enumerate(ops.convert_to_numpy(seeds.state)):
                yield (
                    numbered(name, prefix, self.first + index),
                    (seeds, state),
                )

    def _stored(self):
        """Returns a dict of the names in files to variables.

        Names contain the blocks' numbers: `"conv2_block{2-18}_1_conv.kernel"`.
        The states of random generators are included, unlike in Keras's layers,
        so that training resumed from a file draws the same numbers.
        """
        prefix = self.get_template().name
        numbers = f"{{{self.first}-{self.first + self.blocks - 1}}}"
        found = {}
        for weight in self.untracked.weights:
            name = weight.name
            if not weight.shared:
                name = numbered(name, prefix, numbers)
            found[name.replace("/", ".")] = weight.held
        for i, seeds in enumerate(self.seeds):
            found[f"seeds{i}"] = seeds.state
        return found

    def save_own_variables(self, store):
        for key, variable in self._stored().items():
            store[key] = variable

    def load_own_variables(self, store):
        wanted = self._stored()
        if set(store.keys()) != set(wanted):
            raise ValueError(
                f"Expected the weights {sorted(wanted)} of {self.name!r}. "
                f"Received: {sorted(store.keys())}. Weights of the network "
                "with another `stack` are loaded by "
                "`keras_deep.convert.load_keras`."
            )
        for key, variable in wanted.items():
            variable.assign(store[key])

    def get_config(self):
        template = self.get_template()
        return {
            **super().get_config(),
            "template": keras.saving.serialize_keras_object(template),
            "blocks": self.blocks,
            "first": self.first,
        }

    @classmethod
    def from_config(cls, config):
        template = keras.saving.deserialize_keras_object(config["template"])
        return cls(**{**config, "template": template})
