"""Reads the weights of Caffe networks without Caffe."""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from keras_deep.formats.arrays import Arrays
from keras_deep.formats.arrays import Entry
from keras_deep.formats.caffe import protobuf
from keras_deep.formats.caffe.types import V1_NUMBERS
from keras_deep.formats.caffe.types import v0_type

_MOST_AXES = 32  # As in Caffe.
_LEGACY_AXES = (1, 2, 3, 4)  # num, channels, height, width
_FLOATS = 5
_SHAPE = 7
_DOUBLES = 8
_RAW = 12


class _Generation(NamedTuple):
    """Field numbers of a layer in caffe.proto, and how to decode its type."""

    name: int
    type: int
    type_kind: int
    type_of: Callable
    blobs: int


_LAYER = _Generation(1, 2, protobuf.BYTES, lambda value: value.text(), 7)
_V1_LAYER = _Generation(
    4, 5, protobuf.VARINT, lambda value: V1_NUMBERS.get(value, "None"), 6
)
_V0_LAYER = _Generation(
    1, 2, protobuf.BYTES, lambda value: v0_type(value.text()), 50
)
_LAYERS = {100: _LAYER, 2: _V1_LAYER}  # By field number in NetParameter.
_V0_INSIDE_V1 = 1


def read_caffe(path):
    """Reads a `.caffemodel` without Caffe and without protobuf.

    All three generations of the format are supported. The values are those of
    the file: they are not divided by a batch normalisation's scale factor, and
    in old files all shapes have four axes, such as `(1, 1, 1, 10)` for a bias.

    Example:

    ```python
    arrays = keras_deep.convert.read_caffe("ResNet-50-model.caffemodel")
    arrays["conv1/0"].shape  # (64, 3, 7, 7): a kernel; "conv1/1" is its bias.
    arrays.kinds["conv1"]  # "Convolution"
    ```

    Args:
        path: string or path of the file.

    Returns:
        `keras_deep.formats.arrays.Arrays` with names `"layer/index"`, read
        from the file on access. `kinds` has the type of every layer, under the
        type's current name.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if it is no caffemodel; names file and offset.
    """
    net = protobuf.open_message(path)
    entries, kinds = {}, {}
    for field in protobuf.fields(net):
        if field.number not in _LAYERS or field.kind != protobuf.BYTES:
            continue
        name, kind, blobs = _layer(field.value, _LAYERS[field.number])
        if blobs and f"{name}/0" in entries:
            raise field.value.error("one layer of a name", f"two {name!r}")
        kinds[name] = kind if blobs else kinds.get(name, kind)
        entries |= {f"{name}/{i}": _blob(blob) for i, blob in enumerate(blobs)}
    if not kinds:
        raise net.error("a caffemodel", "a file without layers")
    return Arrays(net.source, entries, kinds)


def _layer(message, generation):
    """Returns the name of a layer, its type and the `Span` of each blob."""
    name, kind, blobs = "", "", []
    for field in protobuf.fields(message):
        of_bytes = field.kind == protobuf.BYTES
        if field.number == generation.type:
            if field.kind == generation.type_kind:
                kind = generation.type_of(field.value)
        elif of_bytes and field.number == generation.name:
            name = field.value.text()
        elif of_bytes and field.number == generation.blobs:
            blobs.append(field.value)
        elif generation is _V1_LAYER and of_bytes:
            if field.number == _V0_INSIDE_V1:
                return _layer(field.value, _V0_LAYER)
    return name, kind, blobs


def _blob(message):
    """Returns the `Entry` of an array in the file, without its values."""
    dims, legacy = [], {}
    parts = {_FLOATS: [], _DOUBLES: []}
    for field in protobuf.fields(message):
        number, kind, value, at = field
        if number == _SHAPE and kind == protobuf.BYTES:
            dims = _shape(value)
        elif number in _LEGACY_AXES and kind == protobuf.VARINT:
            legacy[number] = value
        elif number in parts and kind != protobuf.VARINT:
            packed = kind == protobuf.BYTES
            parts[number].append(value.array() if packed else value)
        elif number == _RAW and kind == protobuf.BYTES:
            raise message.error(
                "values as numbers",
                "raw data, as NVCaffe writes it; let its solver save with "
                "`store_blobs_in_old_format: true`",
                at,
            )
    if legacy:
        dims = [legacy.get(axis, 0) for axis in _LEGACY_AXES]
    number = _DOUBLES if parts[_DOUBLES] else _FLOATS
    dtype = np.dtype("<f8" if number == _DOUBLES else "<f4")
    _check(message, dims, parts[number], dtype)
    shape = tuple(dims)
    return Entry(shape, dtype, lambda: _read(parts[number], dtype, shape))


def _shape(message):
    dims = []
    for field in protobuf.fields(message):
        if field.number == 1 and field.kind == protobuf.BYTES:
            dims += protobuf.varints(field.value)
        elif field.number == 1 and field.kind == protobuf.VARINT:
            dims.append(field.value)
    return dims


def _check(message, dims, parts, dtype):
    size = sum(part.size for part in parts)
    if len(dims) > _MOST_AXES or size % dtype.itemsize:
        raise message.error(
            f"a blob of at most {_MOST_AXES} axes and of whole numbers",
            f"{len(dims)} axes and {size} bytes",
        )
    if math.prod(dims) * dtype.itemsize != size:
        raise message.error(
            f"as many values as the blob's shape {tuple(dims)} has",
            f"{size // dtype.itemsize} values",
        )


def _read(parts, dtype, shape):
    flat = [np.ascontiguousarray(part).reshape(-1) for part in parts]
    content = np.concatenate(flat) if flat else np.empty(0, "u1")
    return content.view(dtype).reshape(shape)
