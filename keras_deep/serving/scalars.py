"""Single values of JSON: their types, and what messages show of them."""

import base64
import binascii
import json

import numpy as np

from keras_deep.serving.errors import ServingError

# TensorFlow's names that are not NumPy's.
_NAMES = {"float16": "half", "float32": "float", "float64": "double"}
_SHOWN = 120  # characters of a value in a message
_DIGITS = {"float16": 11, "float32": 24, "float64": 53, "bfloat16": 8}


def dtype_name(dtype):
    """Returns TensorFlow's name of a NumPy dtype."""
    if dtype.kind == "O":
        return "string"
    return _NAMES.get(dtype.name, dtype.name)


def shown(value):
    """Returns the start of a value's JSON, for messages."""
    text = ""
    try:
        for part in json.JSONEncoder().iterencode(value):
            text += part
            if len(text) > _SHOWN:
                return f"{text[:_SHOWN]}..."
    except RecursionError:
        pass
    return text


def scalar(value, dtype):
    """Returns a value as that of an array of a dtype.

    Raises:
        ServingError: if it is of another type, or would not be the same.
    """
    if dtype.kind == "O":
        return as_bytes(value, dtype)
    if dtype.kind == "b":
        if not isinstance(value, bool):
            raise _type_error(value, dtype)
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _type_error(value, dtype)
    if is_float(dtype):
        return _float(value, dtype)
    limits = np.iinfo(dtype)
    if isinstance(value, float) or not limits.min <= value <= limits.max:
        raise _type_error(value, dtype)
    return value


def _float(value, dtype):
    most = largest_int(dtype) if isinstance(value, int) else _largest(dtype)
    # NaN and the infinities are numbers of every type.
    if isinstance(value, int) or abs(value) < float("inf"):
        if abs(value) > most:
            raise ServingError(
                f"Cannot convert JSON value: {shown(value)} to "
                f"{dtype_name(dtype)} without loss of precision."
            )
    return value


def is_float(dtype):
    """Returns whether an array of a dtype holds floats."""
    return dtype.name in _DIGITS


def largest_int(dtype):
    """Returns the largest int up to which all have a float of their own."""
    return 2 ** _DIGITS[dtype.name] - 1


def _largest(dtype):
    if dtype.name == "bfloat16":
        import ml_dtypes

        return float(ml_dtypes.finfo(dtype).max)
    return float(np.finfo(dtype).max)


def is_base64(value):
    """Returns whether a value is an object such as {"b64": "aGk="}."""
    return (
        isinstance(value, dict)
        and len(value) == 1
        and isinstance(value.get("b64"), str)
    )


def as_bytes(value, dtype):
    """Returns the bytes of a string, or of an object with base64.

    Raises:
        ServingError: if it is neither.
    """
    if isinstance(value, str):
        try:
            return value.encode()
        except UnicodeEncodeError:
            raise ServingError(
                f"JSON Value: {shown(value)} is not valid Unicode"
            ) from None
    if not isinstance(value, dict):
        raise _type_error(value, dtype)
    if not is_base64(value):
        raise ServingError(
            f"JSON Value: {shown(value)} not formatted correctly for base64 "
            "data"
        )
    text = value["b64"]
    try:
        text = "".join(text.split()).rstrip("=")
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (ValueError, binascii.Error):
        raise ServingError("Unable to base64 decode") from None


def _type_error(value, dtype):
    kinds = {
        type(None): "Null",
        bool: str(value).capitalize(),
        dict: "Object",
        list: "Array",
        str: "String",
    }
    return ServingError(
        f"JSON Value: {shown(value)} Type: {kinds.get(type(value), 'Number')} "
        f"is not of expected type: {dtype_name(dtype)}"
    )
