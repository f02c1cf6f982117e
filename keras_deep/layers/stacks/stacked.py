"""Chains of equal blocks, computed in a loop over stacked weights."""

import functools

import keras
from keras import ops

from keras_deep import backend
from keras_deep.layers.stacks.chain import BlockChain
from keras_deep.layers.stacks.freezing import check_unchanged
from keras_deep.layers.stacks.half_frozen import warn_if_half_frozen
from keras_deep.layers.stacks.skipping import apply_template
from keras_deep.layers.stacks.template import WAY_OUT


@keras.saving.register_keras_serializable("keras_deep")
class StackedBlocks(BlockChain):
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

    The blocks cannot be frozen one by one: their weights are one variable. A
    layer can be frozen in all blocks, see `keras_deep.freeze`.

    Not to be confused with `keras.layers.StackedRNNCells`, which are different
    cells, nor with a recurrent layer, whose steps share their weights.

    Args:
        template: functional `keras.Model` of one block, see `BlockChain`.
        blocks: int, number of blocks.
        first: int, number of the first block, in its name.

    Call arguments:
        inputs: tensor.
        training: bool.
        block_mask: bools, one per block; a block whose entry is `False`
            passes its input through. For analyses; saved signatures lack it.

    Raises:
        ValueError: if the template cannot be stacked.
    """

    def __init__(self, template, blocks, first=1, **kwargs):
        if backend.slow_loops() is None:
            raise ValueError(
                "Expected the backend TensorFlow or JAX, which have loops with "
                f"gradients. Received: {keras.backend.backend()!r}. {WAY_OUT}"
            )
        super().__init__(template, blocks, first, **kwargs)

    def call(self, inputs, training=False, block_mask=None):
        training = bool(training)
        template = self.get_template()
        check_unchanged(self.untracked.weights)
        if training:
            warn_if_half_frozen(self)
        shared, constant, changing = self._variables(training)
        constants = [ops.convert_to_tensor(v) for _, v in constant]
        if block_mask is not None:
            constants.append(ops.convert_to_tensor(block_mask, "bool"))
        shared = [(v, ops.convert_to_tensor(held)) for v, held in shared]
        variables = [v for v, _ in changing]
        apply = functools.partial(apply_template, template, variables, training)

        def block(x, constants, states, index):
            # A mask may follow the constants.
            values = constants[: len(constant)] + states
            pairs = zip(constant + changing, values)
            pairs = [(v, new) for (v, _), new in pairs]
            y, states = apply(pairs + shared, x, index)
            if block_mask is not None:
                y = ops.where(constants[-1], y, x)
            return y, states

        states = [ops.convert_to_tensor(v) for _, v in changing]
        outputs, states = backend.scan(
            block, inputs, constants, states, self.blocks
        )
        for (_, variable), value in zip(changing, states):
            variable.assign(value)
        return outputs

    def _variables(self, training):
        """Returns pairs of the template's variables and those that hold them.

        Three lists: variables that all blocks share, constants of each block,
        and variables that each block may change: in training the statistics
        and the states of random generators.
        """
        untracked = self.untracked
        shared, constant, changing = [], [], []
        for weight in untracked.weights:
            pairs = constant if weight.learnt else changing
            pairs = shared if weight.shared else pairs
            pairs.append((weight.variable, weight.held))
        for generator, seeds in zip(untracked.generators.values(), self.seeds):
            changing.append((generator.state, seeds.state))
        if training:
            return shared, constant, changing
        return shared, constant + changing, []
