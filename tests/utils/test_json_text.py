import json
import math
import pathlib

import numpy as np
import pytest

from keras_deep.utils.json_text import json_text
from keras_deep.utils.json_text import parse_json


def strictly(text):
    """Reads JSON as readers other than Python's do."""

    def refuse(word):
        raise ValueError(word)

    return json.loads(text, parse_constant=refuse)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_numbers_that_are_not_finite_are_null(bad):
    value = {"loss": bad, "rates": [1.5, (bad, 2)], "deep": {"x": {"y": bad}}}
    for indent in (None, 2):
        assert strictly(json_text(value, indent)) == {
            "loss": None,
            "rates": [1.5, [None, 2]],
            "deep": {"x": {"y": None}},
        }
    assert strictly(json_text({bad: 1})) == {str(bad): 1}


def test_everything_else_is_as_json_has_it():
    value = {"a": [1, 2.5, True, None, "NaN"], "b": {}, "c": []}
    assert json_text(value) == json.dumps(value)
    assert json_text(value, indent=2) == json.dumps(value, indent=2)


def test_numbers_of_numpy_are_numbers():
    value = {"a": np.float32(0.5), "b": np.int64(3), "c": np.array([1.0, 2.0])}
    value = {**value, "d": np.float32("nan"), "e": pathlib.Path("x/y")}
    assert strictly(json_text(value)) == {
        "a": 0.5,
        "b": 3,
        "c": [1.0, 2.0],
        "d": None,
        "e": "x/y",
    }


def test_reads_what_python_wrote():
    assert parse_json('{"a": NaN, "b": [-Infinity, 1]}') == {
        "a": None,
        "b": [None, 1],
    }
    with pytest.raises(ValueError):
        parse_json("{")
