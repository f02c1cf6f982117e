"""Answers in JSON: the cases of TF Serving's json_tensor_test.cc."""

import json
import math

import numpy as np
import pytest

from keras_deep.serving.errors import ServingError
from keras_deep.serving.responses import classifications
from keras_deep.serving.responses import columns
from keras_deep.serving.responses import predictions
from keras_deep.serving.responses import regressions

INTS = np.array([[[1, 2], [3, 4]], [[7, 8], [9, 0]]], "int32")


def strings(*values):
    found = np.empty(len(values), object)
    found[:] = values
    return found


BYTES = strings(b"hello", b"world", b"tf", b"serving").reshape(2, 2)
B64 = [
    [{"b64": "aGVsbG8="}, {"b64": "d29ybGQ="}],
    [{"b64": "dGY="}, {"b64": "c2VydmluZw=="}],
]


@pytest.mark.parametrize(
    "array, expected",
    [
        (INTS, INTS.tolist()),
        (np.arange(5, dtype="uint8"), [0, 1, 2, 3, 4]),
        (np.array([2**63, 0], "uint64"), [2**63, 0]),
        (np.array([[True], [False]]), [[True], [False]]),
        (np.array([0.2, 1, 9e6, 3e-5], "float32"), [0.2, 1.0, 9e6, 3e-5]),
        (np.array([0.1, 1 / 3]), [0.1, 1 / 3]),
        (np.array([0.5, 2], "float16"), [0.5, 2.0]),
        (np.zeros((0, 2), "int32"), []),
        (np.zeros((2, 0), "float32"), [[], []]),
        (INTS.transpose(2, 1, 0), INTS.transpose(2, 1, 0).tolist()),
        (strings(b"a", "ä".encode(), b"\xff"), ["a", "ä", "\ufffd"]),
    ],
)
def test_the_name_of_a_single_output_is_dropped(array, expected):
    assert json.loads(predictions({"x": array})) == {"predictions": expected}
    assert json.loads(columns({"x": array})) == {"outputs": expected}


def test_floats_have_the_digits_that_tell_them_apart(rng):
    values = rng.standard_normal(1000).astype("float32")
    text = columns({"x": values})
    found = np.array(json.loads(text)["outputs"])
    assert (found.astype("float32") == values).all()
    assert len(text) < 14 * len(values)
    assert b"1.0" in columns({"x": np.ones(1, "float32")})


def test_numbers_that_are_not_finite():
    array = np.array([[math.nan, math.inf], [0.2, -math.inf]], "float32")
    text = b'{"predictions":[[NaN,Infinity],[0.2,-Infinity]]}'
    assert predictions({"x": array}) == text
    rows = b'{"predictions":[{"a":NaN,"b":1},{"a":0.5,"b":2}]}'
    found = {"b": np.array([1, 2]), "a": np.array([math.nan, 0.5], "float32")}
    assert predictions(found) == rows
    assert columns({"x": np.float32(math.inf)[None][0:1]}).endswith(
        b"[Infinity]}"
    )


def test_outputs_that_end_in_bytes_are_base64():
    assert json.loads(predictions({"x_bytes": BYTES})) == {"predictions": B64}


def test_several_outputs():
    outputs = {
        "int_tensor": INTS,
        "str_tensor": strings(b"foo", b"bar"),
        "str_tensor_bytes": BYTES,
        "double_tensor": np.array([8.0, 9.0]),
    }
    assert json.loads(predictions(outputs)) == {
        "predictions": [
            {
                "double_tensor": [8.0, 9.0][row],
                "int_tensor": INTS[row].tolist(),
                "str_tensor": ["foo", "bar"][row],
                "str_tensor_bytes": B64[row],
            }
            for row in range(2)
        ]
    }
    assert json.loads(columns(outputs)) == {
        "outputs": {
            "double_tensor": [8.0, 9.0],
            "int_tensor": INTS.tolist(),
            "str_tensor": ["foo", "bar"],
            "str_tensor_bytes": B64,
        }
    }
    outputs["scalar"] = np.array(7)
    assert json.loads(columns(outputs))["outputs"]["scalar"] == 7


@pytest.mark.parametrize(
    "outputs, message",
    [
        ({}, "empty tensor map"),
        ({"x": np.ones(2, "complex64")}, "tensor type: complex64"),
        ({"x": np.array(1)}, "no shape information"),
        ({"a": INTS, "b": strings(b"x")}, "inconsistent batch size: 1"),
        ({"a": INTS[:0], "b": INTS}, "inconsistent batch size: 2"),
    ],
)
def test_what_json_cannot_say_is_told(outputs, message):
    with pytest.raises(ServingError, match=message):
        predictions(outputs)


SCORES = np.array([[0.2, 0.7, 0.1], [0.7, 0.1, math.nan]], "float32")
LABELS = strings(*[b"car", b"bike", b"bus"] * 2).reshape(2, 3)


def test_classifications():
    text = classifications({"classes": LABELS, "scores": SCORES}, 2)
    assert text == (
        b'{"results":[[["car",0.2],["bike",0.7],["bus",0.1]],'
        b'[["car",0.7],["bike",0.1],["bus",NaN]]]}'
    )
    found = json.loads(classifications({"scores": SCORES[:1]}, 1))
    assert found == {"results": [[["", 0.2], ["", 0.7], ["", 0.1]]]}
    found = json.loads(classifications({"classes": LABELS[:1, :1]}, 1))
    assert found == {"results": [[["car", 0.0]]]}


@pytest.mark.parametrize(
    "outputs, message",
    [
        ({"scores": SCORES[0]}, r"\[batch_size num_classes\]"),
        ({"scores": SCORES.astype("float64")}, "of float. Got: double"),
        ({"classes": SCORES}, "classes Tensor of string. Got: float"),
        ({"scores": SCORES[:1]}, "batch size of 2. Got: 1"),
        ({"scores": SCORES, "classes": LABELS[:, :2]}, r"dim_size\(1\)"),
    ],
)
def test_wrong_classifications_are_told(outputs, message):
    with pytest.raises(ServingError, match=message):
        classifications(outputs, 2)


def test_regressions():
    values = np.array([0.2, math.inf, 1, -math.inf], "float32")
    expected = b'{"results":[0.2,Infinity,1.0,-Infinity]}'
    assert regressions(values, 4) == expected
    assert regressions(values[:, None], 4) == expected
    with pytest.raises(ServingError, match="either"):
        regressions(values, 3)
    with pytest.raises(ServingError, match="Got: double"):
        regressions(values.astype("float64"), 4)
