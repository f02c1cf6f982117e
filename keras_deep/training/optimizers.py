"""Checks that an optimizer suits stacked weights, and prepares it."""

import keras

from keras_deep.layers.names import weight_name
from keras_deep.layers.stacks.chain import BlockChain
from keras_deep.layers.stacks.template import WAY_OUT
from keras_deep.models.parts import parts_of
from keras_deep.models.unstack import is_stacked
from keras_deep.optimizers import LAMB
from keras_deep.optimizers.inner import inner_optimizers

# They factor a variable, or make it orthogonal: blocks would be mixed.
_MIXING = ("Adafactor", "Muon")


def check_optimizer(model, optimizer, per_block=False):
    """Refuses an optimizer that would mix the blocks of a stack.

    A stacked variable holds the weights of many blocks. Elementwise optimizers
    such as SGD and Adam train it as they train the flat network; a norm of the
    variable would be that of all blocks together. This package's `LAMB` and
    `LARS` take the norm of every block.

    Args:
        model: `keras.Model`.
        optimizer: `keras.optimizers.Optimizer`.
        per_block: bool. Whether the training step is traced within
            `keras_deep.optimizers.per_block`.

    Raises:
        ValueError: if the model has stacked blocks and the optimizer, or one
            that it wraps, is Adafactor or Muon; unless `per_block`, also if
            it is Keras's Lamb or clips the norm of each variable (`clipnorm`).
            `global_clipnorm` and `clipvalue` are allowed.
    """
    if not is_stacked(model):
        return
    for inner in inner_optimizers(optimizer):
        reason = _mixes(inner) or (not per_block and _mixes_in_keras(inner))
        if reason:
            raise ValueError(
                "Expected an optimizer that treats every weight by itself, as "
                f"{model.name!r} has stacked blocks. Received: {reason}. "
                f"{WAY_OUT}"
            )


def _mixes(optimizer):
    """Returns why an optimizer mixes blocks whatever is done, or `None`."""
    names = {kind.__name__ for kind in type(optimizer).__mro__}
    if names.isdisjoint(_MIXING):
        return None
    return f"{type(optimizer).__name__}, which mixes the entries of a variable"


def _mixes_in_keras(optimizer):
    """Returns why an optimizer mixes blocks in Keras's steps, or `None`."""
    if getattr(optimizer, "clipnorm", None):
        return (
            f"clipnorm={optimizer.clipnorm}, the norm of all blocks together; "
            "`global_clipnorm` does not depend on the variables, and "
            "`keras_deep.optimizers.per_block` clips every block"
        )
    lamb = isinstance(optimizer, keras.optimizers.Lamb)
    if lamb and not isinstance(optimizer, LAMB):
        return (
            "Lamb, whose norms are those of all blocks together; "
            "`keras_deep.optimizers.LAMB` takes the norm of every block"
        )
    return None


def spare_small(optimizer, model):
    """Excludes biases and normalisation from the weight decay.

    They go by name and kind, not by rank: a stacked bias has two axes. What
    was excluded before remains so. It can be called at any time before the
    training step is traced, and anew for an optimizer from a file, which does
    not tell what was excluded.

    Args:
        optimizer: `keras.optimizers.Optimizer`. Those that it wraps count.
        model: `keras.Model` that it trains.
    """
    small = small_variables(model)
    for inner in inner_optimizers(optimizer):
        before = [
            variable
            for variable in model.trainable_variables
            if not inner._use_weight_decay(variable)
        ]
        inner.exclude_from_weight_decay(var_list=[*small, *before])


def small_variables(model):
    """Returns the variables of biases and of normalisation.

    These are the weights `bias`, `beta` and `gamma` of any layer, and all of
    layers that are called a normalisation, but for wrappers.

    Args:
        model: `keras.Model`. Layers of models nested in it count.

    Returns:
        List of `keras.Variable`. One that is stacked holds the weights of all
        blocks.
    """
    layers = dict.fromkeys(part.chain or part.layer for part in parts_of(model))
    return [
        variable
        for outer in layers
        for layer, name, variable in _weights_of(outer)
        if _is_small(layer, name)
    ]


def _weights_of(layer):
    """Yields the layer of each weight, its name and its variable."""
    if isinstance(layer, BlockChain):
        for weight in layer.untracked.weights:
            yield weight.layer, weight.name, weight.held
        return
    for variable in layer.weights:
        yield layer, weight_name(layer, variable), variable


def _is_small(layer, name):
    if name.rpartition("/")[2] in ("bias", "beta", "gamma"):
        return True
    # `SpectralNormalization` wraps a layer with a kernel.
    return not isinstance(layer, keras.layers.Wrapper) and any(
        kind.__name__.endswith("Normalization") for kind in type(layer).__mro__
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
