"""Requests in JSON: the cases of TF Serving's json_tensor_test.cc."""

import math

import numpy as np
import pytest

from keras_deep.serving.errors import ServingError
from keras_deep.serving.requests import parse_predict
from keras_deep.serving.signatures import Signature
from keras_deep.serving.signatures import Tensor

DTYPES = {"int": "int32", "float": "float32", "double": "float64"}
DTYPES |= {"string": object, "uint8": "uint8", "int64": "int64"}
DTYPES |= {"uint64": "uint64", "bool": bool, "half": "float16"}


def parsed(text, **kinds):
    tensors = {
        name: Tensor(f"{name}:0", np.dtype(DTYPES[kind]), None)
        for name, kind in kinds.items()
    }
    signature = Signature("s", "predict", tensors, tensors, print)
    signatures = {"serving_default": signature, "predict_images": signature}
    body = text if isinstance(text, bytes) else text.encode()
    return parse_predict(body, signatures)


def check(text, expected, kind, in_rows=True):
    request = parsed(text, x=kind)
    (found,) = request.inputs.values()
    expected = np.array(expected, DTYPES[kind])
    assert found.dtype == expected.dtype and request.in_rows == in_rows
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    "values, kind, expected",
    [
        ("[[1,2],[3,4],[5,6]]", "int", [[1, 2], [3, 4], [5, 6]]),
        ("[1, 2.0, 5.003, 0.007, 0.0]", "float", [1, 2, 5.003, 0.007, 0]),
        ("[1.0, 2, 0.662, 0]", "double", [1, 2, 0.662, 0]),
        ("[[1,2]]", "int", [[1, 2]]),
        ("[1e3, -1E-2]", "float", [1000, -0.01]),
        ("[16777215, -16777215]", "float", [2**24 - 1, 1 - 2**24]),
        ("[16777216.0, 3e38]", "float", [2.0**24, 3e38]),
        ("[9007199254740991]", "double", [2**53 - 1]),
        ("[-9223372036854775808]", "int64", [-(2**63)]),
        ("[18446744073709551615]", "uint64", [2**64 - 1]),
        ("[0, 255]", "uint8", [0, 255]),
        ("[0.5, 65504.0]", "half", [0.5, 65504]),
        ("[true, false]", "bool", [True, False]),
        ("[[], []]", "float", np.zeros((2, 0))),
        ('["foo", "b\\u00e4r"]', "string", [b"foo", "bär".encode()]),
        (
            '[{"b64": "aGVsbG8="}, {"b64": "d29ybGQ="}]',
            "string",
            [b"hello", b"world"],
        ),
        ('[[{"b64": "aGVsbG8"}], ["x"]]', "string", [[b"hello"], [b"x"]]),
        ('[{"x": [["a"], ["b"]]}]', "string", [[[b"a"], [b"b"]]]),
        ('[{"x": 1}, {"x": 2}]', "int", [1, 2]),
    ],
)
def test_rows_of_one_input(values, kind, expected):
    check(f'{{"instances": {values}}}', expected, kind)


def test_numbers_that_are_not_finite():
    text = '{"instances": [[NaN, 1], [Infinity, -Infinity]]}'
    (found,) = parsed(text, x="float").inputs.values()
    expected = [[math.nan, 1], [math.inf, -math.inf]]
    np.testing.assert_array_equal(found, np.array(expected, "float32"))
    assert found.dtype == np.float32


@pytest.mark.parametrize(
    "values, kind, expected",
    [
        ('{"x": [[[1,2],[3,4]]]}', "int", [[[1, 2], [3, 4]]]),
        ("[[[1,2],[3,4]]]", "int", [[[1, 2], [3, 4]]]),
        ("7", "int", 7),
        ('{"b64": "aGVsbG8="}', "string", b"hello"),
        ('{"x": {"b64": "aGVsbG8="}}', "string", b"hello"),
        ("[true]", "bool", [True]),
    ],
)
def test_columns_of_one_input(values, kind, expected):
    check(f'{{"inputs": {values}}}', expected, kind, in_rows=False)


KINDS = {"i": "int", "s": "string", "f": "float"}


@pytest.mark.parametrize(
    "text",
    [
        """{"signature_name": "predict_images", "instances": [
            {"i": [[1,2],[3,4]], "s": ["foo", "bar"], "f": [1.0, 0.5]},
            {"f": [2.0, 3], "i": [[7,8],[9,0]], "s": ["baz", "bat"]}]}""",
        """{"inputs": {"i": [[[1,2],[3,4]], [[7,8],[9,0]]],
            "s": [["foo", "bar"], ["baz", "bat"]],
            "f": [[1, 0.5], [2, 3]]}}""",
    ],
    ids=["rows", "columns"],
)
def test_several_inputs(text):
    found = parsed(text, **KINDS).inputs
    np.testing.assert_array_equal(
        found["i"], np.array([[[1, 2], [3, 4]], [[7, 8], [9, 0]]], "int32")
    )
    assert found["s"].tolist() == [[b"foo", b"bar"], [b"baz", b"bat"]]
    np.testing.assert_array_equal(
        found["f"], np.array([[1, 0.5], [2, 3]], "float32")
    )


