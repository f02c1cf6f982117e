"""Arrays stored in files, each read into its own memory."""

import functools
import math
import re
from typing import NamedTuple

import ml_dtypes
import numpy as np

from keras_deep.formats.arrays import Entry
from keras_deep.formats.messages import shown

# The dtypes by name; PyTorch has the same names.
TYPES = {
    name: np.dtype(name)
    for name in (
        "bool uint8 uint16 uint32 uint64 int8 int16 int32 int64 "
        "float16 float32 float64 complex64 complex128"
    ).split()
} | {
    name: np.dtype(getattr(ml_dtypes, name))
    for name in (
        "bfloat16 float8_e4m3fn float8_e4m3fnuz float8_e5m2 float8_e5m2fnuz "
        "float8_e8m0fnu"
    ).split()
}
# The limit of NumPy 1.
_MOST_AXES = 32
_NUMBERS = re.compile(r"[<>|=]?(b1|[iu][1248]|f[248]|c(8|16))")


class FileBytes(NamedTuple):
    """A range of bytes of a file.

    Args:
        path: string.
        name: string, the name of the range, for messages.
        start, size: ints, its offset and length in bytes.
    """

    path: str
    name: str
    start: int
    size: int

    def fill(self, start, out):
        """Reads bytes from `start` into a writable memoryview.

        Raises:
            ValueError: if the file is too short.
        """
        with open(self.path, "rb") as file:
            file.seek(self.start + start)
            if file.readinto(out) < len(out):
                raise ValueError(
                    f"Expected {self.size} bytes of {self.name!r} in "
                    f"{self.path!r}. Received: a file that is cut. Download "
                    "the file again."
                )


def type_of_numbers(code):
    """Returns the `numpy.dtype` of a code such as "<f4", or `None`."""
    if _NUMBERS.fullmatch(code):
        return np.dtype(code)
    return None


def check_counts(numbers):
    """Raises a `ValueError` unless all numbers are ints of 0 or more."""
    for number in numbers:
        if type(number) is not int or number < 0:
            raise ValueError(shown(number))


def check_shape(shape, dtype, place):
    """Checks that an array can have a shape.

    Args:
        shape: tuple of anything.
        dtype: `numpy.dtype`.
        place: string, the array and its file, for messages.

    Raises:
        ValueError: if a length is not an int of 0 or more, or there are too
            many axes or bytes.
    """
    try:
        check_counts(shape)
    except ValueError as error:
        raise ValueError(
            f"Expected the lengths of the axes of {place} to be integers of 0 "
            f"or more. Received: {error}."
        ) from error
    whole = math.prod(length or 1 for length in shape) * dtype.itemsize
    if len(shape) > _MOST_AXES or whole >= 2**63:
        raise ValueError(
            f"Expected a shape of {place} with at most {_MOST_AXES} axes and "
            f"2**63 bytes. Received: {len(shape)} axes."
        )


def packed_strides(shape):
    """Returns the strides, in elements, of an array in C order."""
    return tuple(math.prod(shape[axis:]) for axis in range(1, len(shape) + 1))


def span(shape, strides):
    """Returns the number of elements from the first to the last in memory."""
    if 0 in shape:
        return 0
    return 1 + sum((n - 1) * stride for n, stride in zip(shape, strides))


def file_array(source, start, shape, strides, dtype):
    """Returns the `Entry` of an array in a file.

    Args:
        source: object with a method `fill`, as `FileBytes` and `ZipMember`.
        start: int, offset of the array in `source`, in bytes.
        shape, strides: tuples of int, the strides in elements.
        dtype: `numpy.dtype`.
    """
    return Entry(
        shape,
        dtype,
        functools.partial(_read, source, start, shape, strides, dtype),
        getattr(source, "check", None),
    )


def _read(source, start, shape, strides, dtype):
    flat = np.empty(span(shape, strides), dtype)
    if flat.size:
        source.fill(start, memoryview(flat.view(np.uint8)))
    kept = [
        (stride, packed)
        for n, stride, packed in zip(shape, strides, packed_strides(shape))
        if n != 1
    ]
    if 0 in shape or all(stride == packed for stride, packed in kept):
        return flat.reshape(shape)
    steps = [stride * dtype.itemsize for stride in strides]
    return np.lib.stride_tricks.as_strided(flat, shape, steps).copy()
