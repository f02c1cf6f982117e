"""Keeps the weights of the best epoch, and those of the last good one."""

import math

import keras
import numpy as np

from keras_deep.models.saving import save
from keras_deep.utils.errors import Diverged

_STATE = (
    *("epoch", "accuracy", "last_epoch", "saved_epoch"),
    *("_best", "_weights", "_last"),
)


class BestWeights(keras.callbacks.Callback):
    """Keeps the weights of the epoch with the best validation accuracy.

    The validation loss breaks ties. Without validation images the last epoch
    counts as the best. An epoch whose losses are not finite is never the best,
    and one after which the weights are not finite ends the training.

    Args:
        path: `pathlib.Path` of the `.keras` file to write, or `None` to keep
            the weights in memory. Where the file cannot be written, they are
            kept in memory, too.
        say: function of a string that tells the user.
    """

    def __init__(self, path=None, say=print):
        super().__init__()
        self.path = path
        self.say = say
        self.epoch = None
        self.accuracy = None
        self.last_epoch = None
        self.saved_epoch = None
        self.restored = False
        self._best = (-math.inf, -math.inf)
        self._weights = None
        self._last = None

    def get_state(self):
        """Returns what a resumed training goes on with."""
        return {name: getattr(self, name) for name in _STATE}

    def set_state(self, state):
        """Restores what `get_state` returned."""
        vars(self).update(state)

    def state_files(self):
        """Returns the paths of the files that the state refers to."""
        return [] if self.path is None else [self.path]

    def on_epoch_end(self, epoch, logs=None):
        weights = self.model.get_weights()
        if not all(np.isfinite(array).all() for array in weights):
            raise Diverged(
                f"weights that are not finite after epoch {epoch + 1}"
            )
        self._last, self.last_epoch = weights, epoch + 1
        if self._is_best(logs or {}):
            self.epoch, self._weights = epoch + 1, weights
            self._save()

    def restore(self):
        """Restores the best weights in the model."""
        if self.epoch is None:
            return
        if self.saved_epoch == self.epoch:
            self.model.load_weights(self.path)
        else:
            self.model.set_weights(self._weights)
        self.restored = True

    def restore_last(self):
        """Restores the weights of the last epoch that ended well, if any."""
        if self._last is not None:
            self.model.set_weights(self._last)

    def _is_best(self, logs):
        for name in ("loss", "val_loss"):
            if not math.isfinite(logs.get(name, 0.0)):
                self.say(f"This epoch cannot be the best: {name} {logs[name]}.")
                return False
        accuracy = logs.get("val_accuracy")
        if accuracy is None:
            return True
        rank = (float(accuracy), -float(logs["val_loss"]))
        if not rank > self._best:
            return False
        self._best, self.accuracy = rank, float(accuracy)
        return True

    def _save(self):
        if self.path is None:
            return
        try:
            save(self.model, self.path, overwrite=True)
        except OSError as error:
            self.say(
                f"{error}. The training goes on, with the weights of epoch "
                f"{self.epoch} in memory."
            )
        else:
            self.saved_epoch, self._weights = self.epoch, None
