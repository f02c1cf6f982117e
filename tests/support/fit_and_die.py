"""Trains by `fit` until it kills itself somewhere, or to the end.

    python -m tests.support.fit_and_die DATA OUTPUT [PLACE NUMBER]

A number counts from 1 in this process. At the end it prints JSON of what was
found. `PLACES` has the places.
"""

import json
import signal
import sys

import keras
import numpy as np

from keras_deep.training import Config
from keras_deep.training import ending
from keras_deep.training import fit
from keras_deep.training import train
from tests.support.killer import Killer
from tests.support.killer import die

NETWORK = ("DenseNetBC", {"blocks": (1, 1), "growth_rate": 4})
DATA = {"batch_size": 24, "augment": "crop1", "validation": 0.3}
CONFIG = {
    "epochs": 24,
    "seed": 5,
    "learning_rate": 0.05,
    "schedule": "cosine",
    "momentum": 0.9,
    "nesterov": True,
    "ema": 0.9,
    "checkpoint_steps": 2,
}


class At(keras.callbacks.Callback):
    """Dies when one of its methods is called for a number of times."""

    def __init__(self, method, left):
        super().__init__()
        self.left = left
        setattr(self, method, self._count)

    def _count(self, *arguments, **logs):
        self.left -= 1
        if not self.left:
            die()

    def get_state(self):
        return {}

    def set_state(self, state):
        """Every process counts for itself."""


class Moment(keras.callbacks.Callback):
    """Says when a step is done, for who kills from outside."""

    def get_state(self):
        return {}

    def set_state(self, state):
        pass

    def on_train_batch_end(self, batch, logs=None):
        print("step", flush=True)


class Bytes(Moment):
    """Dies at a byte, or between two calls of the system, of a checkpoint.

    Args:
        left: int, the byte.
    """

    def __init__(self, left):
        super().__init__()
        self.left = left

    def on_train_begin(self, logs=None):
        Killer(self.left)


# What returns the callback that dies there, from a number.
PLACES = {
    "none": lambda number: Moment(),
    # Before the checkpoint of that step, and before the next step.
    "step's end": lambda number: At("on_train_batch_end", number),
    "step's begin": lambda number: At("on_train_batch_begin", number + 1),
    "validation": lambda number: At("on_test_batch_end", number),
    # Before its checkpoint, its best weights and its row of the table.
    "epoch's end": lambda number: At("on_epoch_end", number),
    "epoch's begin": lambda number: At("on_epoch_begin", number + 1),
    "byte": Bytes,
    "moment": lambda number: Moment(),
    "test": lambda number: _in_test(number),
    "result": lambda number: _in_result(),
}


def _in_test(number):
    """Makes the measurement after the last epoch the place."""
    measure = train.measure

    def measure_and_die(model, data, callbacks, *rest):
        callbacks = [*callbacks, At("on_test_batch_end", number)]
        return measure(model, data, callbacks, *rest)

    train.measure = measure_and_die
    return Moment()


def _in_result():
    """Makes it die with the best weights written and not the result."""
    ending._write_card = lambda *arguments: die()
    return Moment()


def main(data, output, place="none", number="1"):
    signal.alarm(240)  # Nobody waits longer for it.
    build = (NETWORK[0], {**NETWORK[1], "dropout_rate": 0.2})
    given = {**DATA, "name": data}
    callback = PLACES[place](int(number))
    result = fit(build, given, Config(**CONFIG), output, callbacks=callback)
    x = np.random.default_rng(1).standard_normal((8, 8, 8, 3))
    found = {
        "history": result.history,
        "predictions": result.model.predict(x, verbose=0).tolist(),
        **result.card.training["result"],
    }
    print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
