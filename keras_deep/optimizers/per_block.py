"""Lets Keras's optimizers treat every block of a stack by itself."""

import contextlib
import functools

import keras

from keras_deep.optimizers.clipping import clipped_per_block
from keras_deep.optimizers.clipping import replaced
from keras_deep.optimizers.inner import inner_optimizers
from keras_deep.optimizers.lamb import lamb_step


@contextlib.contextmanager
def per_block(optimizer, model):
    """Lets an optimizer treat the blocks of stacks as the flat network's.

    In the context, `clipnorm` acts as in `clipped_per_block`, and Keras's
    `Lamb` takes the steps of `LAMB`. Elementwise optimizers, such as SGD and
    Adam, do so anyway.

    A step that is traced in the context keeps this; one that runs eagerly
    must run in it. Nothing of the optimizer's configuration and state changes.

    Args:
        optimizer: `keras.optimizers.Optimizer`. Those that it wraps count.
        model: `keras.Model` that it trains.
    """
    with contextlib.ExitStack() as stack:
        stack.enter_context(clipped_per_block(optimizer, model))
        for inner in inner_optimizers(optimizer):
            if isinstance(inner, keras.optimizers.Lamb):
                step = functools.partial(lamb_step, inner)
                stack.enter_context(replaced(inner, update_step=step))
        yield
