"""Ends a training after a number of steps, within an epoch."""

import keras


def last_place(iterations, batches, accumulate_steps=1):
    """Returns where a training has updated the weights so often.

    It follows from numbers that all workers have, so that they stop together.

    Args:
        iterations: int, updates from the beginning of the first epoch on.
        batches: int, those of an epoch.
        accumulate_steps: int, batches of an update. The rest of an epoch
            makes one, too.

    Returns:
        Epoch, from 0, and how many of its batches are trained on.
    """
    updates = -(-batches // accumulate_steps)
    epoch, before = divmod(iterations - 1, updates)
    return epoch, min(batches, (before + 1) * accumulate_steps)


class StopAfter(keras.callbacks.Callback):
    """Stops `Model.fit` at a place; our own loop needs no callback for it.

    Args:
        epoch: int, from 0.
        batches: int, how many of that epoch are trained on. Several in one
            execution are not divided.
    """

    def __init__(self, epoch, batches):
        super().__init__()
        self._epoch, self._batches = epoch, batches
        self._left = None

    def on_epoch_begin(self, epoch, logs=None):
        self._left = self._batches if epoch == self._epoch else None

    def on_train_batch_end(self, batch, logs=None):
        if self._left is not None and batch + 1 >= self._left:
            self.model.stop_training = True
