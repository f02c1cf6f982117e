"""The callbacks of one of several workers."""

import keras

from keras_deep.training.strategies import is_chief

# They write files, of which one worker's are enough.
_OF_CHIEF = (
    keras.callbacks.ModelCheckpoint,
    keras.callbacks.TensorBoard,
    keras.callbacks.CSVLogger,
    keras.callbacks.RemoteMonitor,
)


def callback_list(model, strategy, callbacks, verbose=0, **facts):
    """Returns the callbacks of a worker: the chief's only write files.

    Args:
        model: `keras.Model`.
        strategy: `tf.distribute.Strategy`.
        callbacks: a Keras callback, a sequence of them, or `None`.
        verbose: as in `Model.fit`; only the chief shows anything.
        **facts: arguments of `keras.callbacks.CallbackList`.
    """
    if isinstance(callbacks, keras.callbacks.Callback):
        callbacks = [callbacks]
    chief = is_chief(strategy)
    shown = verbose if chief else 0
    kept = [c for c in callbacks or () if chief or not isinstance(c, _OF_CHIEF)]
    return keras.callbacks.CallbackList(
        kept, add_progbar=bool(shown), verbose=shown, model=model, **facts
    )
