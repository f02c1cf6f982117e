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

    If the block raises, nothing is written and an existing file is kept.

    Args:
        path: `pathlib.Path` of a file, or of a folder that does not exist.

    Raises:
        OSError: if the disk is full or fails; it names `path`.
    """
    path = pathlib.Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(
            dir=path.parent, prefix=f".{path.name}-"
        ) as folder:
            temporary = pathlib.Path(folder) / path.name
            yield temporary
            os.replace(temporary, path)
    except OSError as error:
        if error.errno not in _DISK:
            raise
        # The system names no file, or one that is gone now.
        reason = os.strerror(error.errno)
        raise OSError(error.errno, reason, str(path)) from error


def refuse_existing(path, way_out):
    """Refuses to overwrite a file or folder.

    Raises:
        FileExistsError: if `path` exists; the message ends with `way_out`.
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
        expected: string, the kind of file, for the message.

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
