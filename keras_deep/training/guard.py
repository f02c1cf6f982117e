"""Stops a training whose loss is not finite any more."""

import math

import keras

from keras_deep.utils.errors import Diverged


class Guard(keras.callbacks.Callback):
    """Knows the step that runs, and ends the training at a loss of NaN."""

    def __init__(self):
        super().__init__()
        self.epoch = 0
        self.step = 0
        self.steps = 0

    @property
    def place(self):
        """The last step as words: `"step 3 of epoch 2"`."""
        if not self.epoch:
            return "the first step"
        return f"step {self.step} of epoch {self.epoch} ({self.steps} in all)"

    def get_state(self):
        """Returns what a resumed training goes on with."""
        return {"epoch": self.epoch, "step": self.step, "steps": self.steps}

    def set_state(self, state):
        """Restores what `get_state` returned."""
        vars(self).update(state)

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch, self.step = epoch + 1, 0

    def on_train_batch_end(self, batch, logs=None):
        self.steps += batch + 1 - self.step
        self.step = batch + 1
        loss = (logs or {}).get("loss", 0.0)
        if not math.isfinite(loss):
            raise Diverged(f"loss {loss} in {self.place}")
