"""Reads the arrays of the tensors that a pickle describes."""

import functools
import math

import numpy as np

from keras_deep.formats.arrays import Arrays
from keras_deep.formats.arrays import Entry
from keras_deep.formats.file_arrays import check_counts
from keras_deep.formats.file_arrays import check_shape
from keras_deep.formats.file_arrays import file_array
from keras_deep.formats.file_arrays import span
from keras_deep.formats.messages import shown
from keras_deep.formats.pytorch.state_dicts import state_dict_of
from keras_deep.formats.pytorch.tensors import NumpyArray
from keras_deep.formats.pytorch.tensors import NumpyType
from keras_deep.formats.pytorch.tensors import Tensor

# Genuine tensors share and repeat storage to a small extent only.
_REPEATED_BYTES = 64 * 2**20
_REPEATED_TIMES = 8


def torch_arrays(path, data, source_of, part=None):
    """Returns the `Arrays` of the state dict in a checkpoint's data.

    Args:
        path: string.
        data: result of `unpickle`.
        source_of: function of a storage's key that returns its `FileBytes` or
            `ZipMember`, or `None` if the file has none.
        part: string or `None`, see `state_dict_of`.

    Raises:
        ValueError: if there is no state dict, or a tensor lies outside the
            content of the file.
    """
    named, kinds, part, others = state_dict_of(data, path, part)
    entries, stored = {}, {}
    for name, value in named.items():
        place = f"tensor {shown(name)!r} of {path!r}"
        if type(value) is Tensor:
            source = source_of(value.storage.key)
            entries[name] = _tensor_entry(value, source, place)
            stored[value.storage.key] = source.size
        elif type(value) is NumpyArray:
            entries[name] = _numpy_entry(value, place)
            stored[name] = len(value.content)
        else:
            raise ValueError(
                f"Expected {place} to be dense. Received: the result of "
                f"`{shown(str(value.kind))}`. Save it as a dense tensor of "
                "numbers."
            )
    _refuse_repetition(path, entries, sum(stored.values()))
    return Arrays(path, entries, kinds, part, others)


def _tensor_entry(tensor, source, place):
    storage, offset, shape, strides, dtype = tensor
    check_shape(shape, dtype, place)
    try:
        check_counts((offset, *strides))
    except ValueError as error:
        raise ValueError(
            f"Expected offset and strides of {place} to be integers of 0 or "
            f"more. Received: {error}."
        ) from error
    if len(strides) != len(shape):
        raise ValueError(
            f"Expected one stride for each axis of {place}. Received: "
            f"{len(strides)} for {len(shape)} axes."
        )
    itemsize = storage.dtype.itemsize
    needed = (offset + span(shape, strides)) * dtype.itemsize
    if math.prod(shape) and needed > storage.count * itemsize:
        raise ValueError(
            f"Expected {place} inside its storage of "
            f"{storage.count * itemsize} bytes. Received: {needed} bytes."
        )
    if source is None or source.size < storage.length * itemsize:
        raise ValueError(
            f"Expected the {storage.length * itemsize} bytes of storage "
            f"{shown(storage.key)!r}, of {place}. Received: "
            f"{source.size if source else 'none'}. Download the file again."
        )
    start = storage.first * itemsize + offset * dtype.itemsize
    return file_array(source, start, shape, strides, dtype)


def _numpy_entry(array, place):
    dtype = array.kind.dtype if type(array.kind) is NumpyType else None
    if (
        dtype is None
        or type(array.shape) is not tuple
        or type(array.content) not in (bytes, bytearray)
    ):
        raise ValueError(
            f"Expected {place} to be an array of numbers. Received: another "
            "type, shape or content."
        )
    check_shape(array.shape, dtype, place)
    needed = math.prod(array.shape) * dtype.itemsize
    if len(array.content) != needed:
        raise ValueError(
            f"Expected {needed} bytes of {place}. Received: "
            f"{len(array.content)}."
        )
    return Entry(array.shape, dtype, functools.partial(_read_numpy, array))


def _read_numpy(array):
    flat = np.frombuffer(array.content, array.kind.dtype)
    return flat.reshape(array.shape, order=array.order).copy()


def _refuse_repetition(path, entries, stored):
    sizes = {name: entry.nbytes for name, entry in entries.items()}
    most = _REPEATED_BYTES + _REPEATED_TIMES * stored
    if sum(sizes.values()) > most:
        largest = max(sizes, key=sizes.get)
        raise ValueError(
            f"Expected tensors of at most {most} bytes in {path!r}, which "
            f"stores {stored}. Received: {sum(sizes.values())} bytes, "
            f"{sizes[largest]} of them in {shown(largest)!r}, by repetition."
        )
