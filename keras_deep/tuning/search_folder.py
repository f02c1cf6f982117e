"""The folder of a search: which files it holds, and whose they are."""

import os
import pathlib
import shutil
import socket

from keras_deep.training.run_call import first_difference
from keras_deep.training.state.lock import Lock
from keras_deep.utils.files import check_folder
from keras_deep.utils.files import written_whole
from keras_deep.utils.json_text import json_text
from keras_deep.utils.json_text import parse_json

SEARCH = "search.json"
STATE = "oracle"
TRIALS = "trials"
LOGS = "logs"
BEST_RUN = "best.json"
BEST_MODEL = "best.keras"
TABLE = "trials.csv"
LIST = "trials.json"
COORDINATES = "parallel_coordinates.png"
PROGRESS = "objective_over_time.png"

_FOLDERS = (STATE, TRIALS, LOGS)
_FILES = (SEARCH, BEST_RUN, BEST_MODEL, TABLE, LIST, COORDINATES, PROGRESS)
_WAY_OUT = (
    "Choose another folder, or pass `overwrite=True` (`--force`) to replace it."
)


class SearchFolder:
    """The folder that a search writes to, and goes on from.

    Args:
        path: string or path.

    Raises:
        NotADirectoryError: if `path` or a part of it is a file.
        PermissionError: if nothing can be written there.
    """

    def __init__(self, path):
        self.path = pathlib.Path(path)
        self._lock = Lock(self.path)
        check_folder(self.path, "output")

    def __truediv__(self, name):
        return self.path / name

    def begin(self, facts, overwrite=False):
        """Makes the folder ready for a search.

        Args:
            facts: dict of JSON whose `"call"` says what was called. A search
                that was called as now is continued.
            overwrite: bool. Whether an earlier search may be removed. Other
                files in the folder are left alone.

        Returns:
            Dict, the facts of the search that is continued, or those given.

        Raises:
            FileExistsError: if there is another search, one that runs, or
                something else under a name that is needed.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        recorded = self.read()
        if not self._lock.take():
            process = (recorded or {}).get("process", {})
            raise FileExistsError(
                "Expected `output` to be a folder that no other search writes "
                f"to. Received: output={str(self.path)!r}, where one is "
                f"running: process {process.get('pid')} on "
                f"{process.get('host')}. Choose another folder, or end that "
                "one first."
            )
        try:
            if recorded and not overwrite:
                self._check(recorded["call"], facts["call"])
                facts = {**facts, **recorded}
            else:
                self._clear(mine=bool(recorded))
        except FileExistsError:
            self.close()
            raise
        process = {"host": socket.gethostname(), "pid": os.getpid()}
        self._write({**facts, "process": process})
        return facts

    def read(self):
        """Returns what the search in the folder says of itself, or `None`."""
        try:
            found = parse_json((self.path / SEARCH).read_bytes())
            return found if found["call"] else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def close(self):
        """Lets other searches write to the folder."""
        self._lock.release()

    def _check(self, then, now):
        difference = first_difference(then, now)
        if difference is None:
            return
        place, then, now = difference
        raise FileExistsError(
            "Expected `output` to be a new folder, or one whose search was "
            f"called as now. Received: output={str(self.path)!r}, with "
            f"{place}={then!r} in its {SEARCH}, where this call has {now!r}. "
            f"Call it as then to continue it. {_WAY_OUT}"
        )

    def _clear(self, mine):
        """Removes a search; what no search has made is refused."""
        found = [self / name for name in (*_FOLDERS, *_FILES)]
        found = [path for path in found if path.exists()]
        if found and not mine:
            raise FileExistsError(
                f"Expected `output` to be a folder without a {found[0].name!r}"
                f", or one with a search. Received: output={str(self.path)!r}, "
                f"without a {SEARCH}. Choose another folder."
            )
        # What says that they are ours goes last.
        for path in sorted(found, key=lambda path: path.name == SEARCH):
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    def _write(self, facts):
        with written_whole(self.path / SEARCH) as temporary:
            temporary.write_text(f"{json_text(facts, indent=2)}\n", "utf-8")
