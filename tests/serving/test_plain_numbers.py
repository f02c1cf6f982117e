"""Requests of nothing but numbers, beside the general way to read them."""

import random

import numpy as np
import pytest

from keras_deep.serving import requests
from keras_deep.serving.errors import ServingError
from keras_deep.serving.plain_numbers import plain_array
from keras_deep.serving.plain_numbers import plain_request
from keras_deep.serving.signatures import Signature
from keras_deep.serving.signatures import Tensor
from tests.support.fuzzing import fuzz

pytest.importorskip("simdjson", reason="pip install 'keras_deep[serve]'")

LISTS = b"[[[1, 2], [3.5, -4e-1]],\n [[0, 5], [6, 7]],[[8,9],[1,0]]]"
ROWS = [[[1, 2], [3.5, -0.4]], [[0, 5], [6, 7]], [[8, 9], [1, 0]]]


@pytest.mark.parametrize(
    "text, name, key",
    [
        (b'{"instances":%b}', "", "instances"),
        (b' { "inputs" :\n%b }\r\n\t', "", "inputs"),
        (b'{"signature_name": "a_1", "inputs": %b}', "a_1", "inputs"),
        (b'{"instances": %b, "signature_name": ""}', "", "instances"),
    ],
)
def test_requests_of_numbers_are_taken_apart(text, name, key):
    assert plain_request(text % LISTS) == (name, key, LISTS)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"%b",
        b'{"instances": 5}',
        b'{"instances": ["a", 1]}',
        b'{"instances": [{"x": 1}]}',
        b'{"instance": %b}',
        b'{"instances": %b, "a": 1}',
        b'{"instances":\x0b%b}',
        b'{"instances": %b}}',
        b'{"signature_name": "a\\n", "inputs": %b}',
        b'{"signature_name": "", "inputs": %b, "signature_name": "a"}',
    ],
)
def test_other_requests_are_left(text):
    assert plain_request(text.replace(b"%b", LISTS)) is None


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_floats(dtype):
    found = plain_array(LISTS, np.dtype(dtype))
    assert found.dtype == dtype
    np.testing.assert_array_equal(found, np.array(ROWS, dtype))


@pytest.mark.parametrize("dtype", ["uint8", "int32", "int64", "uint64"])
def test_ints(dtype):
    found = plain_array(b"[[1],[200],[0]]", np.dtype(dtype))
    assert found.dtype == dtype and found.tolist() == [[1], [200], [0]]


@pytest.mark.parametrize(
    "text, dtype",
    [
        (b"[[1, 2], [3]]", "float32"),
        (b"[[1, 2], 3]", "float32"),
        (b"[1, [2, 3]]", "float32"),
        (b"[[1], [[2]]]", "float32"),
        (b"[1, true]", "float32"),
        (b"[1, null]", "float32"),
        (b"[1, NaN]", "float32"),
        (b'[1, "2"]', "float32"),
        (b"[[1], []]", "float32"),
        (b"[]", "float32"),
        (b"[1, 2", "float32"),
        (b"[1,, 2]", "float32"),
        (b"[1 2]", "float32"),
        (b"[1], [2]", "float32"),
        (b"[01]", "float32"),
        (b"[1e400]", "float32"),
        (b"[16777216]", "float32"),  # Another int has the same float.
        (b"[2.5]", "int32"),
        (b"[256]", "uint8"),
        (b"[-1]", "uint8"),
        (b"[1]", "bool"),
        (b"[1]", "O"),
        (b"[" * 33 + b"1" + b"]" * 33, "float32"),
        (b"[" * 100_000, "float32"),
        (b"[" + b"1," * 4_000_000 + b"1]", "float32"),
    ],
)
def test_what_is_no_array_for_certain_is_left(text, dtype):
    assert plain_array(text, np.dtype(dtype)) is None


def outcome(body, dtype, plain, monkeypatch):
    tensors = {"x": Tensor("x:0", np.dtype(dtype), None)}
    signature = Signature("s", "predict", tensors, tensors, print)
    with monkeypatch.context() as patch:
        if not plain:
            patch.setattr(requests, "plain_request", lambda body: None)
        try:
            found = requests.parse_predict(body, {"serving_default": signature})
        except ServingError as error:
            return str(error)
    (array,) = found.inputs.values()
    return array.dtype, array.shape, array.tobytes(), found.in_rows


@pytest.mark.parametrize("dtype", ["float32", "uint8"])
def test_damaged_requests_get_the_same_answer_both_ways(dtype, monkeypatch):
    whole = b'{"instances": [[[1,2,3],[4,5,6]],[[7,8,9],[10,11,12]]]}'
    found = 0
    for seed in range(400):
        body = fuzz.damaged(whole, random.Random(seed)) if seed else whole
        both = [outcome(body, dtype, x, monkeypatch) for x in (True, False)]
        assert both[0] == both[1], body
        found += isinstance(both[0], tuple)
    assert found > 10


def test_numbers_are_read_without_objects(monkeypatch):
    monkeypatch.setattr(requests, "parse_object", None)
    body = b'{"inputs": %b}' % LISTS
    found = outcome(body, "float32", True, monkeypatch)
    assert found[1] == (3, 2, 2) and found[3] is False
