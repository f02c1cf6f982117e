"""Checks that files exist, or do not, and atomic writes."""

import contextlib
import errno
import os
import pathlib
import tempfile

# What a write meets on a disk that has no room, or none for this user.
_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS)


@contextlib.contextmanager
def written_whole(path):
    """Yields a temporary path that replaces `path` at the end.

    If the block raises, nothing is written, no folder is left that was made
    for it, and an existing file is kept.

    Args:
        path: `pathlib.Path` of a file, or of a folder that does not exist.

    Raises:
        OSError: if the disk is full or fails; it names `path`.
    """
    path = pathlib.Path(path)
    try:
        with (
            _folder_of(path),
            tempfile.TemporaryDirectory(
                dir=path.parent, prefix=f".{path.name}-"
            ) as folder,
        ):
            temporary = pathlib.Path(folder) / path.name
            yield temporary
            os.replace(temporary, path)
    except OSError as error:
        if error.errno not in _DISK:
            raise
        # The system names no file, or one that is gone now.
        reason = os.strerror(error.errno)
        raise OSError(error.errno, reason, str(path)) from error


@contextlib.contextmanager
def _folder_of(path):
    """Makes the folder of a path; an error removes what was made for it."""
    made = [parent for parent in path.parents if not parent.exists()]
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        for folder in made:
            with contextlib.suppress(OSError):  # Somebody else uses it.
                folder.rmdir()
        raise


def check_new_file(path, name, overwrite=False, way_out=""):
    """Refuses a path that no file can be written to, before long work.

    Args:
        path: string or path.
        name: string, the argument, for the messages.
        overwrite: bool. Whether an existing file may be replaced.
        way_out: string, the end of the message about an existing file.

    Raises:
        IsADirectoryError: if `path` is a folder.
        FileExistsError: if the file exists and `overwrite` is not set.
        NotADirectoryError: if a part of the path is a file.
        PermissionError: if nothing can be written there.
    """
    if os.path.isdir(path):
        raise IsADirectoryError(
            f"Expected `{name}` to be a file. Received: {str(path)!r}, which "
            "is a folder."
        )
    if not overwrite:
        refuse_existing(path, way_out)
    _check_parents(path, name)


def check_folder(path, name):
    """Refuses a path that is not, and cannot become, a folder to write to.

    Args:
        path: string or path.
        name: string, the argument, for the messages.

    Raises:
        NotADirectoryError: if `path` or a part of it is a file.
        PermissionError: if nothing can be written there.
    """
    if os.path.exists(path) and not os.path.isdir(path):
        raise NotADirectoryError(
            f"Expected `{name}` to be a folder. Received: {str(path)!r}, "
            "which is a file."
        )
    _check_parents(path, name, (path,))


def _check_parents(path, name, first=()):
    folders = (*first, *pathlib.Path(path).parents)
    parent = pathlib.Path(next(p for p in folders if os.path.exists(p)))
    if not parent.is_dir():
        raise NotADirectoryError(
            f"Expected `{name}` to be a path in a folder. Received: "
            f"{str(path)!r}, where {str(parent)!r} is a file."
        )
    if not os.access(parent, os.W_OK | os.X_OK):
        raise PermissionError(
            f"Expected `{name}` to be where files can be written. Received: "
            f"{str(path)!r}, where {str(parent)!r} does not allow it."
        )


def refuse_existing(path, way_out):
    """Refuses to overwrite a file or folder.

    Raises:
        FileExistsError: if `path` exists; the message ends with `way_out`.
    """
    if os.path.exists(path):
        raise FileExistsError(
            f"Expected a new path. Received: {str(path)!r}, which exists. "
            f"{way_out}"
        )


def existing_file(path, expected):
    """Returns the `pathlib.Path` of a file that must exist.

    Args:
        path: string or path.
        expected: string, the kind of file, for the message.

    Raises:
        FileNotFoundError: if there is no such file.
        PermissionError: if it may not be read.
    """
    if os.path.isdir(path) or not os.path.exists(path):
        is_folder = os.path.isdir(path)
        what = "is a folder" if is_folder else "does not exist"
        raise FileNotFoundError(
            f"Expected {expected}. Received: {str(path)!r}, which {what}."
        )
    if not os.access(path, os.R_OK):
        raise PermissionError(
            f"Expected {expected}. Received: {str(path)!r}, which may not be "
            "read."
        )
    return pathlib.Path(path)
