"""Writes caffemodels.

The wire format is that of protobuf's documentation, the field numbers those of
caffe.proto.
"""

import numpy as np

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5


def varint(value):
    value %= 2**64
    parts = []
    while value > 127:
        parts.append(value & 127 | 128)
        value >>= 7
    return bytes([*parts, value])


def number(field, value):
    return varint(field << 3 | VARINT) + varint(value)


def content(field, value):
    value = value.encode() if isinstance(value, str) else value
    return varint(field << 3 | BYTES) + varint(len(value)) + value


def values(field, array, packed):
    """Returns a list of floats or doubles, fields 5 and 8 of a blob."""
    kind = FIXED64 if array.dtype.itemsize == 8 else FIXED32
    flat = np.ascontiguousarray(array).reshape(-1)
    if packed:
        return content(field, flat.tobytes())
    key = varint(field << 3 | kind)
    return b"".join(key + value.tobytes() for value in flat)


def shape_of(array, form):
    if form == "legacy":
        sides = [*[1] * (4 - array.ndim), *array.shape]
        return b"".join(number(i, side) for i, side in enumerate(sides, 1))
    if form == "packed":
        return content(7, content(1, b"".join(map(varint, array.shape))))
    return content(7, b"".join(number(1, side) for side in array.shape))


def blob(array, form="packed", packed=True):
    field = 8 if array.dtype.itemsize == 8 else 5
    difference = content(6, b"\0" * 8)  # Its gradient, to be ignored.
    return shape_of(array, form) + values(field, array, packed) + difference


def layer(name, kind, blobs):
    return content(
        100,
        content(1, name)
        + content(2, kind)
        + content(3, "bottom")
        + b"".join(content(7, part) for part in blobs),
    )


def v1_layer(name, kind, blobs):
    return content(
        2,
        b"".join(content(6, part) for part in blobs)
        + content(2, "bottom")
        + content(4, name)
        + number(5, kind),
    )


def v0_layer(name, kind, blobs):
    inner = content(1, name) + content(2, kind)
    inner += b"".join(content(50, part) for part in blobs)
    return content(2, content(1, inner) + content(3, "top"))
