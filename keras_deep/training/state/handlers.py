"""How the state of one callback is taken and restored."""

import inspect
import os

import keras

from keras_deep.training.state.log_files import cut
from keras_deep.training.state.log_files import cut_events
from keras_deep.training.state.log_files import event_sizes


class Own:
    """A callback that defines `get_state` and `set_state`.

    It may also define `prepare_state`, a function of the state that is called
    before the training begins, to cut back the files that it writes.
    """

    def get(self, callback):
        """Returns the state, for `pack`."""
        return callback.get_state()

    def prepare(self, callback, state):
        """Is called before the training begins, where files are written."""
        if hasattr(callback, "prepare_state"):
            callback.prepare_state(state)

    def set(self, callback, state):
        """Restores the state of a callback whose training has begun."""
        callback.set_state(state)


class Attributes:
    """A callback of Keras's, by the attributes that a training changes.

    Args:
        names: strings. An attribute that is not set yet has no state.
    """

    def __init__(self, *names):
        self.names = names

    def get(self, callback):
        held = vars(callback)
        return {name: held[name] for name in self.names if name in held}

    def prepare(self, callback, state):
        """Has no files."""

    def set(self, callback, state):
        for name in self.names:
            if name in state:
                setattr(callback, name, state[name])


class Table(Attributes):
    """`CSVLogger`, whose later rows are cut off."""

    def get(self, callback):
        path, size = callback.filename, 0
        if os.path.exists(path):
            size = os.path.getsize(path)
        return {**super().get(callback), "size": size}

    def prepare(self, callback, state):
        cut(callback.filename, state["size"])
        callback.append = True


class Events(Attributes):
    """`TensorBoard`, whose later events are cut off."""

    def get(self, callback):
        for writer in callback._writers.values():
            writer.flush()
        sizes = event_sizes(callback.log_dir)
        return {**super().get(callback), "sizes": sizes}

    def prepare(self, callback, state):
        cut_events(callback.log_dir, state["sizes"])


_EARLY = ("wait", "stopped_epoch", "best", "best_epoch", "best_weights")
_SAVED = ("best", "_current_epoch", "_last_batch_seen")
_NOTHING = Attributes()
_HANDLERS = {
    "CSVLogger": Table("keys"),
    "Callback": _NOTHING,
    "EarlyStopping": Attributes(*_EARLY),
    "History": Attributes("epoch", "history"),
    "LambdaCallback": _NOTHING,
    "LearningRateScheduler": _NOTHING,
    "ModelCheckpoint": Attributes("_batches_seen_since_last_saving", *_SAVED),
    "ProgbarLogger": _NOTHING,
    "ReduceLROnPlateau": Attributes("best", "wait", "cooldown_counter"),
    "RemoteMonitor": _NOTHING,
    "SwapEMAWeights": Attributes("_ema_weights_in_model"),
    "TensorBoard": Events("_global_train_batch", "_global_test_batch"),
    "TerminateOnNaN": _NOTHING,
}
_KNOWN = {getattr(keras.callbacks, name): x for name, x in _HANDLERS.items()}


def handler_of(callback):
    """Returns what takes and restores the state of a callback."""
    if hasattr(callback, "get_state") and hasattr(callback, "set_state"):
        return Own()
    return _KNOWN[_known_kind(callback)]


def not_restored(callback):
    """Returns the names of attributes that a training may change for ever.

    What a function refers to, such as that of a `LambdaCallback`, stays
    unknown.
    """
    if isinstance(handler_of(callback), Own):
        return []
    stock = {
        name
        for kind in _known_kind(callback).__mro__
        for function in vars(kind).values()
        if inspect.isfunction(function)
        for name in function.__code__.co_names
    }
    return sorted(set(vars(callback)) - stock)


def _known_kind(callback):
    return next(kind for kind in type(callback).__mro__ if kind in _KNOWN)
