"""The folder of a run: which files it holds and when they may be replaced."""

import pathlib

from keras_deep.utils.files import check_folder

# Nothing else in the folder belongs to a run.
BEST = "best.keras"
LAST = "last.keras"
RESULT = "result.json"
HISTORY = "history.csv"
CURVE = "learning_curve.png"
LOGS = "logs"

_EVENTS = "events.out.tfevents.*"


class RunFolder:
    """The folder that a run writes to.

    A folder that holds any file of an earlier run, which may have ended, been
    interrupted or crashed, is refused unless `overwrite` is set; then `begin`
    removes these files, so that none of two runs stand side by side. Other
    files in the folder are left alone.

    Args:
        path: string or path.
        overwrite: bool. Whether the files of an earlier run may be replaced.

    Raises:
        FileExistsError: if there are such files and `overwrite` is not set.
        NotADirectoryError: if `path` or a part of it is a file.
        PermissionError: if nothing can be written there.
    """

    def __init__(self, path, overwrite=False):
        self.path = pathlib.Path(path)
        check_folder(self.path, "output")
        found = [p.relative_to(self.path) for p in self._earlier()]
        if found and not overwrite:
            finished = (self.path / RESULT).exists()
            run = "a run" if finished else "a run that did not end"
            raise FileExistsError(
                "Expected `output` to be a folder without a run. Received: "
                f"output={str(path)!r}, which holds {_listed(found)} of {run}. "
                "Choose another folder, or pass `overwrite=True` (`--force`) "
                "to replace it."
            )

    def __truediv__(self, name):
        return self.path / name

    def begin(self):
        """Makes the folder, without the files of an earlier run."""
        self.path.mkdir(parents=True, exist_ok=True)
        for path in self._earlier():
            path.unlink()

    def _earlier(self):
        files = (self.path / n for n in (RESULT, BEST, LAST, HISTORY, CURVE))
        found = [path for path in files if path.is_file()]
        return [*found, *sorted((self.path / LOGS).rglob(_EVENTS))]


def _listed(names):
    shown = [str(name) for name in names[:3]]
    more = len(names) - len(shown)
    if more:
        shown.append(f"{more} more")
    return " and ".join([", ".join(shown[:-1]), shown[-1]][-len(shown) :])
