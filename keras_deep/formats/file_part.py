"""A part of a file, read as a file of its own."""

import io


class FilePart(io.RawIOBase):
    """The next bytes of a file, as a file.

    Args:
        file: file, which is closed with this one.
        size: int.
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
