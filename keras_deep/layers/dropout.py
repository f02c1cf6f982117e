"""Dropout whose rate may vary between the blocks of a stack."""

import keras
import numpy as np
from keras import ops

from keras_deep.layers.stacks.current_block import at_block
from keras_deep.layers.stock_named import StockNamed


@keras.saving.register_keras_serializable("keras_deep")
class Dropout(keras.layers.Dropout):
    """Applies dropout, in a stack at a rate that may vary between blocks.

    Where all blocks have one rate, files name Keras's layer.

    Args:
        rate: float in `[0, 1)`, or a sequence with one for every block of the
            stack of blocks that the layer is a part of, see
            `keras_deep.layers.at_block`.
        noise_shape: as for `keras.layers.Dropout`.
        seed: int or `None`.

    Raises:
        ValueError: if a rate is not in `[0, 1)`.

    Reference:
        [Dropout](https://jmlr.org/papers/v15/srivastava14a.html), JMLR 2014.
    """

    per_block = ("rate",)

    def __new__(cls, rate, *args, **kwargs):
        if cls is Dropout and np.ndim(rate) == 0:
            cls = _OneRate
        return super().__new__(cls, rate, *args, **kwargs)

    def __init__(self, rate, noise_shape=None, seed=None, **kwargs):
        check_rate(rate)
        # Keras's layer has no generator for a rate of 0.
        super().__init__(0.5, noise_shape, seed, **kwargs)
        self.rate = np.asarray(rate, "float64").tolist()

    def call(self, inputs, training=False):
        if not training:
            return inputs
        # `keras.random.dropout` takes no tensor for a rate.
        keep = 1.0 - ops.cast(at_block(self.rate), "float32")
        shape = [
            given or size
            for given, size in zip(
                self.noise_shape or [None] * len(inputs.shape),
                ops.shape(inputs),
            )
        ]
        drawn = keras.random.uniform(
            shape, dtype="float32", seed=self.seed_generator
        )
        mask = ops.cast(drawn < keep, inputs.dtype)
        return inputs * mask / ops.cast(keep, inputs.dtype)


@keras.saving.register_keras_serializable("keras_deep", "DropoutOfOneRate")
class _OneRate(StockNamed, Dropout):
    """The layer at one rate, which is what Keras's own computes."""

    portable_class = keras.layers.Dropout


def check_rate(rate):
    """Checks that a rate, or every rate of a sequence, is in `[0, 1)`.

    Raises:
        ValueError: if it is not.
    """
    rates = np.asarray(rate, "float64")
    if rates.ndim > 1 or not np.all((rates >= 0) & (rates < 1)):
        raise ValueError(
            "Expected `rate` to be in [0, 1), or a sequence with one such "
            f"number for every block. Received: rate={rate!r}"
        )
