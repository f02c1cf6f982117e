"""Values of JSON as arrays, as strictly as TF Serving."""

import numpy as np

from keras_deep.serving.errors import ServingError
from keras_deep.serving.scalars import is_float
from keras_deep.serving.scalars import largest_int
from keras_deep.serving.scalars import scalar
from keras_deep.serving.scalars import shown

DEEPEST = 32  # dimensions of a tensor


def quick_array(value, dtype):
    """Returns the array of a value if NumPy alone can tell, else `None`.

    Args:
        value: value of JSON without `true` and `false`, or for a bool dtype
            any, as NumPy takes them for numbers.
        dtype: NumPy dtype.
    """
    if dtype.kind == "O":
        return None
    try:
        array = np.asarray(value)
    except (ValueError, OverflowError):
        return None
    if array.ndim > DEEPEST or array.size == 0 or array.dtype.kind == "O":
        return None
    if dtype.kind == "b":
        return array if array.dtype.kind == "b" else None
    if array.dtype.kind not in ("iuf" if is_float(dtype) else "iu"):
        return None
    return array.astype(dtype) if is_within(array, dtype) else None


def is_within(array, dtype):
    """Returns whether all values are numbers that a dtype has for certain.

    A NaN is in no range, and a larger float may have been an int.

    Args:
        array: array of numbers, one or more.
        dtype: NumPy dtype of floats or ints.
    """
    if is_float(dtype):
        most = largest_int(dtype)
        least = -most
    else:
        least, most = np.iinfo(dtype).min, np.iinfo(dtype).max
    return bool(least <= array.min() and array.max() <= most)


def strict_array(value, dtype):
    """Returns the array of a value.

    Raises:
        ServingError: if it is not one, or has values of another type.
    """
    shape = _shape(value)
    count = 1
    for size in shape:
        count *= size
    flat = np.empty(count, dtype)
    leaves = _leaves(value, shape, 0)
    for place, leaf in enumerate(leaves):
        flat[place] = scalar(leaf, dtype)
    return flat.reshape(shape)


def _shape(value):
    shape = []
    while isinstance(value, list):
        shape.append(len(value))
        if len(shape) > DEEPEST:
            raise ServingError(
                f"Expected lists of at most {DEEPEST} levels. Received: "
                f"{shown(value)}"
            )
        if not value:
            break
        value = value[0]
    return tuple(shape)


def _leaves(value, shape, level):
    """Yields what is no list; refuses lists of other lengths or levels."""
    if not isinstance(value, list):
        if level != len(shape):
            raise ServingError(
                f"JSON Value: {shown(value)} found at incorrect level: "
                f"{level + 1} in the JSON DOM. Expected at level: {len(shape)}"
            )
        yield value
        return
    if level >= len(shape):
        raise ServingError(
            f"Encountered list at unexpected level: {level} expected < "
            f"{len(shape)}"
        )
    if len(value) != shape[level]:
        raise ServingError(
            f"Encountered list at unexpected size: {len(value)} at level: "
            f"{level} expected size: {shape[level]}"
        )
    for item in value:
        yield from _leaves(item, shape, level + 1)


def stacked(values, dtype, quick, where):
    """Returns the array of values that are the rows of a tensor.

    Args:
        values: list.
        dtype: NumPy dtype.
        quick: bool. Whether `quick_array` may be asked.
        where: function of the number of a row that returns how messages name
            it.

    Raises:
        ServingError: if a row is no array, or of another shape than the first.
    """
    found = quick_array(values, dtype) if quick else None
    if found is not None:
        return found
    rows = []
    for number, value in enumerate(values):
        try:
            row = strict_array(value, dtype)
            _check_equal(rows[0] if rows else row, row)
        except ServingError as error:
            raise ServingError(
                f"Failed to process element: {where(number)} of 'instances' "
                f"list. Error: {error.code}: {error}"
            ) from None
        rows.append(row)
    return np.stack(rows)


def _check_equal(first, other):
    if first.size != other.size:
        raise ServingError(
            f"Expecting tensor size: {first.size} but got: {other.size}"
        )
    if first.shape != other.shape:
        raise ServingError(
            f"Expecting shape {_shape_text(first)} but got: "
            f"{_shape_text(other)}"
        )


def _shape_text(array):
    return f"[{','.join(map(str, array.shape))}]"
