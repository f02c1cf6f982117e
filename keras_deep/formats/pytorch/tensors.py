"""Tensors as a checkpoint's pickle describes them, without their values."""

from typing import NamedTuple

import numpy as np

from keras_deep.formats.file_arrays import TYPES
from keras_deep.formats.file_arrays import check_counts
from keras_deep.formats.file_arrays import type_of_numbers

_STORAGES = {
    "BFloat16Storage": "bfloat16",
    "BoolStorage": "bool",
    "ByteStorage": "uint8",
    "CharStorage": "int8",
    "ComplexDoubleStorage": "complex128",
    "ComplexFloatStorage": "complex64",
    "DoubleStorage": "float64",
    "FloatStorage": "float32",
    "HalfStorage": "float16",
    "IntStorage": "int32",
    "LongStorage": "int64",
    "QInt32Storage": "int32",
    "QInt8Storage": "int8",
    "QUInt8Storage": "uint8",
    "ShortStorage": "int16",
    "UntypedStorage": "uint8",
}


class Storage(NamedTuple):
    """A block of memory that tensors are views of.

    Args:
        key: string, its name in the file.
        dtype: `numpy.dtype` of its elements.
        length: int, its number of elements in the file.
        first, count: ints, range of the visible elements, which is smaller for
            a view of a storage (checkpoints before PyTorch 0.4).
    """

    key: str
    dtype: np.dtype
    length: int
    first: int
    count: int


class Tensor(NamedTuple):
    """A view of a storage; offset and strides are in elements of `dtype`."""

    storage: Storage
    offset: int
    shape: tuple
    strides: tuple
    dtype: np.dtype


class NumpyType:
    """A `numpy.dtype` in a pickle, whose byte order is set later.

    `dtype` is `None` if it is not a dtype of plain numbers.
    """

    def __init__(self, code, *_):
        self.dtype = type_of_numbers(code) if type(code) is str else None

    def set_state(self, state):
        """Sets the byte order, from a tuple of version, byte order, ..."""
        if self.dtype is not None and state[1] == ">":
            self.dtype = self.dtype.newbyteorder(">")


class NumpyArray:
    """A NumPy array in a pickle, whose content may be set later."""

    def __init__(self, shape=(0,), kind=None, order="C", content=b""):
        self.shape = shape
        self.kind = kind
        self.order = order
        self.content = content

    def set_state(self, state):
        """Sets all fields, from version, shape, type, order and content."""
        _, self.shape, self.kind, fortran, self.content = state
        self.order = "F" if fortran else "C"


def storage_of(key):
    """Returns the `Storage` of a persistent id in a pickle.

    Args:
        key: tuple of "storage", `Name` of the storage's class, its key in the
            file, the device, the number of elements and, before PyTorch 1.6,
            `None` or a view: a tuple of string, offset and size.

    Raises:
        LookupError, TypeError, ValueError: if `key` is anything else.
    """
    tag, kind, name, _, length, *view = key
    if tag != "storage" or type(name) is not str:
        raise ValueError("no key of a storage")
    dtype = TYPES[_STORAGES[kind.name]]
    first, count = view[0][1:] if view and view[0] is not None else (0, length)
    check_counts((length, first, count))
    if first + count > length:
        raise ValueError("a view outside its storage")
    return Storage(name, dtype, length, first, count)


def tensor(storage, offset, shape, strides, *_):
    """Returns the `Tensor` of `torch._utils._rebuild_tensor` and `_v2`."""
    if type(storage) is not Storage:
        raise TypeError("no storage")
    return Tensor(storage, offset, tuple(shape), tuple(strides), storage.dtype)


def typed_tensor(storage, offset, shape, strides, _, hooks, kind, *metadata):
    """Returns the `Tensor` of an untyped storage, with its own dtype."""
    dtype = TYPES[kind.name]
    return tensor(storage, offset, shape, strides)._replace(dtype=dtype)
