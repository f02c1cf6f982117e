"""Arrays of `.safetensors` files, each read when it is asked for."""

import functools

from keras_deep.convert.arrays import Arrays
from keras_deep.convert.arrays import Entry
from keras_deep.convert.pickles import shown
from keras_deep.convert.tensors import TYPES
from keras_deep.extras import require

# What the library gives as arrays of NumPy.
_TYPES = {
    "BF16": "bfloat16",
    "BOOL": "bool",
    "C64": "complex64",
    "F16": "float16",
    "F32": "float32",
    "F64": "float64",
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
    """Returns the `Arrays` of a file.

    Args:
        path: string.

    Raises:
        ImportError: if `safetensors` is not installed.
        ValueError: if the file is damaged.
    """
    safetensors = require("safetensors", "hub")
    try:
        file = safetensors.safe_open(path, framework="numpy")
    except safetensors.SafetensorError as error:
        raise ValueError(
            f"Expected a complete safetensors file in {path!r}. Received: "
            f"{str(error)[:200]}. Download the file again."
        ) from error
    return Arrays(
        path, {name: _entry(path, file, name) for name in file.keys()}
    )


def _entry(path, file, name):
    piece = file.get_slice(name)
    kind = piece.get_dtype()
    if kind not in _TYPES:
        raise ValueError(
            f"Expected a type of {list(_TYPES)} of {shown(name)!r} in "
            f"{path!r}. Received: {shown(kind)!r}. Cast it to float16."
        )
    return Entry(
        tuple(piece.get_shape()),
        TYPES[_TYPES[kind]],
        functools.partial(file.get_tensor, name),
    )
