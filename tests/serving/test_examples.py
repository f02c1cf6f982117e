"""Examples in JSON: the cases of TF Serving's json_tensor_test.cc."""

import math

import numpy as np
import pytest
import tensorflow as tf

from keras_deep.serving.errors import ServingError
from keras_deep.serving.examples import parse_examples
from keras_deep.serving.signatures import Signature
from keras_deep.serving.signatures import Tensor


def _signature(method, outputs, inputs=("inputs",)):
    tensor = Tensor("x:0", np.dtype(object), (None,))
    return Signature(
        "s",
        f"tensorflow/serving/{method}",
        dict.fromkeys(inputs, tensor),
        dict.fromkeys(outputs, tensor),
        print,
    )


SIGNATURES = {
    "serving_default": _signature("classify", ["scores"]),
    "values": _signature("regress", ["outputs"]),
    "plain": _signature("predict", ["outputs"]),
    "others": _signature("classify", ["x"]),
    "named": _signature("classify", ["scores"], ["x"]),
}


def parsed(text, method="classify"):
    _, inputs = parse_examples(text.encode(), SIGNATURES, method)
    return [tf.train.Example.FromString(x) for x in inputs["inputs"]]


def values(example):
    found = {}
    for name, feature in example.features.feature.items():
        kind = feature.WhichOneof("kind")
        found[name] = kind, list(getattr(feature, kind).value)
    return found


def test_examples_without_context():
    first, second = parsed(
        """{"examples": [
        {"names": ["foo", "bar"], "ratings": [8.0, 9.5], "age": 20},
        {"names": "baz", "ratings": 6.0}]}"""
    )
    assert values(first) == {
        "names": ("bytes_list", [b"foo", b"bar"]),
        "ratings": ("float_list", [8, 9.5]),
        "age": ("int64_list", [20]),
    }
    assert values(second) == {
        "names": ("bytes_list", [b"baz"]),
        "ratings": ("float_list", [6]),
    }


def test_examples_with_context_and_signature():
    (found,) = parsed(
        """{"signature_name": "values",
        "context": {"query": "pizza", "location": ["sfo"]},
        "examples": [{"names": ["baz", {"b64": "aGVsbG8="}],
        "ratings": [NaN, -Infinity], "mix": [1, true, false]}]}""",
        "regress",
    )
    found = values(found)
    kind, ratings = found.pop("ratings")
    assert kind == "float_list" and math.isnan(ratings[0])
    assert ratings[1] == -math.inf
    assert found == {
        "query": ("bytes_list", [b"pizza"]),
        "location": ("bytes_list", [b"sfo"]),
        "names": ("bytes_list", [b"baz", b"hello"]),
        "mix": ("int64_list", [1, 1, 0]),
    }


@pytest.mark.parametrize(
    "text, message",
    [
        ('{"signature_name": ["a"], "examples": [{}]}', "must be a string"),
        ('{"context": [{"a": 1}]}', "Example must be JSON object"),
        ("{}", "'examples' is expected and was not found"),
        ('{"examples": {"a": 1}}', "list/array"),
        ('{"examples": []}', "empty array"),
        ('{"examples": [[{"a": 1}]]}', "Example must be JSON object.* Array"),
        ('{"examples": [{"a": [10, null]}]}', "a has element .*type: Null"),
        ('{"examples": [{"a": [10, 10.0]}]}', "a expecting type: int64"),
        ('{"examples": [{"a": ["x", 1]}]}', "a expecting type: bytes"),
        ('{"examples": [{"a": [{"t": 1}]}]}', "JSON type: Object"),
        ('{"examples": [{"a": [[10], 20]}]}', "JSON type: Array"),
        ('{"examples": [{"a": 18446744073709551603}]}', "Only int64"),
        ('{"examples": [{"a": 1.7e300}]}', "loss of precision"),
        ('{"signature_name": "no", "examples": [{}]}', "with the name: no"),
        ('{"signature_name": "plain", "examples": [{}]}', "Was: .*predict"),
        ('{"signature_name": "values", "examples": [{}]}', "Was: .*regress"),
        ('{"signature_name": "others", "examples": [{}]}', "at least one of"),
        ('{"signature_name": "named", "examples": [{}]}', "No classification"),
    ],
)
def test_mistakes_are_told(text, message):
    with pytest.raises(ServingError, match=message) as error:
        parsed(text)
    assert error.value.status == 400
