"""Chains of equal blocks at the cost of one: their weights are stacked."""

import keras
from keras import ops

from keras_deep import backend
from keras_deep.layers.names import flat_layers
from keras_deep.layers.names import weight_name
from keras_deep.layers.stacks.current_block import block_scope
from keras_deep.layers.stacks.names import stored
from keras_deep.layers.stacks.slices import StackedSeeds
from keras_deep.layers.stacks.slices import stacked_constraint
from keras_deep.layers.stacks.slices import stacked_initial
from keras_deep.layers.stacks.slices import stacked_regularizer
from keras_deep.layers.stacks.template import WAY_OUT
from keras_deep.layers.stacks.template import Hidden
from keras_deep.layers.stacks.template import Stacked
from keras_deep.layers.stacks.template import block_model
from keras_deep.layers.stacks.template import check_template
from keras_deep.layers.stacks.template import check_unchanged
from keras_deep.layers.stacks.template import frozen
from keras_deep.layers.stacks.template import generators_of


@keras.saving.register_keras_serializable("keras_deep")
class StackedBlocks(keras.layers.Layer):
    """Applies equal blocks, one after the other, in a loop.

    A block is a functional model, the template. Each of its weights is held
    for all blocks in one variable, whose first axis counts blocks, and the
    template is traced once, so that building, compiling and saving take the
    same time for any number of blocks. Outputs, gradients and statistics are
    those of the chain of blocks. `keras_deep.unstacked` builds that chain.

    Every block has its own initial values, statistics and random numbers. An
    argument of a layer that names it in `per_block` may change from block to
    block, see `at_block`.

    The layer is for TensorFlow's graph mode and for XLA on accelerators.
    Inside XLA on the CPU, and so in JAX on the CPU, convolutions in loops are
    some ten times slower than elsewhere. Keras's `jit_compile="auto"` avoids
    that: it compiles where there is an accelerator.

    The blocks cannot be frozen one by one: their weights are one variable.

    Not to be confused with `keras.layers.StackedRNNCells`, which are different
    cells, nor with a recurrent layer, whose steps share their weights.

    Args:
        template: functional `keras.Model` of one block, from a tensor to a
            tensor of the same shape. Its name is the prefix of the names of
            its layers, such as `"conv2_block"` of `"conv2_block_1_conv"`. It
            is no part of this layer: only its structure counts.
        blocks: int, number of blocks.
        first: int, number of the first block, in its name.

    Call arguments:
        inputs: tensor.
        training: bool.
        block_mask: bools, one for every block: those that are `False` hand
            their input on. For analyses; saved signatures do not have it.

    Raises:
        ValueError: if the template cannot be stacked.
    """

    def __init__(self, template, blocks, first=1, **kwargs):
        super().__init__(**kwargs)
        if backend.slow_loops() is None:
            raise ValueError(
                "Expected the backend TensorFlow or JAX, which have loops with "
                f"gradients. Received: {keras.backend.backend()!r}. {WAY_OUT}"
            )
        check_template(template, blocks)
        self.blocks = blocks
        self.first = first
        self.hidden = Hidden(template)

    def get_template(self):
        """Returns the functional model of one block.

        No property: Keras saves what it finds in those.
        """
        return self.hidden.template

    def build(self, inputs_shape):
        del inputs_shape  # The template knows the shapes of its weights.
        hidden = self.hidden
        hidden.weights = [
            Stacked(
                weight_name(layer, variable),
                variable,
                self._stack(layer, variable),
                variable.trainable,
            )
            for layer in flat_layers(hidden.template)
            for variable in layer.weights
        ]
        hidden.generators = {
            f"{layer.name}/{i}": generator
            for layer in flat_layers(hidden.template)
            for i, generator in enumerate(generators_of(layer))
        }
        self.seeds = [
            StackedSeeds(generator, self.blocks)
            for generator in hidden.generators.values()
        ]

    def _stack(self, layer, variable):
        return self.add_weight(
            shape=(self.blocks, *variable.shape),
            initializer=stacked_initial(layer, variable),
            dtype=variable.dtype,
            trainable=variable.trainable,
            autocast=False,  # The layers of the template do it.
            regularizer=stacked_regularizer(variable.regularizer),
            constraint=stacked_constraint(variable.constraint),
            aggregation=variable.aggregation,
            name=weight_name(layer, variable).replace("/", "."),
        )

    def call(self, inputs, training=False, block_mask=None):
        training = bool(training)
        check_unchanged(self.hidden.weights)
        constant, changing = self._variables(training)
        constants = [ops.convert_to_tensor(v) for _, v in constant]
        if block_mask is not None:
            constants.append(ops.convert_to_tensor(block_mask, "bool"))

        def block(x, constants, states, index):
            # A mask may stand behind the constants.
            values = constants[: len(constant)] + states
            pairs = zip(constant + changing, values)
            scope = keras.StatelessScope([(v, new) for (v, _), new in pairs])
            with scope, block_scope(index):
                y = self.hidden.template(x, training=training)
            if block_mask is not None:
                y = ops.where(constants[-1], y, x)
            return y, [scope.get_current_value(v) for v, _ in changing]

        states = [ops.convert_to_tensor(v) for _, v in changing]
        with frozen(self.hidden.template, not self.trainable):
            outputs, states = backend.scan(
                block, inputs, constants, states, self.blocks
            )
        for (_, variable), value in zip(changing, states):
            variable.assign(value)
        return outputs

    def _variables(self, training):
        """Returns the pairs of the template's variables and the stacked ones.

        First those that stay as they are, then those that every block may
        change: statistics and the states of random generators, in training.
        """
        hidden = self.hidden
        states = [
            (generator.state, seeds.state)
            for generator, seeds in zip(hidden.generators.values(), self.seeds)
        ]
        constant, changing = [], []
        for weight in hidden.weights:
            pairs = constant if weight.trainable else changing
            pairs.append((weight.variable, weight.stacked))
        changing += states
        return (constant, changing) if training else (constant + changing, [])

    def compute_output_shape(self, inputs_shape, block_mask_shape=None):
        return inputs_shape

    def get_block(self, number):
        """Returns a stock model with a copy of one block.

        Args:
            number: int, the number of the block in its name.

        Raises:
            ValueError: if there is no such block.
        """
        index = number - self.first
        if not 0 <= index < self.blocks:
            raise ValueError(
                f"Expected `number` to be in [{self.first}, "
                f"{self.first + self.blocks}). Received: number={number!r}"
            )
        model = block_model(self.hidden.template, index, self.first)
        model.set_weights(
            [
                ops.convert_to_numpy(weight.stacked.value[index])
                for weight in self.hidden.weights
            ]
        )
        return model

    def save_own_variables(self, store):
        for key, variable in stored(self).items():
            store[key] = variable

    def load_own_variables(self, store):
        wanted = stored(self)
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
        template = self.hidden.template
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
