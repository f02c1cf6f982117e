"""A member of a zip file with random access."""

import io
import struct
import zlib
from typing import NamedTuple

from keras_deep.formats.file_part import FilePart
from keras_deep.formats.messages import shown

_CHUNK = 2**16
_LARGE_CHUNK = 2**20


class ZipMember(NamedTuple):
    """A member of a zip file.

    Args:
        path: string, the zip file.
        name: string.
        header: int, offset of its local header.
        packed: int, its compressed size in bytes.
        size: int, its size in bytes.
        deflated: bool. Whether it is compressed.
        checksum: int, the CRC-32, or 0 if the writer omitted it, as PyTorch
            may.
        compared: set of names of the file's members whose checksum has been
            verified.
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
        """Reads bytes from `start` into a writable memoryview.

        The checksum is verified if this reads to the end, from the start or
        from the end of an array's header.

        Raises:
            ValueError: if the file is too short or damaged.
        """
        read = self._inflate if self.deflated else self._copy
        with open(self.path, "rb") as file:
            self._find(file)
            checksum = read(file, start, out)
        whole = start <= _CHUNK and start + len(out) == self.size
        if whole and checksum is not None:
            self._compare(checksum)

    def check(self):
        """Verifies the checksum, once for this and later reads.

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
        """Reads all bytes as a bytearray."""
        content = bytearray(self.size)
        self.fill(0, memoryview(content))
        return content

    def open(self):
        """Opens the member as a file object with fast seeking.

        `zipfile` seeks backwards by reading from the start. A stored member is
        read in place, a compressed one is inflated into memory. The checksum is
        verified first: HDF5 may hang or crash on damaged bytes.

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
        """Reads into `out`; returns the checksum with the bytes before it."""
        before = file.read(min(start, _CHUNK))
        file.seek(start - len(before), 1)
        if file.readinto(out) < len(out):
            self._fail("fewer bytes than the directory says")
        if self.name in self.compared or not self.checksum:
            return None
        return zlib.crc32(out, zlib.crc32(before))

    def _inflate(self, file, start, out):
        """Inflates into `out`; returns the checksum with the bytes before."""
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        left = self.packed
        position = -start  # Index in `out` of the next inflated byte.
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
    """Computes the checksum of the next bytes, in chunks."""
    checksum = 0
    piece = memoryview(bytearray(min(size, _LARGE_CHUNK)))
    while count := file.readinto(piece[:size]):
        checksum = zlib.crc32(piece[:count], checksum)
        size -= count
    return checksum
