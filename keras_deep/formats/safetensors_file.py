"""Reads `.safetensors` files, each array on access."""

import math
import struct

from keras_deep.formats.arrays import Arrays
from keras_deep.formats.file_arrays import TYPES
from keras_deep.formats.file_arrays import FileBytes
from keras_deep.formats.file_arrays import check_shape
from keras_deep.formats.file_arrays import file_array
from keras_deep.formats.file_arrays import packed_strides
from keras_deep.formats.messages import shown
from keras_deep.utils.extras import require

# Types of the format that NumPy or ml_dtypes has.
_TYPES = {
    "BF16": "bfloat16",
    "BOOL": "bool",
    "C64": "complex64",
    "F16": "float16",
    "F32": "float32",
    "F64": "float64",
    "F8_E4M3": "float8_e4m3fn",
    "F8_E5M2": "float8_e5m2",
    "I16": "int16",
    "I32": "int32",
    "I64": "int64",
    "I8": "int8",
    "U16": "uint16",
    "U32": "uint32",
    "U64": "uint64",
    "U8": "uint8",
}


def read_safetensors(path):
    """Reads a `.safetensors` file as `Arrays`.

    Args:
        path: string.

    Raises:
        ImportError: if `safetensors` is not installed.
        ValueError: if the file is damaged.
    """
    safetensors = require("safetensors", "hub")
    try:
        with safetensors.safe_open(path, framework="numpy") as file:
            pieces = {name: file.get_slice(name) for name in file.offset_keys()}
            kinds = {n: piece.get_dtype() for n, piece in pieces.items()}
            shapes = {n: piece.get_shape() for n, piece in pieces.items()}
    except safetensors.SafetensorError as error:
        raise ValueError(
            f"Expected a complete safetensors file in {path!r}. Received: "
            f"{str(error)[:200]}. Download the file again."
        ) from error
    return Arrays(path, dict(_entries(path, kinds, shapes)))


def _entries(path, kinds, shapes):
    """Yields names and entries; the arrays are contiguous in the file.

    The library, which has checked the header, maps the file to read an array:
    with the mapped pages that takes twice the memory.
    """
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
    start = 8 + length
    for name, kind in kinds.items():
        place = f"array {shown(name)!r} of {path!r}"
        if kind not in _TYPES:
            raise ValueError(
                f"Expected a type of {list(_TYPES)} of {place}. Received: "
                f"{shown(kind)!r}. Cast it to float16."
            )
        dtype, shape = TYPES[_TYPES[kind]], tuple(shapes[name])
        check_shape(shape, dtype, place)
        size = math.prod(shape) * dtype.itemsize
        piece = FileBytes(path, name, start, size)
        yield (
            name,
            file_array(piece, 0, shape, packed_strides(shape), dtype),
        )
        start += size
