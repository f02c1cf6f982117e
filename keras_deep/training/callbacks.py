"""Callbacks of training: timing, progress, and a stop by the user."""

import contextlib
import signal
import threading
import time

import keras
import numpy as np

from keras_deep.utils.errors import Terminated
from keras_deep.utils.text import print_plain

_KEPT = 1000  # The last steps are enough for a median.


class StepTimer(keras.callbacks.Callback):
    """Measures the median time of the training steps after the first one."""

    def __init__(self):
        super().__init__()
        self.seconds = []
        self._start = None

    def on_train_batch_begin(self, batch, logs=None):
        self._start = time.perf_counter()

    def on_train_batch_end(self, batch, logs=None):
        self.seconds.append(time.perf_counter() - self._start)

    @property
    def median(self):
        """Median seconds per step, or `None` if there was no step."""
        later = sorted(self.seconds[1:] or self.seconds)
        return later[len(later) // 2] if later else None

    def get_state(self):
        """Returns what a resumed training goes on with."""
        return {"seconds": np.array(self.seconds[-_KEPT:])}

    def set_state(self, state):
        """Restores what `get_state` returned."""
        self.seconds = state["seconds"].tolist()


class Progress(keras.callbacks.Callback):
    """Shows a progress bar for every epoch, or a line without a terminal.

    Args:
        epochs: int.
        quiet: bool. Whether nothing is shown, as another worker shows it.
    """

    def __init__(self, epochs, quiet=False):
        super().__init__()
        self.epochs = epochs
        self.quiet = quiet
        self._bar = self._task = None

    def on_epoch_begin(self, epoch, logs=None):
        from rich import progress

        self._bar = progress.Progress(
            progress.TextColumn("{task.description}"),
            progress.BarColumn(),
            progress.MofNCompleteColumn(),
            progress.TimeRemainingColumn(),
            progress.TextColumn("{task.fields[logs]}"),
            transient=True,
        )
        # Without a terminal a bar cannot be redrawn.
        shows = self._bar.console.is_terminal and not self.quiet
        self._bar.disable = not shows
        self._task = self._bar.add_task(
            f"epoch {epoch + 1}/{self.epochs}",
            total=self.params.get("steps"),
            logs="",
        )
        self._bar.start()

    def on_train_batch_end(self, batch, logs=None):
        text = _values(logs, ("loss", "accuracy"))
        # A step may be several batches, and the first not that of the epoch.
        self._bar.update(self._task, completed=batch + 1, logs=text)

    def on_epoch_end(self, epoch, logs=None):
        self.close()
        names = ("loss", "accuracy", "val_loss", "val_accuracy")
        values = _values(logs, names)
        self.say(f"epoch {epoch + 1}/{self.epochs}  {values}")

    def say(self, text):
        """Prints a line above the bar."""
        if self.quiet:
            return
        from rich import console

        shown = console.Console() if self._bar is None else self._bar.console
        print_plain(shown, text)

    def get_state(self):
        """Returns nothing: what is shown follows from the epoch and step."""
        return {}

    def set_state(self, state):
        """Restores nothing."""

    def close(self):
        """Removes the bar."""
        if self._bar is not None:
            self._bar.stop()


def _values(logs, names):
    return "  ".join(
        f"{name.replace('val_', 'validation ')} {logs[name]:.3f}"
        for name in names
        if name in logs
    )


class _StopAtBatchEnd(keras.callbacks.Callback):
    """Raises `KeyboardInterrupt` after a step, never within one.

    After SIGTERM it is the subclass `Terminated`. Where checkpoints are
    written, `ready` is a function that returns whether the last step is in
    one: the training goes on until it is.
    """

    def __init__(self):
        super().__init__()
        self.signal = None
        self.ready = None

    def ask(self, number, frame):
        """Handles a signal."""
        self.signal = number

    def _stop_if_asked(self):
        if self.signal is None or (self.ready and not self.ready()):
            return
        if self.signal == signal.SIGTERM:
            raise Terminated
        raise KeyboardInterrupt

    def on_train_batch_end(self, batch, logs=None):
        self._stop_if_asked()

    def on_test_batch_end(self, batch, logs=None):
        self._stop_if_asked()

    def on_epoch_end(self, epoch, logs=None):
        self._stop_if_asked()


@contextlib.contextmanager
def interruptible():
    """Yields a callback that stops training cleanly after SIGINT or SIGTERM.

    A program that handles SIGTERM itself goes on to do so. Outside the main
    thread, where Python handles no signals, the callback does nothing.
    """
    callback = _StopAtBatchEnd()
    if threading.current_thread() is not threading.main_thread():
        yield callback
        return

    numbers = [signal.SIGINT]
    if signal.getsignal(signal.SIGTERM) == signal.SIG_DFL:
        numbers.append(signal.SIGTERM)
    before = {n: signal.signal(n, callback.ask) for n in numbers}
    try:
        yield callback
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
