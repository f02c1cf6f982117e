"""The folder of a run: which files it holds, and what a call makes of them."""

import os
import pathlib
import shutil
import socket

from keras_deep.training.run_call import first_difference
from keras_deep.training.state.checkpoints import Checkpoints
from keras_deep.training.state.lock import Lock
from keras_deep.utils.files import check_folder
from keras_deep.utils.files import written_whole
from keras_deep.utils.json_text import json_text
from keras_deep.utils.json_text import parse_json

# Nothing else in the folder belongs to a run.
BEST = "best.keras"
LAST = "last.keras"
RESULT = "result.json"
HISTORY = "history.csv"
CURVE = "learning_curve.png"
RUN = "run.json"
LOGS = "logs"
CHECKPOINTS = "checkpoints"

_FILES = (RESULT, BEST, LAST, HISTORY, CURVE, RUN)
_EVENTS = "events.out.tfevents.*"
_WAY_OUT = (
    "Choose another folder, or pass `overwrite=True` (`--force`) to replace it."
)


class RunFolder:
    """The folder that a run writes to.

    What an existing folder means is decided here, before any work:

    - without files of a run it is a new one's;
    - an unfinished run that was called as now is continued: `recorded` is what
      it wrote about itself, and `begin` returns its newest checkpoint. Where
      none is whole it begins anew, and draws its seeds anew;
    - an unfinished run that was called otherwise, a finished one, and one that
      wrote nothing about itself are refused. With `overwrite` they are
      removed by `begin`, so that no files of two runs stand side by side.

    Other files in the folder are left alone.

    Args:
        path: string or path.
        overwrite: bool. Whether the files of an earlier run may be replaced.
        call: dict, see `call_of`, or `None` if no run can be continued.
        say: function of a string that tells the user.

    Raises:
        FileExistsError: if there is a run that this call does not continue.
        NotADirectoryError: if `path` or a part of it is a file.
        PermissionError: if nothing can be written there.
    """

    def __init__(self, path, overwrite=False, call=None, say=print):
        self.path = pathlib.Path(path)
        self.call = call
        self.checkpoints = Checkpoints(self.path / CHECKPOINTS, say=say)
        self.recorded = self._state = None
        self._begun = False
        self._lock = Lock(self.path)
        check_folder(self.path, "output")
        if self._holds() and not overwrite:
            recorded = self._unfinished()
            self._state = self.checkpoints.newest() if recorded else None
            self.recorded = recorded if self._state else None

    def __truediv__(self, name):
        return self.path / name

    @property
    def data_seed(self):
        """The seed of the data of the run that is continued, or `None`."""
        training = (self.recorded or {}).get("training") or {}
        return training.get("data", {}).get("seed")

    def begin(self, card=None):
        """Makes the folder ready for this run.

        Args:
            card: `Card` of the model, which `run.json` is to hold, or `None`
                for no such file.

        Returns:
            `State` that the run goes on with, or `None` if it begins.

        Raises:
            FileExistsError: if another process is training there.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        self._take_lock()
        self._begun = True
        state, self._state = self._state, None
        if state is None:
            self._clear()
        else:
            (self.path / LAST).unlink(missing_ok=True)
        for name in _FILES:  # What a killed run has left half written.
            for path in self.path.glob(f".{name}-*"):
                shutil.rmtree(path, ignore_errors=True)
        if card is not None:
            self._write(card)
        return state

    def finish(self):
        """Removes what only an unfinished run needs."""
        self.checkpoints.remove()
        self.close()

    def close(self):
        """Lets other trainings write to the folder."""
        if self._begun and not self._holds():
            self._clear()  # There is nothing to go on with.
        self._lock.release()

    def _holds(self):
        """Returns whether the folder holds more than the start of a run."""
        found = {*self._earlier()}
        if self / RUN in found:
            found -= {self / RUN, *self._events()}
        return bool(found)

    def _unfinished(self):
        """Returns what the run in the folder wrote about itself."""
        recorded, finished = self._read(), (self / RESULT).exists()
        if recorded is None or self.call is None or finished:
            found = [p.relative_to(self.path) for p in self._earlier()]
            raise FileExistsError(
                "Expected `output` to be a folder without a run. Received: "
                f"output={str(self.path)!r}, which holds {_listed(found)} of "
                f"a run{'' if finished else ' that did not end'}. {_WAY_OUT}"
            )
        difference = first_difference(recorded["training"]["call"], self.call)
        if difference is None:
            return recorded
        place, then, now = difference
        raise FileExistsError(
            "Expected `output` to be a new folder, or one whose unfinished run "
            f"was called as now. Received: output={str(self.path)!r}, with "
            f"{place}={then!r} in its {RUN}, where this call has {now!r}. "
            f"Call it as then to continue it. {_WAY_OUT}"
        )

    def _read(self):
        try:
            recorded = parse_json((self.path / RUN).read_bytes())
            return recorded if recorded["training"]["call"] else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _write(self, card):
        facts = card.to_dict()
        process = {"host": socket.gethostname(), "pid": os.getpid()}
        facts["training"] |= {"call": self.call, "process": process}
        with written_whole(self.path / RUN) as temporary:
            temporary.write_text(f"{json_text(facts, indent=2)}\n", "utf-8")

    def _take_lock(self):
        if self._lock.take():
            return
        process = (self._read() or {}).get("training", {}).get("process", {})
        if process.get("pid") == os.getpid():
            return  # Of a call before that has raised an error.
        raise FileExistsError(
            "Expected `output` to be a folder that no other training writes "
            f"to. Received: output={str(self.path)!r}, where one is running: "
            f"process {process.get('pid')} on {process.get('host')}. Choose "
            "another folder, or end that one first."
        )

    def _clear(self):
        for path in self._earlier():
            path.unlink(missing_ok=True)
        self.checkpoints.remove()

    def _earlier(self):
        found = [path for n in _FILES if (path := self.path / n).is_file()]
        return [*found, *self._events(), *self.checkpoints.paths()]

    def _events(self):
        return sorted((self.path / LOGS).rglob(_EVENTS))


def _listed(names):
    shown = [str(name) for name in names[:3]]
    more = len(names) - len(shown)
    if more:
        shown.append(f"{more} more")
    return " and ".join([", ".join(shown[:-1]), shown[-1]][-len(shown) :])