@pytest.mark.parametrize(
    "text, kind, message",
    [
        ("", "int", "document is empty"),
        ("instances = [1, 2]", "int", "JSON Parse error: Invalid value"),
        ('{"instances": [1, 2', "int", "JSON Parse error"),
        ('{"instances": [NaN, ', "float", "JSON Parse error"),
        (b'{"instances": ["\xff"]}', "string", "JSON Parse error"),
        ("[1]", "int", "Is not object"),
        ('{"signature_name": 5, "instances": [1]}', "int", "a string value"),
        ('{"signature_name": "no", "instances": [1]}', "int", '"no" not found'),
        ('{"instances": [1], "inputs": [1]}', "int", "Not formatted correctly"),
        ("{}", "int", "Missing 'inputs' or 'instances' key"),
        ('{"instances": 1}', "int", "list/array"),
        ('{"instances": []}', "int", "No values in 'instances'"),
        ('{"instances": [[1,2],[5,6,7]]}', "int", "Expecting tensor size: 2"),
        ('{"instances": [[1,2],[[5,6]]]}', "int", r"Expecting shape \[2\]"),
        ('{"instances": [1, [1]]}', "int", r"shape \[\] but got: \[1\]"),
        ('{"instances": [[1,2],["a"]]}', "int", "not of expected type: int32"),
        ('{"instances": [1.5]}', "int", "Number is not of expected type"),
        ('{"instances": [1, 2.0]}', "int", "2.0 Type: Number"),
        ('{"instances": [null]}', "float", "Type: Null"),
        ('{"instances": [true]}', "float", "Type: True"),
        ('{"instances": [1, false]}', "int", "element: 1 .*Type: False"),
        ('{"instances": [1]}', "bool", "Number is not of expected type: bool"),
        ('{"instances": ["1"]}', "float", "Type: String"),
        ('{"instances": [1]}', "string", "not of expected type: string"),
        ('{"instances": [256]}', "uint8", "not of expected type: uint8"),
        ('{"instances": [2147483648]}', "int", "not of expected type"),
        ('{"instances": [1e400]}', "double", "JSON Parse error"),
        ('{"instances": [1.8e308]}', "float", "JSON Parse error|precision"),
        ('{"instances": [1e39]}', "float", "loss of precision"),
        ('{"instances": [16777217]}', "float", "loss of precision"),
        ('{"instances": [16777217, 0.5]}', "float", "loss of precision"),
        ('{"instances": [9007199254740993]}', "double", "loss of precision"),
        ('{"instances": [{"b64": "a$"}]}', "string", "base64 decode"),
        ('{"inputs": {"x": {"b": 1}}}', "string", "for base64 data"),
        ('{"instances": [{"y": 1}]}', "int", "not have named input"),
        (
            '{"instances": [{"x": 1}, 2]}',
            "int",
            "but got list at item 1",
        ),
        (
            '{"instances": [2, {"x": 1}]}',
            "int",
            "but got object at item 1",
        ),
        ('{"inputs": {"y": [1]}}', "int", "Missing named input: x"),
        ('{"inputs": [1, [2]]}', "int", "unexpected level"),
        ('{"inputs": [[1], 2]}', "int", "found at incorrect level"),
        ('{"inputs": [[1], [2, 3]]}', "int", "unexpected size: 2"),
        ('{"inputs": null}', "int", "Type: Null"),
        (f'{{"inputs": {"[" * 40}{"]" * 40}}}', "int", "32 levels"),
        (f'{{"inputs": {"[" * 5000}{"]" * 5000}}}', "int", "JSON Parse error"),
        (f'{{"inputs": [NaN, {"[" * 9999}', "int", "JSON Parse error"),
        (b'{"instances": [' + b"[]," * 2_000_001, "int", "at most 2,000,000"),
    ],
)
def test_mistakes_are_told(text, kind, message):
    with pytest.raises(ServingError, match=message) as error:
        parsed(text, x=kind)
    assert error.value.status == 400 and len(error.value.body) < 1000


@pytest.mark.parametrize(
    "text, message",
    [
        ('{"instances": [1]}', "plain list, but expecting list of objects"),
        ('{"inputs": [1]}', "inputs is a plain value/list"),
        ('{"inputs": {"i": [1]}}', "Missing named input: s"),
        ('{"instances": [{"i": 1}]}', "keys must be equal to: f,i,s"),
        (
            '{"instances": [{"i": 1, "s": "", "f": 1}, '
            '{"i": [1], "s": "", "f": 1}]}',
            "element: 1 key: i .*Expecting shape",
        ),
    ],
)
def test_mistakes_with_several_inputs_are_told(text, message):
    with pytest.raises(ServingError, match=message):
        parsed(text, **KINDS)


def test_another_shape_is_told():
    tensor = Tensor("x:0", np.dtype("float32"), (None, 32, 32, 3))
    tensor.check("x", np.zeros((5, 32, 32, 3)))
    with pytest.raises(ServingError, match=r"\[\?,32,32,3\].* \[5,32,32\]"):
        tensor.check("x", np.zeros((5, 32, 32)))


def test_strict_and_quick_arrays_agree(rng):
    values = rng.standard_normal((3, 4, 5)).tolist()
    check(f'{{"instances": {values}}}', values, "float")
    # Another key leads to another function, one with `false` to a third.
    check(f'{{"instances": {values}, "a": 5}}', values, "float")
    check(f'{{"instances": {values}, "a": false}}', values, "float")
