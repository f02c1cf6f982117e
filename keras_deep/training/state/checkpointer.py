"""Writes checkpoints during a training, and restores the newest one."""

import time

import keras

from keras_deep.training.state.archive import State
from keras_deep.training.state.callbacks import changes
from keras_deep.training.state.callbacks import check_callbacks
from keras_deep.training.state.callbacks import pack_callbacks
from keras_deep.training.state.callbacks import prepare_callbacks
from keras_deep.training.state.options import Every
from keras_deep.training.state.options import Workers
from keras_deep.training.state.shared import from_chief


class Checkpointer(keras.callbacks.Callback):
    """Writes checkpoints, and makes a training go on with the newest one.

    It stands behind all callbacks that have a state, and before the one that
    stops the training at a signal, which waits for it.

    Args:
        trained: `Trained`.
        checkpoints: `Checkpoints`.
        every: `Every`.
        stop: what `interruptible` yields, or `None`.
        workers: `Workers`.
    """

    def __init__(
        self, trained, checkpoints, every=None, stop=None, workers=None
    ):
        super().__init__()
        check_callbacks(trained.callbacks, checkpoints.say)
        self.trained = trained
        self.checkpoints = checkpoints
        self.every = every or Every()
        self.stop = stop
        self.workers = workers or Workers()
        self._state = self._before_test = None
        self._position, self._written = (0, 0), None
        self._steps = 0
        self._begun = self._written_at = time.monotonic()
        if self._waits():
            stop.ready = self._is_written

    @property
    def seconds(self):
        """Seconds of this training, those of its earlier parts included."""
        return time.monotonic() - self._begun

    def resume(self, state, epochs):
        """Restores the variables, and the files of callbacks.

        Every worker calls this before the training begins.

        Args:
            state: `State`, which only the chief needs to have, or `None` for a
                new training.
            epochs: int, epochs of the whole training.

        Returns:
            Epoch, from 0, and number of the steps done in it, where the
            training goes on. The epoch `epochs` means that it had ended.

        Raises:
            ValueError: if the state is that of another model or optimizer.
        """
        if self.workers.broadcast is not None:
            state = from_chief(state, self.workers.broadcast)
        if state is None:
            return self._position
        self.trained.restore_variables(state)
        place = (epochs, 0) if state.facts["stopped"] else state.position
        if self.workers.is_chief:
            self._put_back(state)
            text = _words(place) if place[0] < epochs else "with its end"
            self.checkpoints.say(
                f"The training goes on {text}, from {state.source}."
            )
        self._state = state
        self._position = self._written = state.position
        self._begun -= state.facts["seconds"]
        return place

    def on_train_begin(self, logs=None):
        pack_callbacks(self.trained.callbacks, {})  # Fails now or never.
        if self._state is not None:
            self.trained.restore(self._state)

    def on_epoch_begin(self, epoch, logs=None):
        if self._state is not None and self._state.position[1]:
            # Undoes what beginning the epoch a second time has changed.
            self.trained.restore(self._state, metrics=True)
        self._state = None
        self._position = (epoch, self._position[1])

    def on_train_batch_end(self, batch, logs=None):
        epoch, step = self._position
        self._steps += batch + 1 - step
        self._position = (epoch, batch + 1)
        if self.workers.agree(self._is_due()):
            self._write(self._capture())

    def on_test_begin(self, logs=None):
        if self._waits():
            self._before_test = self._capture(tested=True)

    def on_test_batch_end(self, batch, logs=None):
        if self.workers.agree(self._is_asked()):
            self._write(self._as_before_test())

    def on_test_end(self, logs=None):
        self._before_test = None

    def on_epoch_end(self, epoch, logs=None):
        self._position = (epoch + 1, 0)
        self._write(self._capture())

    def _is_due(self):
        if self.model.stop_training:
            return False  # The epoch ends here, and is not begun again.
        steps, minutes = self.every.steps, self.every.minutes
        late = steps is not None and self._steps >= steps
        if minutes is not None:
            late |= time.monotonic() - self._written_at >= 60 * minutes
        return self.every.within and late or self._is_asked()

    def _is_asked(self):
        asked = self._waits() and self.stop.signal is not None
        return asked and not self._is_written()

    def _waits(self):
        """Returns whether a signal stops the training after a checkpoint."""
        return self.stop is not None and self.every.within

    def _is_written(self):
        return self.model.stop_training or self._written == self._position

    def _capture(self, tested=False):
        """Takes the state, for which all workers may be needed."""
        return self.trained.capture(
            *self._position,
            tested,
            seconds=self.seconds,
            stopped=bool(self.model.stop_training),
        )

    def _as_before_test(self):
        """Returns the state before the validation that is running."""
        now, before = self._capture(), self._before_test
        count = {"variables": now.facts["variables"]}
        facts, arrays = before.facts | count, now.arrays | before.arrays
        return State(facts, arrays)

    def _write(self, state):
        self._written, self._written_at = self._position, time.monotonic()
        self._steps = 0
        if not self.workers.is_chief:
            return
        try:
            self.checkpoints.write(state, self._files())
        except OSError as error:
            self.checkpoints.say(
                f"{error}. The training goes on; a training that is stopped "
                "now is resumed from the checkpoint before, if there is one."
            )

    def _put_back(self, state):
        callbacks, states = self.trained.callbacks, state.facts["callbacks"]
        for sentence in changes(callbacks, states):
            self.checkpoints.say(sentence)
        prepare_callbacks(callbacks, states, state.arrays)
        self.checkpoints.put_back(state, self._files())

    def _files(self):
        """Returns the paths of the files that the states refer to."""
        callbacks = self.trained.callbacks
        held = [c for c in callbacks if hasattr(c, "state_files")]
        return [path for callback in held for path in callback.state_files()]


def _words(position):
    """Returns a position in words, which count from 1."""
    epoch, step = position
    words = f"epoch {epoch + 1}"
    return f"after step {step} of {words}" if step else f"with {words}"
