"""Nested values come back from JSON and arrays, types and all."""

import json
import math

import keras
import numpy as np
import pytest

from keras_deep.training.state.packing import pack
from keras_deep.training.state.packing import unpack

VALUE = {
    "none": None,
    "flag": True,
    "count": 2**70,
    "rate": 0.1,
    "worst": -math.inf,
    "word": "$array",
    "empty": {},
    "rows": [{"loss": np.float32(0.1)}, {"loss": np.float64(0.1)}],
    "best": (0.5, (1, [2])),
    "weights": [np.arange(3), np.ones((2, 2), "float16")],
    "blob": b"\x00\xff",
}


def passed(value):
    arrays = {}
    text = json.dumps(pack(value, "x", arrays), allow_nan=False)
    return unpack(json.loads(text), arrays), arrays


def equal(one, other):
    assert type(one) is type(other)
    if isinstance(one, dict):
        assert list(one) == list(other)
        one, other = list(one.values()), list(other.values())
    if isinstance(one, (list, tuple)):
        assert len(one) == len(other)
        for a, b in zip(one, other):
            equal(a, b)
    elif isinstance(one, (np.ndarray, np.generic)):
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)
    else:
        assert one == other


def test_nested_values_come_back():
    found, arrays = passed(VALUE)
    equal(found, VALUE)
    assert list(arrays)[2:4] == ["x/weights/0", "x/weights/1"]


def test_nan_and_single_values_come_back():
    found, _ = passed([math.nan, np.float32(math.nan), np.bool_(True)])
    assert math.isnan(found[0]) and type(found[0]) is float
    assert math.isnan(found[1]) and type(found[1]) is np.float32
    assert found[2] is np.bool_(True)


def test_arrays_come_back_as_copies():
    array = np.zeros(3)
    data = pack(array, "x", arrays := {})
    found = unpack(data, arrays)
    found += 1
    assert not arrays["x"].any()


def test_tensors_and_variables_become_arrays():
    tensor = keras.ops.convert_to_tensor([1.0, 2.0])
    for value in (tensor, keras.Variable([1.0, 2.0])):
        found, _ = passed({"v": value})
        np.testing.assert_array_equal(found["v"], [1.0, 2.0])
        assert type(found["v"]) is np.ndarray


@pytest.mark.parametrize(
    "value, match",
    [
        ({"f": len}, "'x/f' to be made of.*builtin_function"),
        ({1: 2}, "strings as keys.*the keys .1."),
        ({"$a": 2}, r"the keys .'\$a'."),
        ([{1, 2}], "'x/0' to be.*set: "),
        (np.array([None]), "ndarray"),
    ],
)
def test_what_no_file_holds_is_refused(value, match):
    with pytest.raises(ValueError, match=match):
        pack(value, "x", {})
