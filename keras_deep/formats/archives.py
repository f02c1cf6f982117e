"""Reads bytes from gzip files and tar archives."""

import gzip
import pathlib
import tarfile
import zlib

# No file of the data sets is larger; a hostile archive may claim more.
_LARGEST = 2**30


def read_file(path):
    """Reads the bytes of a file, decompressed if its name ends in `.gz`.

    Args:
        path: `pathlib.Path`.

    Raises:
        ValueError: if a gzip file is not complete.
    """
    content = path.read_bytes()
    if path.suffix != ".gz":
        return content
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(
            f"Expected {str(path)!r} to be a complete gzip file. "
            f"Received: {error}"
        ) from error


def read_tar(path, names):
    """Reads files of a tar archive into memory, without extracting it.

    Args:
        path: `pathlib.Path` of an archive, which may be compressed.
        names: iterable of file names, without folders.

    Returns:
        Dict of name to bytes, or to `None` if there is no such file.

    Raises:
        ValueError: if the archive is not complete, or a file in it is larger
            than 1 GiB.
    """
    members = dict.fromkeys(names)
    try:
        with tarfile.open(path) as archive:
            for member in archive:
                name = pathlib.PurePosixPath(member.name).name
                if name not in members or not member.isfile():
                    continue
                if member.size > _LARGEST:
                    raise tarfile.ReadError(f"{name} has {member.size} bytes")
                members[name] = archive.extractfile(member).read()
    except (tarfile.TarError, OSError, EOFError, zlib.error) as error:
        raise ValueError(
            f"Expected {str(path)!r} to be a complete tar archive. "
            f"Received: {error}"
        ) from error
    return members
