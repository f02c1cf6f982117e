"""Trainings that do not look at the test images."""

import dataclasses
import json

import numpy as np
import pytest

import keras_deep
from keras_deep import data
from keras_deep.cli.summary import print_summary
from keras_deep.training import Config
from keras_deep.training import fit
from keras_deep.training.data import describe
from keras_deep.training.run_call import with_seed

NETWORK = ("DenseNetBC", {"blocks": (1,), "growth_rate": 4})
CONFIG = Config(epochs=1, seed=3)


def unseeded():
    return data.load("digits", batch_size=64)


def test_trains_the_same_weights_and_measures_nothing(digits, tmp_path, capsys):
    before = digits.sizes
    without = digits.without_test()
    assert without.test is None and digits.test is not None
    assert digits.sizes == before and set(before) - set(without.sizes) == {
        "test"
    }
    result = fit(NETWORK, without, CONFIG, output=tmp_path / "run")
    assert "359 test" not in capsys.readouterr().out
    tested = fit(NETWORK, digits, CONFIG)
    assert "359 test" in capsys.readouterr().out
    for ours, theirs in zip(
        result.model.get_weights(), tested.model.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)
    measured = tested.card.training["result"]
    assert {"test_loss", "test_accuracy"} <= set(measured)
    written = json.loads((tmp_path / "run" / "result.json").read_text())
    kept = {key for key in measured if not key.startswith("test_")}
    assert set(written["training"]["result"]) == kept
    assert (tmp_path / "run" / "learning_curve.png").is_file()
    assert keras_deep.load(tmp_path / "run" / "best.keras")

    print_summary(result.card, tmp_path)
    lines = capsys.readouterr().out.splitlines()
    (line,) = (line for line in lines if "test accuracy" in line)
    assert "%" not in line and "-" in line


@pytest.mark.parametrize(
    "take_out",
    [
        lambda loaded: loaded.without_test(),
        lambda loaded: dataclasses.replace(loaded, test=None),
    ],
    ids=["without_test", "replace"],
)
def test_the_seed_that_a_run_draws_brings_no_test_images_back(take_out):
    loaded = unseeded()
    drawn = with_seed(take_out(loaded), 5)
    assert drawn.test is None and drawn.arguments["seed"] == 5
    (x, _), *_ = drawn.train
    (expected, _), *_ = loaded.reseeded(5).train
    np.testing.assert_array_equal(x, expected)
    assert with_seed(loaded, 5).test is not None


def test_data_without_any_images_to_hold_out_are_described(digits):
    bare = dataclasses.replace(digits, sizes={"train": 1297})
    assert describe(bare)[0] == "Data: 1,297 training images of 8 x 8 x 1"
