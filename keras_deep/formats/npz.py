"""Reads NumPy's `.npz` files, each array on access."""

import math
import re

from keras_deep.formats.arrays import Arrays
from keras_deep.formats.file_arrays import check_shape
from keras_deep.formats.file_arrays import file_array
from keras_deep.formats.file_arrays import packed_strides
from keras_deep.formats.file_arrays import type_of_numbers
from keras_deep.formats.messages import shown

_LONGEST_HEADER = 10_000
_OTHERS = tuple("USMm")  # Type codes of strings, bytes, dates and times.
_MAGIC = b"\x93NUMPY"
# Size of the field with the header's length, by the version of the format.
_LENGTHS = {b"\1\0": 2, b"\2\0": 4, b"\3\0": 4}
_HEADER = re.compile(
    rb"\{'descr': '([^']*)', "
    rb"'fortran_order': (True|False), "
    rb"'shape': \(((?:\d{1,19}L?(?:, \d{1,19}L?)*,?)?)\), *\} *\n"
)


def is_npz(members):
    """Returns whether `zip_members` are those of a `.npz` file."""
    return bool(members) and all(name.endswith(".npy") for name in members)


def read_npz(path, members, skip_others=False):
    """Reads a `.npz` file as `Arrays`; nothing is ever unpickled.

    Args:
        path: string.
        members: dict of `zip_members`.
        skip_others: bool. Whether to skip arrays of strings or dates instead
            of refusing them.

    Raises:
        ValueError: if a member is not an array of numbers.
    """
    entries = {}
    for name, member in members.items():
        name = name.removesuffix(".npy")
        place = f"array {shown(name)!r} of {path!r}"
        header = _header(member, place)
        if not skip_others or header[0][1:2] not in _OTHERS:
            entries[name] = _entry(member, *header, place)
    return Arrays(path, entries)


def _entry(member, kind, fortran, shape, start, place):
    dtype = type_of_numbers(kind)
    if dtype is None:
        raise ValueError(
            f"Expected numbers in {place}. Received: the type {shown(kind)!r}."
            " Save it as float32."
        )
    check_shape(shape, dtype, place)
    needed = math.prod(shape) * dtype.itemsize
    if member.size != start + needed:
        raise ValueError(
            f"Expected {needed} bytes of numbers in {place}. Received: "
            f"{member.size - start}. Download the file again."
        )
    strides = packed_strides(shape)
    if fortran:
        strides = packed_strides(shape[::-1])[::-1]
    return file_array(member, start, shape, strides, dtype)


def _header(member, place):
    """Parses a header: type, whether Fortran order, shape, data's offset."""
    beginning = bytearray(min(member.size, _LONGEST_HEADER))
    member.fill(0, memoryview(beginning))
    length = _LENGTHS.get(bytes(beginning[6:8]), 0)
    start = 8 + length
    start += int.from_bytes(beginning[8:start], "little")
    match = _HEADER.fullmatch(beginning[8 + length : start])
    if not beginning.startswith(_MAGIC) or not match:
        raise ValueError(
            f"Expected the header of an array in {place}. Received: "
            f"{bytes(beginning[:64])!r}."
        )
    kind, fortran, shape = match.groups()
    shape = tuple(int(n) for n in re.findall(rb"\d+", shape))
    return kind.decode("latin1"), fortran == b"True", shape, start
