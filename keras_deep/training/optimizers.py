"""Checks that an optimizer suits stacked weights, and scales its loss."""

import keras

from keras_deep.layers.stacks.template import WAY_OUT
from keras_deep.models.unstack import is_stacked

# They reduce over a whole variable or factor it, which would mix blocks.
_MIXING = ("Adafactor", "Lamb", "Muon")


def check_optimizer(model, optimizer):
    """Refuses an optimizer that would mix the blocks of a stack.

    A stacked variable holds the weights of many blocks. Elementwise optimizers
    such as SGD and Adam train it as they train the flat network; a norm of the
    variable would be that of all blocks together.

    Args:
        model: `keras.Model`.
        optimizer: `keras.optimizers.Optimizer`.

    Raises:
        ValueError: if the model has stacked blocks and the optimizer, or the
            one that it wraps, is Adafactor, LAMB or Muon, or clips the norm of
            each variable (`clipnorm`). `global_clipnorm` and `clipvalue` are
            allowed.
    """
    if not is_stacked(model):
        return
    optimizer = getattr(optimizer, "inner_optimizer", optimizer)
    name = type(optimizer).__name__
    if name in _MIXING:
        reason = f"{name}, which mixes the entries of a variable"
    elif getattr(optimizer, "clipnorm", None):
        reason = (
            f"clipnorm={optimizer.clipnorm}, the norm of all blocks together; "
            "`global_clipnorm` does not depend on the variables"
        )
    else:
        return
    raise ValueError(
        f"Expected an optimizer that treats every weight by itself, as "
        f"{model.name!r} has stacked blocks. Received: {reason}. {WAY_OUT}"
    )


def with_scaled_loss(model, optimizer):
    """Wraps the optimizer of a model in float16, as `compile` would.

    Files say of an optimizer that was wrapped before `compile` that it was, so
    that any `load_model` finds a place for its state.
    """
    if model.dtype_policy.name != "mixed_float16" or isinstance(
        optimizer, keras.optimizers.LossScaleOptimizer
    ):
        return optimizer
    return keras.optimizers.LossScaleOptimizer(optimizer)
