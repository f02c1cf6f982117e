"""Ends a training after a number of steps, within an epoch."""

import keras


class StopAfter(keras.callbacks.Callback):
    """Stops when the weights have been updated so often.

    The updates before are those that the optimizer counts, which are right in
    a run that was continued, too.

    Args:
        iterations: int.
        accumulate_steps: int, batches of an update.
    """

    def __init__(self, iterations, accumulate_steps=1):
        super().__init__()
        self.iterations = iterations
        self.accumulate_steps = accumulate_steps
        self._left = None

    def get_state(self):
        """Returns what a resumed training goes on with."""
        return {"left": self._left}

    def set_state(self, state):
        """Restores what `get_state` returned."""
        self._left = state["left"]

    def on_epoch_begin(self, epoch, logs=None):
        iterations = self.model.optimizer.iterations
        done = int(keras.ops.convert_to_numpy(iterations))
        self._left = (self.iterations - done) * self.accumulate_steps

    def on_train_batch_end(self, batch, logs=None):
        if batch + 1 >= self._left:
            self.model.stop_training = True
