"""One member of a zip file, of which any piece can be read."""

import io
import struct
import zlib
from typing import NamedTuple

from keras_deep.formats.file_part import FilePart
from keras_deep.formats.messages import shown

_CHUNK = 2**16
_LARGE_CHUNK = 2**20


class ZipMember(NamedTuple):
    """One member of a zip file.

    Args:
        path: string, the zip file.
        name: string.
        header: int, where its local header begins.
        packed: int, its bytes in the file.
        size: int, its bytes.
        deflated: whether it is compressed.
        checksum: int, 0 if the writer left it out, as PyTorch may.
        compared: set of the names of the file's members whose checksum was
            compared.
    """

    path: str
    name: str
    header: int
    packed: int
    size: int
    deflated: bool
    checksum: int
    compared: set

    def fill(self, start, out):
        """Reads the bytes from `start` on into a writable memoryview.

        The checksum is compared where this reads to the end from the start,
        or from one that follows the header of an array.

        Raises:
            ValueError: if the file does not have them.
        """
        read = self._inflate if self.deflated else self._copy
        with open(self.path, "rb") as file:
            self._find(file)
            checksum = read(file, start, out)
        whole = start <= _CHUNK and start + len(out) == self.size
        if whole and checksum is not None:
            self._compare(checksum)

    def check(self):
        """Compares the checksum. What is read later is not compared again.

        Raises:
            ValueError: if the member is damaged.
        """
        if self.name in self.compared:
            return
        if self.deflated:
            self.read()
        elif self.size and self.checksum:
            with open(self.path, "rb") as file:
                self._find(file)
                self._compare(_checksum(file, self.size))

    def _compare(self, checksum):
        if self.checksum and checksum != self.checksum:
            self._fail("bytes that do not have its checksum")
        self.compared.add(self.name)

    def read(self):
        """Returns all bytes, a bytearray."""
        content = bytearray(self.size)
        self.fill(0, memoryview(content))
        return content

    def open(self):
        """Returns the bytes as a file to read, at any place at the same cost.

        `zipfile` reads from the beginning to go back. A stored member is read
        where it is, a compressed one into memory. The checksum is compared
        first: HDF5, for one, may hang or crash where bytes are damaged.

        Raises:
            ValueError: if the member is damaged.
        """
        if self.deflated:
            return io.BytesIO(self.read())
        self.check()
        file = open(self.path, "rb")
        try:
            self._find(file)
        except ValueError:
            file.close()
            raise
        return FilePart(file, self.size)

    def _find(self, file):
        """Seeks to the first byte after the local header."""
        file.seek(self.header)
        header = file.read(30)
        if len(header) < 30 or not header.startswith(b"PK\3\4"):
            self._fail("no member where the directory says")
        file.seek(sum(struct.unpack_from("<HH", header, 26)), 1)

    def _copy(self, file, start, out):
        """Returns the checksum of what was read, with the bytes before it."""
        before = file.read(min(start, _CHUNK))
        file.seek(start - len(before), 1)
        if file.readinto(out) < len(out):
            self._fail("fewer bytes than the directory says")
        if self.name in self.compared or not self.checksum:
            return None
        return zlib.crc32(out, zlib.crc32(before))

    def _inflate(self, file, start, out):
        """Returns the checksum of what was read, with the bytes before it."""
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        left = self.packed
        position = -start  # Of the next inflated byte in `out`.
        checksum = 0
        while position < len(out):
            packed = inflater.unconsumed_tail
            if not packed:
                packed = file.read(min(left, _CHUNK))
                left -= len(packed)
            try:
                piece = inflater.decompress(packed, _CHUNK)
            except zlib.error as error:
                self._fail(f"compressed bytes that are damaged ({error})")
            if not piece and not packed:
                self._fail("fewer bytes than the directory says")
            piece = piece[: len(out) - position]
            wanted = piece[max(0, -position) :]
            position += len(piece)
            out[position - len(wanted) : position] = wanted
            checksum = zlib.crc32(piece, checksum)
        return checksum

    def _fail(self, received):
        raise ValueError(
            f"Expected the whole member {shown(self.name)!r} in the zip file "
            f"{self.path!r}. Received: {received}. Download the file again."
        )


def _checksum(file, size):
    """Returns the checksum of the next bytes, in memory for a piece of them."""
    checksum = 0
    piece = memoryview(bytearray(min(size, _LARGE_CHUNK)))
    while count := file.readinto(piece[:size]):
        checksum = zlib.crc32(piece[:count], checksum)
        size -= count
    return checksum
