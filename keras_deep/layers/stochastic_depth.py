"""Stochastic depth: drops whole branches in training."""

import keras
import numpy as np
from keras import ops

from keras_deep.layers.dropout import check_rate
from keras_deep.layers.needs_package import NeedsPackage
from keras_deep.layers.stacks.current_block import at_block

_MODES = ("batch", "sample")


@keras.saving.register_keras_serializable("keras_deep")
class StochasticDepth(NeedsPackage, keras.layers.Layer):
    """Drops its whole input, a residual branch, at random in training.

    `mode="batch"`, the paper's, drops the whole batch or nothing; training
    does not scale, and inference multiplies by the survival probability.
    `mode="sample"`, known as drop path, decides for every image, divides
    surviving ones by that probability, and is the identity in inference.

    Args:
        rate: float in `[0, 1)`, the probability of dropping, or a sequence of
            one for every block of the stack that the layer is part of.
        mode: `"batch"` or `"sample"`.
        seed: int or `None`.

    Raises:
        ValueError: if an argument is not as above.

    Reference:
        [Deep Networks with Stochastic Depth](
        https://arxiv.org/abs/1603.09382), ECCV 2016.
    """

    per_block = ("rate",)

    def __init__(self, rate, mode="batch", seed=None, **kwargs):
        super().__init__(**kwargs)
        check_rate(rate)
        if mode not in _MODES:
            raise ValueError(
                f"Expected `mode` to be one of {list(_MODES)}. "
                f"Received: mode={mode!r}"
            )
        self.rate = np.asarray(rate, "float64").tolist()
        self.mode = mode
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, inputs, training=False):
        keep = 1.0 - ops.cast(at_block(self.rate), "float32")
        if not training:
            if self.mode == "sample":
                return inputs
            return inputs * ops.cast(keep, inputs.dtype)
        coins = 1 if self.mode == "batch" else ops.shape(inputs)[0]
        shape = (coins, *[1] * (len(inputs.shape) - 1))
        drawn = keras.random.uniform(
            shape, dtype="float32", seed=self.seed_generator
        )
        factor = ops.cast(drawn < keep, "float32")
        if self.mode == "sample":
            factor = factor / keep
        return inputs * ops.cast(factor, inputs.dtype)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {
            **super().get_config(),
            "rate": self.rate,
            "mode": self.mode,
            "seed": self.seed,
        }


def stochastic_depth(y, at, final_rate, mode="batch"):
    """Drops a branch at a rate that increases linearly with depth.

    For `on_branch` of a block.

    Args:
        y: tensor.
        at: `Position` of the block.
        final_rate: float in `[0, 1)`, the rate of the last block of the
            network; block `l` of `L` has `final_rate * l / L`, so even the
            first one may be dropped.
        mode: see `StochasticDepth`.
    """
    if not final_rate:
        return y
    rate = final_rate * at.progress
    return StochasticDepth(rate, mode, name=f"{at.name}_depth")(y)
