"""Trains by `fit`, as one worker if there is a cluster; prints the result.

    python -m tests.support.fit_in_cluster DATA OUTPUT JSON

The JSON has fields of `Config`, and maybe `kill`: the number of a worker that
kills itself, the epoch and the batch, both from 0.
"""

import json
import os
import signal
import sys

import keras
import numpy as np

from keras_deep.training import Config
from keras_deep.training import fit


class Kill(keras.callbacks.Callback):
    """Ends this process at a batch, as a loss of power would."""

    def __init__(self, epoch, batch):
        super().__init__()
        self.place = epoch, batch
        self.epoch = None

    def get_state(self):
        return {}

    def set_state(self, state):
        pass

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        if (self.epoch, batch) == self.place:
            os.kill(os.getpid(), signal.SIGKILL)


def number():
    """Returns the number of this worker."""
    return json.loads(os.environ.get("TF_CONFIG", "{}")).get(
        "task", {"index": 0}
    )["index"]


def main(data, output, settings):
    settings = json.loads(settings)
    worker, *place = settings.pop("kill", (None,))
    callbacks = [Kill(*place)] if worker == number() else []
    build = ("CifarResNet", {"blocks": (1, 1)})
    data = {"name": data, "batch_size": 24, "augment": "crop1"}
    result = fit(build, data, Config(**settings), output, callbacks=callbacks)
    weights = [float(np.abs(w).sum()) for w in result.model.get_weights()]
    found = {**result.history, "weights": weights}
    found |= result.card.training["result"]
    print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
