"""The states of all callbacks of a training, by their classes."""

import collections

import keras

from keras_deep.training.state.handlers import handler_of
from keras_deep.training.state.handlers import not_restored
from keras_deep.training.state.packing import pack
from keras_deep.training.state.packing import unpack


def check_callbacks(callbacks, say):
    """Refuses and names what will not be restored.

    Args:
        callbacks: list of Keras callbacks.
        say: function of a string that tells the user.

    Raises:
        ValueError: if one of them restores trainings itself.
    """
    for callback in callbacks:
        if isinstance(callback, keras.callbacks.BackupAndRestore):
            raise ValueError(
                "Expected callbacks that leave resuming to the training. "
                "Received: BackupAndRestore, which would restore another "
                "moment. Leave it out: the same call with the same `output` "
                "goes on with the step where the run was stopped."
            )
        names = not_restored(callback)
        if names:
            say(
                f"{type(callback).__name__} is not restored when the training "
                f"is resumed: {', '.join(names[:5])}. Its `get_state()` and "
                "`set_state(state)` would be called, if it had them."
            )


def pack_callbacks(callbacks, arrays):
    """Returns the states of callbacks as data of JSON.

    Args:
        callbacks: list of Keras callbacks.
        arrays: dict, to which their arrays are added.
    """
    return {
        name: pack(
            handler_of(callback).get(callback), f"callbacks:{name}", arrays
        )
        for name, callback in named(callbacks).items()
    }


def prepare_callbacks(callbacks, states, arrays):
    """Cuts the files of callbacks back, before the training begins.

    Args:
        callbacks: list of Keras callbacks.
        states: what `pack_callbacks` returned.
        arrays: dict of the arrays that it added.
    """
    for name, callback in named(callbacks).items():
        if name in states:
            state = unpack(states[name], arrays)
            handler_of(callback).prepare(callback, state)


def restore_callbacks(callbacks, states, arrays):
    """Restores callbacks whose training has begun; see `prepare_callbacks`."""
    for name, callback in named(callbacks).items():
        if name in states:
            handler_of(callback).set(callback, unpack(states[name], arrays))


def changes(callbacks, states):
    """Returns sentences about callbacks that only one of two runs has."""
    now = named(callbacks)
    return [
        *(f"{name} begins anew." for name in now if name not in states),
        *(f"{name} is missing." for name in states if name not in now),
    ]


def named(callbacks):
    """Returns callbacks by their class and number in it: "History 1"."""
    counts, found = collections.Counter(), {}
    for callback in callbacks:
        kind = type(callback).__name__
        counts[kind] += 1
        found[f"{kind} {counts[kind]}"] = callback
    return found
