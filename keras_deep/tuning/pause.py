"""Ends a training after some of its epochs, so that it can go on later."""

import keras


class Paused(KeyboardInterrupt):
    """A training has had the epochs that it was given."""


class PauseAt(keras.callbacks.Callback):
    """Stops a training when so many epochs are done, with a checkpoint.

    It goes on exactly from there: learning rates follow the schedule of all
    epochs. A training that has no more epochs than that ends as ever.

    Args:
        epochs: int.
    """

    def __init__(self, epochs):
        super().__init__()
        self.epochs = epochs

    def get_state(self):
        """Returns nothing: where to stop is another place every time."""
        return {}

    def set_state(self, state):
        """Restores nothing."""

    def on_epoch_begin(self, epoch, logs=None):
        # The checkpoint is written behind all that end an epoch.
        if epoch >= self.epochs:
            raise Paused
