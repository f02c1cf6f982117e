"""Callbacks of training: best weights, timing, progress, interruption."""

import contextlib
import signal
import threading
import time

import keras

from keras_deep.models.saving import save


class BestWeights(keras.callbacks.Callback):
    """Keeps the weights of the epoch with the best validation accuracy.

    The validation loss breaks ties. Without validation images the last epoch
    counts as the best.

    Args:
        path: `pathlib.Path` of the `.keras` file to write, or `None` to keep
            the weights in memory.
    """

    def __init__(self, path=None):
        super().__init__()
        self.path = path
        self.epoch = None
        self.accuracy = None
        self._best = (-1.0, 0.0)
        self._weights = None

    def on_epoch_end(self, epoch, logs=None):
        accuracy = logs.get("val_accuracy")
        if accuracy is not None:
            rank = (float(accuracy), -float(logs["val_loss"]))
            if rank <= self._best:
                return
            self._best, self.accuracy = rank, float(accuracy)
        self.epoch = epoch + 1
        if self.path is None:
            self._weights = self.model.get_weights()
        else:
            save(self.model, self.path, overwrite=True)

    def restore(self):
        """Restores the best weights in the model."""
        if self.epoch is None:
            return
        if self.path is None:
            self.model.set_weights(self._weights)
        else:
            self.model.load_weights(self.path)


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
        """Median seconds per step."""
        later = sorted(self.seconds[1:] or self.seconds)
        return later[len(later) // 2]


class Progress(keras.callbacks.Callback):
    """Shows a progress bar for every epoch, or a line without a terminal."""

    def __init__(self, epochs):
        super().__init__()
        self.epochs = epochs
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
        self._bar.disable = not self._bar.console.is_terminal
        self._task = self._bar.add_task(
            f"epoch {epoch + 1}/{self.epochs}",
            total=self.params.get("steps"),
            logs="",
        )
        self._bar.start()

    def on_train_batch_end(self, batch, logs=None):
        text = f"loss {logs['loss']:.3f}  accuracy {logs['accuracy']:.3f}"
        self._bar.update(self._task, advance=1, logs=text)

    def on_epoch_end(self, epoch, logs=None):
        self.close()
        values = "  ".join(
            f"{name.replace('val_', 'validation ')} {logs[name]:.3f}"
            for name in ("loss", "accuracy", "val_loss", "val_accuracy")
            if name in logs
        )
        self._bar.console.print(
            f"epoch {epoch + 1}/{self.epochs}  {values}",
            highlight=False,
            soft_wrap=True,
        )

    def close(self):
        """Removes the bar."""
        if self._bar is not None:
            self._bar.stop()


class _StopAtBatchEnd(keras.callbacks.Callback):
    """Raises `KeyboardInterrupt` after a step, never within one."""

    def __init__(self):
        super().__init__()
        self.asked = False

    def on_train_batch_end(self, batch, logs=None):
        if self.asked:
            raise KeyboardInterrupt


@contextlib.contextmanager
def interruptible():
    """Yields a callback that stops training cleanly after SIGINT.

    Outside the main thread, where Python handles no signals, the callback does
    nothing.
    """
    callback = _StopAtBatchEnd()
    if threading.current_thread() is not threading.main_thread():
        yield callback
        return

    def ask(*_):
        callback.asked = True

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield callback
    finally:
        signal.signal(signal.SIGINT, before)
