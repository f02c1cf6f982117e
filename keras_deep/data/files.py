"""Finds data files: plain, gzipped or in a tar archive."""

import pathlib

from keras_deep.formats.archives import read_file
from keras_deep.formats.archives import read_tar


def existing(data_dir):
    """Returns `data_dir` as a path.

    Raises:
        ValueError: if the path does not exist.
    """
    path = pathlib.Path(data_dir).expanduser()
    if not path.exists():
        raise ValueError(
            "Expected `data_dir` to be an existing folder or file. "
            f"Received: data_dir={str(data_dir)!r}"
        )
    return path


def find_files(data_dir, names, folders=(), archives=()):
    """Finds and reads a set of files.

    They may be in `data_dir`, in one of its `folders` or in one of its
    `archives`, plain or gzipped. `data_dir` may itself be an archive.

    Args:
        data_dir: `pathlib.Path`.
        names: tuple of file names.
        folders: names of folders.
        archives: names of tar files.

    Returns:
        List of pairs of a name for messages and the bytes, in the order of
        `names`, or `None` if none of the files exists.

    Raises:
        ValueError: if only some of the files exist, or one cannot be read.
    """
    for folder in (data_dir, *(data_dir / name for name in folders)):
        paths = {name: _spelled(folder, name) for name in names}
        if any(paths.values()):
            _refuse_missing(paths, folder)
            return [(str(p), read_file(p)) for p in paths.values()]
    archives = [data_dir / name for name in archives]
    for path in (data_dir, *archives):
        if path.is_file() and ".tar" in path.suffixes:
            members = read_tar(path, names)
            if any(members.values()):
                _refuse_missing(members, path)
                return [(f"{path}: {name}", members[name]) for name in names]
    return None


def _spelled(folder, name):
    """Returns the path of a file, or `None`; accepts `.idx` for `-idx`."""
    for spelling in (name, name.replace("-idx", ".idx")):
        for path in (folder / spelling, folder / f"{spelling}.gz"):
            if path.is_file():
                return path
    return None


def _refuse_missing(found, place):
    missing = [name for name, value in found.items() if not value]
    if missing:
        raise ValueError(
            f"Expected {list(found)} in {str(place)!r}. Missing: {missing}"
        )
