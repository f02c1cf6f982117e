"""What is refused before the first step."""

import keras

from keras_deep.layers.statistics import statistics
from keras_deep.models.unstack import is_stacked
from keras_deep.optimizers.clipping import check_clipping_hook
from keras_deep.optimizers.inner import inner_optimizers
from keras_deep.training.optimizers import check_optimizer
from keras_deep.training.strategies import is_chief

# They write files, of which one worker's are enough.
_OF_CHIEF = (
    keras.callbacks.ModelCheckpoint,
    keras.callbacks.TensorBoard,
    keras.callbacks.CSVLogger,
    keras.callbacks.RemoteMonitor,
)


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


def callbacks_of_worker(callbacks, strategy):
    """Returns a worker's callbacks: the chief's only write files."""
    if callbacks is None:
        return []
    if isinstance(callbacks, keras.callbacks.Callback):
        callbacks = [callbacks]
    if is_chief(strategy):
        return list(callbacks)
    return [c for c in callbacks if not isinstance(c, _OF_CHIEF)]
