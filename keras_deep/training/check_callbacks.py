"""Refuses callbacks that would fail, or do nothing, in the middle of a run."""

import keras

from keras_deep.utils.errors import did_you_mean

_SETS_RATE = (
    keras.callbacks.ReduceLROnPlateau,
    keras.callbacks.LearningRateScheduler,
)
_MONITORS = (
    keras.callbacks.EarlyStopping,
    keras.callbacks.ModelCheckpoint,
    keras.callbacks.ReduceLROnPlateau,
)


def checked_callbacks(callbacks, config):
    """Returns the callbacks as a list, or refuses those that cannot work.

    Args:
        callbacks: a Keras callback, a sequence of them, or `None`.
        config: `Config`.

    Returns:
        List of callbacks, without `SwapEMAWeights`, which `averaging` adds.

    Raises:
        ValueError: if one is no callback, sets a learning rate that a schedule
            sets, or needs averages of weights that the optimizer does not keep.
    """
    if isinstance(callbacks, keras.callbacks.Callback):
        callbacks = [callbacks]
    callbacks = list(callbacks or ())
    for callback in callbacks:
        if not isinstance(callback, keras.callbacks.Callback):
            raise ValueError(
                "Expected `callbacks` to be Keras callbacks. Received: "
                f"{callback!r}"
            )
        name = type(callback).__name__
        sets = config.schedule != "constant" or config.warmup
        if isinstance(callback, _SETS_RATE) and sets:
            raise ValueError(
                f"Expected a learning rate that {name} can set. Received: "
                f"schedule={config.schedule!r} with warmup={config.warmup!r}, "
                "which sets it at every step. "
                'Pass `Config(schedule="constant")` without a warm-up.'
            )
        if _swaps(callback) and config.ema is None:
            raise ValueError(
                f"Expected averages of the weights for {name}. Received: "
                "ema=None. Pass `Config(ema=0.99)`, which needs no callback."
            )
    return [callback for callback in callbacks if not _swaps(callback)]


def averaging(config):
    """Returns what makes averaged weights those that are measured and saved.

    Args:
        config: `Config`.

    Returns:
        List of callbacks, to stand before those that save weights.
    """
    if config.ema is None:
        return []
    return [keras.callbacks.SwapEMAWeights(swap_on_epoch=True)]


def check_monitors(callbacks, validation):
    """Refuses to watch a value that the training does not have.

    Args:
        callbacks: list of Keras callbacks.
        validation: bool. Whether there are validation images.

    Raises:
        ValueError: if a callback of Keras watches another value.
    """
    if any(not _is_stock(callback) for callback in callbacks):
        return  # It may add values.
    known = ["loss", "accuracy"]
    if validation:
        known += ["val_loss", "val_accuracy"]
    if any(isinstance(callback, _SETS_RATE) for callback in callbacks):
        known.append("learning_rate")
    for callback in callbacks:
        if not isinstance(callback, _MONITORS) or _saves_always(callback):
            continue
        if callback.monitor not in known:
            raise ValueError(
                f"Expected `monitor` of {type(callback).__name__} to be one "
                f"of {known}. Received: monitor={callback.monitor!r}."
                f"{did_you_mean(callback.monitor, known)}"
                + ("" if validation else " There are no validation images.")
            )


def _swaps(callback):
    return isinstance(callback, keras.callbacks.SwapEMAWeights)


def _saves_always(callback):
    return not getattr(callback, "save_best_only", True)


def _is_stock(callback):
    return type(callback).__module__.partition(".")[0] == "keras"
