"""What a run writes about its epochs, all counted from 1."""

import csv
import io

import keras

from keras_deep.training.run_folder import HISTORY
from keras_deep.training.run_folder import LOGS
from keras_deep.utils.files import written_whole


class HistoryFile(keras.callbacks.Callback):
    """Writes a table of all epochs, whole after every epoch.

    Args:
        path: `pathlib.Path` of the `.csv` file.
        say: function of a string that tells the user.
    """

    def __init__(self, path, say=print):
        super().__init__()
        self.path = path
        self.say = say
        self._rows = []

    def get_state(self):
        """Returns what a resumed training goes on with."""
        return {"rows": self._rows}

    def set_state(self, state):
        """Restores what `get_state` returned, and the table of then."""
        self._rows = state["rows"]
        if self._rows:
            self._try_to_write()
        else:
            self.path.unlink(missing_ok=True)

    def on_epoch_end(self, epoch, logs=None):
        self._rows.append({**(logs or {}), "epoch": epoch + 1})
        self._try_to_write()

    def _try_to_write(self):
        try:
            self.write()
        except OSError as error:
            self.say(f"{error}. The training goes on.")

    def close(self):
        """Does nothing: no file stays open."""

    def write(self):
        """Writes the table."""
        names = {name for row in self._rows for name in row} - {"epoch"}
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, ["epoch", *sorted(names)])
        writer.writeheader()
        writer.writerows(self._rows)
        with written_whole(self.path) as temporary:
            temporary.write_text(text.getvalue(), newline="")


def logging(folder, say):
    """Returns the callbacks that write `history.csv` and TensorBoard's logs.

    Args:
        folder: `RunFolder`, or `None` to write nothing.
        say: function of a string that tells the user.
    """
    if folder is None:
        return []
    table = HistoryFile(folder / HISTORY, say)
    try:
        import tensorboard  # noqa: F401
        import tensorflow  # noqa: F401
    except ImportError:
        return [table]  # The extra `tensorboard` is optional.
    return [table, _Events(str(folder / LOGS), write_graph=False)]


class _Events(keras.callbacks.TensorBoard):
    """Keras's own, which counts the epochs from 0, counting from 1."""

    _open = False

    def on_train_begin(self, logs=None):
        super().on_train_begin(logs)
        self._open = True

    def on_train_end(self, logs=None):
        super().on_train_end(logs)
        self._open = False

    def close(self):
        """Closes the files, which Keras leaves open after an error."""
        if self._open:
            self.on_train_end()

    def on_epoch_end(self, epoch, logs=None):
        super().on_epoch_end(epoch + 1, logs)
