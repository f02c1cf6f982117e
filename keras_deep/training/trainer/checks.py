"""What is refused before the first step."""

import warnings

from keras_deep.layers.statistics import statistics
from keras_deep.models.unstack import is_stacked
from keras_deep.optimizers.clipping import check_clipping_hook
from keras_deep.optimizers.inner import inner_optimizers
from keras_deep.training.optimizers import check_optimizer
from keras_deep.training.state.checkpointer import Checkpointer


def check_model(model, strategy):
    """Refuses a model that a strategy cannot train.

    Raises:
        ValueError: if the model is not built or not compiled, was made outside
            of the strategy's scope, or has an optimizer that mixes the blocks
            of a stack, or features that fail on several replicas, some with
            XLA only.
        RuntimeError: if this Keras clips gradients elsewhere.
    """
    if not model.built or not model.compiled:
        missing = "compiled" if model.built else "built"
        raise ValueError(
            "Expected a model that is built and compiled. Received: "
            f"{model.name!r}, which is not {missing}."
        )
    check_scope(model, strategy)
    if model.optimizer is not None:
        check_optimizer(model, model.optimizer, per_block=True)
        if is_stacked(model) and _clips_norms(model.optimizer):
            check_clipping_hook()
    if strategy.num_replicas_in_sync > 1 and model.optimizer is not None:
        for inner in inner_optimizers(model.optimizer):
            _check_optimizer(inner)
        if model.jit_compile:
            _check_xla(model)


def check_scope(model, strategy):
    """Refuses a model that was made outside of a strategy's scope.

    Raises:
        ValueError: if it was.
    """
    for variable in model.variables[:1]:
        if not strategy.extended.variable_created_in_scope(variable.value):
            raise ValueError(
                "Expected a model that was made in the scope of the strategy. "
                f"Received: {model.name!r}, made outside of it. Make and "
                "compile it under `with strategy.scope():`, or give a function "
                "that makes it."
            )


def _clips_norms(optimizer):
    return any(
        getattr(x, "clipnorm", None) for x in inner_optimizers(optimizer)
    )


def _check_optimizer(optimizer):
    ways_out = {
        "gradient_accumulation_steps": "pass `accumulate_steps` to the trainer",
        "ema_overwrite_frequency": "leave it out: the averages are put in "
        "place at the end, or by `keras.callbacks.SwapEMAWeights`",
    }
    for name, way_out in ways_out.items():
        if getattr(optimizer, name, None):
            raise ValueError(
                f"Expected an optimizer without `{name}` on several replicas, "
                f"where it fails in TensorFlow; {way_out}. Received: "
                f"{name}={getattr(optimizer, name)}"
            )


def _check_xla(model):
    for layer, *_ in statistics(model):
        if layer.synchronized and layer.trainable:
            raise ValueError(
                "Expected batch normalisation by each replica's own statistics "
                "(`batch_norm='replica'`) with `jit_compile=True` on several "
                "replicas: code of XLA cannot ask the others. Received: "
                f"{layer.name!r}, which is synchronised. Without `jit_compile` "
                "it may be."
            )


def check_resumable(data, callbacks, start):
    """Warns if a training goes on, or will, with data in another order.

    Args:
        data: as in `Trainer.fit`.
        callbacks: list of Keras callbacks.
        start: tuple of the epoch and the step to begin with.
    """
    import tensorflow as tf

    saved = any(isinstance(callback, Checkpointer) for callback in callbacks)
    if not (saved or any(start)) or not isinstance(data, tf.data.Dataset):
        return
    warnings.warn(
        "Expected data whose order a checkpoint can restore: a function of "
        "the epoch, or an object whose iterators have `get_state` and "
        "`set_state`. Received: a `tf.data.Dataset`. When the training is "
        "resumed, its shuffled order and its random numbers are not restored, "
        "and the batches before are read once more.",
        stacklevel=3,
    )
