"""The newest states of a training, as files that are whole or not there."""

import contextlib
import dataclasses
import os
import pathlib
import re
import shutil

from keras_deep.training.state import archive
from keras_deep.utils.files import written_whole

_NAME = re.compile(r"epoch(\d{6,})-step(\d{9,})\.npz")
_FILES = "files"


class Checkpoints:
    """A folder of states, of which the newest are kept.

    Args:
        folder: `pathlib.Path`. It is made when the first one is written.
        keep: int, how many are kept.
        say: function of a string that tells the user.
    """

    def __init__(self, folder, keep=3, say=print):
        self.folder = pathlib.Path(folder)
        self.keep = keep
        self.say = say

    def write(self, state, files=()):
        """Writes a state, and then removes those that are not kept.

        Those of later positions, which an earlier run has left, are removed,
        too.

        Args:
            state: `State`.
            files: sequence of `pathlib.Path`, files that go with it as they
                are now, whatever replaces them later.

        Raises:
            OSError: if it cannot be written. Nothing has been removed then.
        """
        path = self.folder / _name(state.position)
        self.folder.mkdir(parents=True, exist_ok=True)
        held = [file for file in files if file.exists()]
        facts = {**state.facts, _FILES: [file.name for file in held]}
        state = dataclasses.replace(state, facts=facts)
        for file in held:
            _keep_file(file, _companion(path, file))
        with written_whole(path) as temporary:
            with open(temporary, "wb") as file:
                archive.write(file, state)
                file.flush()
                os.fsync(file.fileno())
        _sync_folder(self.folder)
        self._prune(path)

    def newest(self):
        """Returns the newest `State` that is whole, or `None`.

        What a killed run has left half written is removed.
        """
        self._sweep()
        for path in reversed(self._paths()):
            try:
                return archive.read(path, str(path))
            except archive.Damaged as error:
                self.say(f"{error}. It is skipped.")
        return None

    def put_back(self, state, files):
        """Makes files what they were when a state was written.

        Args:
            state: `State` that `newest` returned.
            files: as in `write`. Those that there were not are removed.
        """
        for file in files:
            kept = _companion(pathlib.Path(state.source), file)
            if file.name not in state.facts[_FILES]:
                file.unlink(missing_ok=True)
            elif not kept.exists():
                self.say(f"{kept} is missing: {file} stays as it is.")
            elif not (file.exists() and os.path.samefile(kept, file)):
                with written_whole(file) as temporary:
                    _link(kept, temporary)

    def remove(self):
        """Removes all states, and the folder unless something else is in it."""
        self._prune(None)
        with contextlib.suppress(OSError):
            self.folder.rmdir()

    def paths(self):
        """Returns a list of the paths of all files of states."""
        return [*self._paths(), *self._companions()]

    def _paths(self):
        """Returns the paths of the states, the newest last."""
        found = {}
        for path in self.folder.glob("*.npz"):
            match = _NAME.fullmatch(path.name)
            if match:
                found[tuple(map(int, match.groups()))] = path
        return [found[position] for position in sorted(found)]

    def _companions(self):
        found = self.folder.glob("epoch*-step*.npz.*")
        return [p for p in found if _NAME.match(p.name)]

    def _prune(self, newest):
        """Removes all but the newest ones up to the one just written."""
        paths = self._paths()
        end = paths.index(newest) + 1 if newest else 0
        kept = paths[max(0, end - self.keep) : end]
        names = tuple(f"{path.name}." for path in kept)
        for path in {*paths} - {*kept}:
            _remove(path)
        for path in self._companions():
            if not path.name.startswith(names):
                _remove(path)
        self._sweep()

    def _sweep(self):
        """Removes what is only half written."""
        for path in self.folder.glob(".epoch*-step*"):
            shutil.rmtree(path, ignore_errors=True)


def _name(position):
    return "epoch{:06d}-step{:09d}.npz".format(*position)


def _companion(path, file):
    return path.with_name(f"{path.name}.{file.name}")


def _keep_file(file, kept):
    """Keeps the content of a file under a second name, on the disk for sure."""
    with written_whole(kept) as temporary:
        _link(file, temporary)
        with open(temporary, "rb") as opened:
            os.fsync(opened.fileno())


def _link(file, name):
    """Gives a file a second name, as a copy where the disk knows no links."""
    try:
        os.link(file, name)
    except OSError:
        shutil.copy2(file, name)


def _remove(path):
    with contextlib.suppress(OSError):
        path.unlink()


def _sync_folder(folder):
    """Makes a new name last through a loss of power, where that is known."""
    with contextlib.suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
