"""Nested values as JSON, with the arrays in them kept apart."""

import math

import keras
import numpy as np

_MARK = "$"


def pack(value, name, arrays):
    """Returns a value as data of JSON.

    Args:
        value: dict with strings as keys, list, tuple, array, number, string,
            bytes, bool or `None`, nested at will. Tensors become arrays.
        name: string, the place of the value, for the names of its arrays and
            for messages.
        arrays: dict, to which the arrays are added.

    Raises:
        ValueError: if there is something else in it.
    """
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, np.generic):  # `np.float64` is a `float`, too.
        return _put("scalar", np.asarray(value), name, arrays)
    if isinstance(value, float):
        return value if math.isfinite(value) else {"$float": repr(value)}
    if isinstance(value, bytes):
        return _put("bytes", np.frombuffer(value, np.uint8), name, arrays)
    if isinstance(value, (list, tuple)):
        packed = [pack(v, f"{name}/{i}", arrays) for i, v in enumerate(value)]
        return packed if isinstance(value, list) else {"$tuple": packed}
    if isinstance(value, dict) and all(map(_is_key, value)):
        return {k: pack(v, f"{name}/{k}", arrays) for k, v in value.items()}
    if keras.ops.is_tensor(value) or isinstance(value, keras.Variable):
        value = keras.ops.convert_to_numpy(value)
    if isinstance(value, np.ndarray) and not value.dtype.hasobject:
        return _put("array", value, name, arrays)
    raise ValueError(
        f"Expected {name!r} to be made of dicts with strings as keys, lists, "
        f"arrays, numbers and strings. Received: {_shown(value)}"
    )


def unpack(data, arrays):
    """Returns the value that `pack` made `data` and `arrays` of."""
    if isinstance(data, list):
        return [unpack(item, arrays) for item in data]
    if not isinstance(data, dict):
        return data
    kind = next(iter(data), "")
    if not kind.startswith(_MARK):
        return {key: unpack(item, arrays) for key, item in data.items()}
    content = data[kind]
    if kind == "$float":
        return float(content)
    if kind == "$tuple":
        return tuple(unpack(item, arrays) for item in content)
    found = arrays[content]
    if kind == "$scalar":
        return found[()]
    # A file holds equal arrays once, and one may be changed in place.
    return found.tobytes() if kind == "$bytes" else found.copy()


def _put(kind, array, name, arrays):
    arrays[name] = array
    return {f"{_MARK}{kind}": name}


def _is_key(key):
    return isinstance(key, str) and not key.startswith(_MARK)


def _shown(value):
    if isinstance(value, dict):
        return f"the keys {list(value)[:5]!r}"
    return f"{type(value).__name__}: {str(value)[:80]}"
