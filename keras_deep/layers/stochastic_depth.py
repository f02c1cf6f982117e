"""Stochastic depth: drops whole branches in training."""

import keras
import numpy as np
from keras import ops

from keras_deep.layers.dropout import check_rate
from keras_deep.layers.needs_package import NeedsPackage
from keras_deep.layers.stacks.current_block import at_block
from keras_deep.layers.stacks.current_block import has_survived
from keras_deep.utils.checks import check_one_of

_MODES = ("batch", "batch_scaled", "sample")


@keras.saving.register_keras_serializable("keras_deep")
class StochasticDepth(NeedsPackage, keras.layers.Layer):
    """Drops its whole input, a residual branch, at random in training.

    `mode="batch"`, the paper's, drops the whole batch or nothing; training
    does not scale, and inference multiplies by the survival probability.
    `mode="batch_scaled"`, pytorchcv's, divides a surviving batch by that
    probability instead, and is the identity in inference. `mode="sample"`,
    known as drop path, does the same for every image by itself.

    Args:
        rate: float in `[0, 1)`, the probability of dropping, or a sequence of
            one for every block of the stack that the layer is part of.
        mode: `"batch"`, `"batch_scaled"` or `"sample"`.
        seed: int or `None`.
        skips_block: bool. Whether a stack of blocks that the layer is part of
            does not compute a block whose branch is dropped, but passes its
            input through, as if the block were not there. That is right only
            where the rest of the block is the identity. The statistics of
            batch normalisation then do not see dropped branches. Ordinary
            layers compute them all the same.

    Raises:
        ValueError: if an argument is not as above.

    Reference:
        [Deep Networks with Stochastic Depth](
        https://arxiv.org/abs/1603.09382), ECCV 2016.
    """

    per_block = ("rate",)

    def __init__(
        self, rate, mode="batch", seed=None, skips_block=False, **kwargs
    ):
        super().__init__(**kwargs)
        check_rate(rate)
        check_one_of(_MODES, mode=mode)
        if skips_block and mode == "sample":
            raise ValueError(
                "Expected a mode with one coin for the batch where blocks are "
                "skipped. Received: skips_block=True, mode='sample'."
            )
        self.rate = np.asarray(rate, "float64").tolist()
        self.mode = mode
        self.seed = seed
        self.skips_block = skips_block
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, inputs, training=False):
        if not training:
            if self.mode != "batch":
                return inputs
            return inputs * ops.cast(self._keep(), inputs.dtype)
        factor = self._factor(inputs)
        if self.mode != "batch":
            factor = factor / self._keep()
        return inputs * ops.cast(factor, inputs.dtype)

    def _factor(self, inputs):
        """Returns 1 for what survives and 0 for what does not."""
        if self.skips_block and has_survived():
            return ops.ones((), "float32")
        shape = (1,)
        if self.mode == "sample":
            shape = (ops.shape(inputs)[0], *[1] * (len(inputs.shape) - 1))
        return ops.cast(self._throw(shape), "float32")

    def survives(self):
        """Returns a scalar bool tensor: whether a batch is not dropped."""
        return self._throw((1,))[0]

    def _keep(self):
        return 1.0 - ops.cast(at_block(self.rate), "float32")

    def _throw(self, shape):
        drawn = keras.random.uniform(
            shape, dtype="float32", seed=self.seed_generator
        )
        return drawn < self._keep()

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {
            **super().get_config(),
            "rate": self.rate,
            "mode": self.mode,
            "seed": self.seed,
            "skips_block": self.skips_block,
        }


def stochastic_depth(y, at, final_rate, mode="batch", skips_block=False):
    """Drops a branch at a rate that increases linearly with depth.

    For `on_branch` of a block.

    Args:
        y: tensor.
        at: `Position` of the block.
        final_rate: float in `[0, 1)`, the rate of the last block of the
            network; block `l` of `L` has `final_rate * l / L`, so even the
            first one may be dropped.
        mode: see `StochasticDepth`.
        skips_block: see `StochasticDepth`.
    """
    if not final_rate:
        return y
    rate = final_rate * at.progress
    layer = StochasticDepth(
        rate, mode, skips_block=skips_block, name=f"{at.name}_depth"
    )
    return layer(y)
