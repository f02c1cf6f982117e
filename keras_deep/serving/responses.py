"""Results as TF Serving's JSON."""

import base64
import json
import math

import numpy as np
import orjson

from keras_deep.serving.errors import ServingError
from keras_deep.serving.scalars import dtype_name


def predictions(outputs):
    """Returns the answer to a request in rows.

    Args:
        outputs: dict of name to array. Of a single one the name is dropped.

    Raises:
        ServingError: if the arrays have no common number of rows, or values
            that JSON has not.
    """
    _require_some(outputs)
    rows = None
    for name, array in sorted(outputs.items()):
        if not array.ndim:
            raise ServingError(f"Tensor name: {name} has no shape information ")
        if rows not in (None, len(array)):
            raise ServingError(
                f"Tensor name: {name} has inconsistent batch size: "
                f"{len(array)} expecting: {rows}"
            )
        rows = len(array)
    ready = {name: _ready(name, outputs[name]) for name in sorted(outputs)}
    if len(ready) == 1:
        (found,) = ready.values()
    else:
        found = [
            {name: values[row] for name, values in ready.items()}
            for row in range(rows)
        ]
    return _text({"predictions": found})


def columns(outputs):
    """Returns the answer to a request in columns, as `predictions` does."""
    _require_some(outputs)
    ready = {name: _ready(name, outputs[name]) for name in sorted(outputs)}
    if len(ready) == 1:
        (ready,) = ready.values()
    return _text({"outputs": ready})


def classifications(outputs, count):
    """Returns the answer to `:classify`: pairs of label and score.

    Args:
        outputs: dict with `classes`, `scores` or both.
        count: int, the examples that were sent.

    Raises:
        ServingError: if an array is not of shape `(count, classes)` or has
            another type.
    """
    classes, scores = outputs.get("classes"), outputs.get("scores")
    for name, array, dtype in (
        ("classes", classes, np.dtype(object)),
        ("scores", scores, np.dtype("float32")),
    ):
        if array is not None:
            _check_classes(name, array, dtype, count)
    if classes is not None and scores is not None:
        if classes.shape != scores.shape:
            raise ServingError(
                "Tensors class and score should match in dim_size(1). Got "
                f"{classes.shape[1]} vs. {scores.shape[1]}"
            )
    if classes is None:
        labels = np.full(scores.shape, "", object).tolist()
    else:
        labels = _strings(classes, _as_text)
    if scores is None:
        scores = np.zeros(classes.shape, "float32")
    ready = _ready("scores", scores)
    results = [
        [[label, score] for label, score in zip(names, row)]
        for names, row in zip(labels, ready)
    ]
    return _text({"results": results})


def _check_classes(name, array, dtype, count):
    if array.ndim != 2:
        raise ServingError(
            "Expected Tensor shape: [batch_size num_classes] but got "
            f"{list(array.shape)}"
        )
    if array.dtype != dtype:
        raise ServingError(
            f"Expected {name} Tensor of {dtype_name(dtype)}. Got: "
            f"{dtype_name(array.dtype)}"
        )
    if len(array) != count:
        raise ServingError(
            f"Expected {name} output batch size of {count}. Got: {len(array)}"
        )


def regressions(array, count):
    """Returns the answer to `:regress`: a value for each example.

    Raises:
        ServingError: if the array is not of shape `(count,)` or `(count, 1)`,
            or not float32.
    """
    if array.shape not in ((count,), (count, 1)):
        raise ServingError(
            "Expected output Tensor shape to be either [batch_size] or "
            f"[batch_size, 1] but got {list(array.shape)}"
        )
    if array.dtype != np.float32:
        raise ServingError(
            f"Expected output Tensor of float. Got: {dtype_name(array.dtype)}"
        )
    return _text({"results": _ready("outputs", array.reshape(count))})


def _require_some(outputs):
    if not outputs:
        raise ServingError("Cannot convert empty tensor map to JSON")


def _ready(name, array):
    """Returns an array, or nested lists, that JSON can be made of."""
    if array.dtype == object:
        encode = _as_base64 if name.endswith("_bytes") else _as_text
        return _strings(array, encode)
    if array.dtype.name in ("float16", "bfloat16"):
        array = array.astype("float32")
    if array.dtype.kind == "f":
        if not np.isfinite(array).all():
            return _shortest(array)
    elif array.dtype.kind not in "iub":
        raise ServingError(
            "Failed to write JSON value for tensor type: "
            f"{dtype_name(array.dtype)}"
        )
    # Arrays of other sizes of integers are not all known to orjson.
    return np.ascontiguousarray(array) if array.ndim else array[()]


def _shortest(array):
    """Returns nested lists of floats; JSON has no others, TF Serving has."""
    if array.ndim:
        return [_shortest(part) for part in array]
    value = float(str(array))  # No more digits than it has.
    return value if math.isfinite(value) else orjson.Fragment(json.dumps(value))


def _strings(array, encode):
    if not isinstance(array, np.ndarray):
        return encode(array)
    if not array.ndim:
        return encode(array[()])
    return [_strings(part, encode) for part in array]


def _as_text(value):
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    return str(value)


def _as_base64(value):
    return {"b64": base64.b64encode(value).decode("ascii")}


def _text(document):
    return orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY)
