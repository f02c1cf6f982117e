"""Finding data files: plain, gzipped or inside a tar archive."""

import pathlib

from keras_deep.formats.archives import read_file
from keras_deep.formats.archives import read_tar


def existing(data_dir):
    """Returns `data_dir` as a path.

    Raises:
        ValueError: if there is nothing at that path.
    """
    path = pathlib.Path(data_dir).expanduser()
    if not path.exists():
        raise ValueError(
            "Expected `data_dir` to be an existing folder or file. "
            f"Received: data_dir={str(data_dir)!r}"
        )
    return path


def find_files(data_dir, names, folders=(), archives=()):
    """Reads files that belong together, wherever they stand.

    They may stand in `data_dir`, in one of `folders` inside it, or in one of
    `archives` there, each as it is or gzipped. `data_dir` may also be an
    archive itself.

    Args:
        data_dir: `pathlib.Path`.
        names: tuple of file names.
        folders: names of folders.
        archives: names of tar files.

    Returns:
        List of pairs of a shown name and the bytes, in the order of `names`,
        or `None` if there is none of the files.

    Raises:
        ValueError: if only some of the files are there, or if one cannot be
            read.
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
    """Returns the file's path, or `None`. `-idx` is also written `.idx`."""
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
