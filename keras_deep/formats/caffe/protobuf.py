"""Reads protobuf's wire format without a schema and without copying."""

import dataclasses
from typing import Any
from typing import NamedTuple

import numpy as np

from keras_deep.utils.files import existing_file

VARINT = 0
FIXED64 = 1
BYTES = 2
FIXED32 = 5
_WIDTHS = {FIXED64: 8, FIXED32: 4}
_FIRST_LOOK = 16


@dataclasses.dataclass(frozen=True)
class Span:
    """A part of a file, such as a nested message.

    Args:
        content: `memoryview` of the whole file.
        source: string, the file, for messages.
        start: int, offset of its first byte.
        end: int, offset after its last byte.
    """

    content: memoryview
    source: str
    start: int
    end: int

    def array(self):
        """Returns the bytes as a NumPy array, without copying them."""
        return np.frombuffer(
            self.content, "u1", self.end - self.start, self.start
        )

    def text(self):
        """Returns the bytes as a string.

        Raises:
            ValueError: if they are not UTF-8.
        """
        try:
            return bytes(self.content[self.start : self.end]).decode()
        except UnicodeDecodeError:
            raise self.error("text", "other bytes") from None

    def error(self, expected, received, at=None):
        """Returns a `ValueError` that names file and offset."""
        return ValueError(
            f"Expected {expected}. Received: {received} in {self.source!r}, "
            f"byte {self.start if at is None else at}"
        )


class WireField(NamedTuple):
    """One field of a message.

    Args:
        number: int, its field number in the schema.
        kind: int, `VARINT`, `FIXED64`, `BYTES` or `FIXED32`.
        value: int for `VARINT`, `Span` for `BYTES`; else an array of bytes of
            shape `(n, 8)` or `(n, 4)`, as several in a row are merged.
        at: int, its offset in the file.
    """

    number: int
    kind: int
    value: Any
    at: int


def open_message(path):
    """Memory-maps a file of one message.

    Args:
        path: string or path.

    Returns:
        `Span` of the whole file.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if it is empty.
    """
    path = existing_file(path, "a file")
    size = path.stat().st_size
    if size == 0:
        raise ValueError(
            f"Expected a file with content. Received: {str(path)!r}, which "
            "is empty."
        )
    content = memoryview(np.memmap(path, mode="r"))
    return Span(content, str(path), 0, size)


def fields(message):
    """Yields the fields of a message in the order of the file.

    Args:
        message: `Span`.

    Yields:
        `WireField`.

    Raises:
        ValueError: if it is no message; names file and offset.
    """
    at = message.start
    while at < message.end:
        key, position = _varint(message, at)
        number, kind = key >> 3, key & 7
        if number == 0:
            raise message.error("a protobuf message", "field number 0", at)
        if kind == VARINT:
            value, end = _varint(message, position)
        elif kind == BYTES:
            length, start = _varint(message, position)
            end = _within(message, start, length, at)
            value = dataclasses.replace(message, start=start, end=end)
        elif kind in _WIDTHS:
            width = _WIDTHS[kind]
            _within(message, position, width, at)
            value = _run(message, at, position, width)
            end = position + (width + position - at) * (len(value) - 1) + width
        else:
            raise message.error("a protobuf message", f"wire type {kind}", at)
        yield WireField(number, kind, value, at)
        at = end


def varints(message):
    """Returns the list of numbers in the `Span` of a packed field."""
    values = []
    at = message.start
    while at < message.end:
        value, at = _varint(message, at)
        values.append(value)
    return values


def _varint(message, at):
    """Decodes the number at offset `at`; returns it and the next offset."""
    value = 0
    for i in range(10):
        if at + i >= message.end:
            received = "its end inside a number"
            raise message.error("a whole protobuf message", received, at)
        byte = message.content[at + i]
        value |= (byte & 127) << 7 * i
        if byte < 128:
            return value & (2**64 - 1), at + i + 1
    raise message.error("a protobuf message", "an endless number", at)


def _within(message, start, length, at):
    """Returns the end of a field's value; checks it is in the message."""
    if length > message.end - start:
        raise message.error(
            "a whole protobuf message",
            f"a field of {length} bytes where {message.end - start} are left",
            at,
        )
    return start + length


def _run(message, at, position, width):
    """Returns the values of consecutive fields with the same key.

    In a list that is not packed each number has its own key. There may be
    millions: one at a time would take too long.
    """
    step = position - at + width
    count = (message.end - at) // step
    end = at + count * step
    records = dataclasses.replace(message, start=at, end=end).array()
    records = records.reshape(count, step)
    key = records[0, :-width]
    length, look = 1, _FIRST_LOOK
    while length < count:
        different = (records[length : length + look, :-width] != key).any(1)
        if different.any():
            length += int(different.argmax())
            break
        length += len(different)
        look *= 2
    return records[:length, -width:]
