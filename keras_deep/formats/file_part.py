"""A part of a file as a file object."""

import io


class FilePart(io.RawIOBase):
    """The next bytes of a file, as a read-only file object.

    Args:
        file: file object, which is closed with this one.
        size: int, number of bytes.
    """

    def __init__(self, file, size):
        self._file = file
        self._start, self._size = file.tell(), size

    def readable(self):
        return True

    def seekable(self):
        return True

    def seek(self, offset, whence=io.SEEK_SET):
        base = (self._start, self._file.tell(), self._start + self._size)
        return self._file.seek(base[whence] + offset) - self._start

    def readinto(self, out):
        left = max(0, self._start + self._size - self._file.tell())
        return self._file.readinto(memoryview(out)[:left])

    def close(self):
        self._file.close()
        super().close()
