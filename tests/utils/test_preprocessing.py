"""The record of what images need: its fields, defaults and refusals."""

import dataclasses
import json

import numpy as np
import pytest

from keras_deep.utils.preprocessing import Preprocessing
from keras_deep.utils.preprocessing import as_preprocessing

OLD = {"shape": [4, 5, 3], "mean": [1, 2, 3], "std": [4, 5, 6]}
OLD |= {"range": [0, 255], "resize": "stretch"}


def test_a_record_and_its_dict_are_the_same():
    mean = np.arange(60.0).reshape(4, 5, 3)
    record = Preprocessing(
        np.array([4, 5, 3]), mean, 2, "center_crop", 1, "bicubic", "BGR"
    )
    plain = json.loads(json.dumps(record.to_dict()))
    assert (
        plain
        == record.to_dict()
        == {
            "shape": [4, 5, 3],
            "range": [0, 255],
            "mean": mean.tolist(),
            "std": [2.0],
            "resize": "center_crop",
            "crop": 1.0,
            "interpolation": "bicubic",
            "order": "BGR",
        }
    )
    assert as_preprocessing(plain) == record == as_preprocessing(record)
    assert len({record, as_preprocessing(plain)}) == 1


def test_what_older_dicts_do_not_say_has_a_default():
    record = as_preprocessing(OLD)
    assert record == Preprocessing((4, 5, 3), (1, 2, 3), (4, 5, 6), "stretch")
    defaults = (record.crop, record.interpolation, record.order)
    assert defaults == (224 / 256, "bilinear", "RGB")


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"shape": [4, 5]}, r"height, width and channels.*shape=\[4, 5\]"),
        ({"shape": [4, 0, 3]}, "height, width and channels"),
        ({"shape": [4, 5.5, 3]}, "height, width and channels"),
        ({"shape": None}, "height, width and channels"),
        ({"mean": [1, 2]}, r"`mean` .* one number for each channel of \(4, 5,"),
        ({"mean": []}, "`mean`"),
        ({"mean": ["a"]}, "`mean`"),
        ({"mean": [[1], [2, 3]]}, "`mean`"),
        ({"mean": [1, 2, float("nan")]}, "`mean`"),
        ({"std": [1, 2, float("inf")]}, "`std`"),
        ({"std": [1, 0, 1]}, "`std` of `preprocessing` to be above 0"),
        ({"resize": "crop"}, r"`resize`.*'stretch', 'center_crop'.*=crop"),
        ({"crop": 0}, r"`crop`.*\(0, 1\].*crop=0"),
        ({"crop": 1.5}, "`crop`"),
        ({"crop": "1"}, "`crop`"),
        ({"interpolation": "cubic"}, "`interpolation`.*'bicubic'"),
        ({"order": "rgb"}, "`order`.*'RGB', 'BGR'"),
        ({"range": [0, 1]}, r"`range`.*\[0, 255\].*range=\[0, 1\]"),
        ({"range": 255}, "`range`"),
        ({"interpolaton": "bicubic"}, "Did you mean 'interpolation'"),
    ],
)
def test_wrong_fields_are_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        as_preprocessing({**OLD, **changes})


@pytest.mark.parametrize("name", ["shape", "mean", "std", "resize"])
def test_missing_fields_are_refused(name):
    left = {key: value for key, value in OLD.items() if key != name}
    with pytest.raises(ValueError, match=rf"'{name}'.*Received: \["):
        as_preprocessing(left)


@pytest.mark.parametrize("record", [None, "imagenet", [1, 2, 3]])
def test_something_else_is_refused(record):
    with pytest.raises(ValueError, match="`preprocessing` to be a dict"):
        as_preprocessing(record)


def test_a_changed_record_is_checked_again():
    record = as_preprocessing(OLD)
    assert dataclasses.replace(record, shape=(8, 8, 3)).shape == (8, 8, 3)
    with pytest.raises(ValueError, match="`mean`"):
        dataclasses.replace(record, shape=(8, 8, 1))
