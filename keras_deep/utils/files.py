"""Files that must exist, must not, or are written whole."""

import contextlib
import os
import pathlib
import tempfile


@contextlib.contextmanager
def written_whole(path):
    """Gives a temporary path beside `path` that takes its place at the end.

    If the work in between fails, nothing is left and an existing file is
    kept.

    Args:
        path: `pathlib.Path` of a file, or of a folder that does not exist.
    """
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(
        dir=path.parent, prefix=f".{path.name}-"
    ) as folder:
        temporary = pathlib.Path(folder) / path.name
        yield temporary
        os.replace(temporary, path)


def refuse_existing(path, way_out):
    """Refuses to overwrite.

    Raises:
        FileExistsError: if `path` exists; `way_out` ends the message.
    """
    if pathlib.Path(path).exists():
        raise FileExistsError(
            f"Expected a new path. Received: {str(path)!r}, which exists. "
            f"{way_out}"
        )


def existing_file(path, expected):
    """Returns the `pathlib.Path` of a file that must exist.

    Args:
        path: string or path.
        expected: string, what it is a file of, for the message.

    Raises:
        FileNotFoundError: if there is no such file.
    """
    path = pathlib.Path(path)
    if not path.is_file():
        raise FileNotFoundError(
            f"Expected {expected}. Received: {str(path)!r}, which does not "
            "exist."
        )
    return path
