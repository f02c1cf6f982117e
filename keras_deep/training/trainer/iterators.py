"""Batches of iterators that know their state, as those of Grain do."""

import copy

import keras
import numpy as np


def has_states(data):
    """Returns whether the iterators over an object have a state."""
    if isinstance(data, (str, bytes)) or not hasattr(data, "__iter__"):
        return False
    found = type(data) if hasattr(data, "__next__") else type(iter(data))
    return hasattr(found, "get_state") and hasattr(found, "set_state")


class Pass:
    """Reads an iterator, and notes its state after every batch.

    TensorFlow reads ahead of the training.

    Args:
        data: object whose iterators have `get_state` and `set_state`.
        endless: bool. Whether the end is followed by the beginning.
        skipped: int, batches to read first where there is no state.
        state: what `get_state` returned, or `None`.
    """

    def __init__(self, data, endless, skipped=0, state=None):
        self._data, self._endless = data, endless
        self._iterator = iterator = iter(data)
        self._held, self._read, self._passed = [], 0, 0
        if state is None:
            for _ in range(skipped):
                next(iterator)
            self._like = None
        else:
            iterator.set_state(state["iterator"])
            self._like = state["like"]
        self._states = {0: copy.deepcopy(iterator.get_state())}

    def dataset(self):
        """Returns a `tf.data.Dataset` of the batches."""
        import tensorflow as tf

        if self._like is None:
            self._held = [self._next()]
            self._like = keras.tree.map_structure(_empty, self._held[0])
        spec = keras.tree.map_structure(
            lambda x: tf.TensorSpec((None, *x.shape[1:]), x.dtype), self._like
        )
        return tf.data.Dataset.from_generator(
            self._batches, output_signature=spec
        )

    def passed(self, number):
        """Notes that so many batches more have been trained on."""
        for old in range(self._passed, self._passed + number):
            self._states.pop(old, None)
        self._passed += number

    def get_state(self):
        """Returns the state after the last batch that was trained on."""
        return {"iterator": self._states[self._passed], "like": self._like}

    def _batches(self):
        while True:
            try:
                batch = self._held.pop() if self._held else self._next()
            except StopIteration:
                return
            yield batch

    def _next(self):
        try:
            batch = next(self._iterator)
        except StopIteration:
            if not self._endless:
                raise
            self._iterator = iter(self._data)
            batch = next(self._iterator)
        self._read += 1
        self._states[self._read] = copy.deepcopy(self._iterator.get_state())
        return tuple(batch) if isinstance(batch, list) else batch


def _empty(array):
    array = np.asarray(array)
    return np.empty((0, *array.shape[1:]), array.dtype)
