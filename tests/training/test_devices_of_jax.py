"""Several devices of JAX train as one does, whether or not batches divide."""

import dataclasses
import functools
import json
import os
import subprocess
import sys

import keras
import numpy as np
import pytest

from keras_deep.training import filled
from tests.support.loopback import ROOT
from tests.training.test_targets_of_fit import Arrays
from tests.training.test_targets_of_fit import X
from tests.training.test_targets_of_fit import Y
from tests.training.test_targets_of_fit import data_of

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "jax", reason="It needs JAX as the backend."
)


@functools.cache
def trained():
    """Returns a dict of cases to what one device found, and two."""
    flag = "--xla_force_host_platform_device_count=2"
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.devices_of_jax"],
        cwd=ROOT,
        env={**os.environ, "XLA_FLAGS": flag},
        capture_output=True,
        text=True,
        timeout=500,
    )
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stdout.splitlines() if line[:1] == "{"]
    return {d["case"]: d["found"] for d in map(json.loads, lines)}


def same(one, other):
    np.testing.assert_allclose(other, one, rtol=0, atol=1e-6)


@pytest.mark.parametrize(
    "name", ["even", "odd soft", "odd balanced", "iterations"]
)
def test_two_devices_train_as_one(name):
    one, two = trained()[name]
    assert [one["devices"], two["devices"]] == [1, 2]
    assert one["steps"] == two["steps"] == (7 if name == "iterations" else 12)
    for first, second in zip(one["weights"], two["weights"], strict=True):
        same(first, second)
    same(one["measured"], two["measured"])
    for key, values in one["history"].items():
        # The means over a training count the copies, and class weights.
        if name == "even" or key.startswith("val_"):
            same(values, two["history"][key])
    assert two["history"]["loss"][1] < two["history"]["loss"][0]


def test_two_devices_normalise_as_one_with_the_same_batches():
    """The last of 21 batches has a copy, which one device is given, too."""
    one, two = trained()["digits"]
    assert one["steps"] == two["steps"] == 21
    for first, second in zip(one["weights"], two["weights"], strict=True):
        same(first, second)
    same(one["measured"], two["measured"])


def test_two_devices_evaluate_as_one():
    one, two = trained()["evaluate"]
    same(*([x["loss"], x["accuracy"]] for x in (one, two)))


@pytest.mark.parametrize("devices", [1, 2, 3, 4, 32])
@pytest.mark.parametrize("count", [1, 3, 89])
def test_weights_make_the_mean_that_of_the_examples(devices, count):
    """For the mean over all rows that Keras takes."""
    values = np.arange(1.0, 90)
    arrays = X[:count], Y[:count]
    held = filled.Filled(Arrays(*arrays), devices, examples=count)
    total, rows, seen = 0.0, 0, 0
    for x, y, weights in held:
        assert len(x) == len(y) == len(weights) and not len(x) % devices
        here = values[seen : seen + 16][:count]
        real = weights > 0
        np.testing.assert_array_equal(x[real], X[seen : seen + real.sum()])
        kept = np.resize(here[: real.sum()], len(x))
        total, rows = total + (kept * weights).sum(), rows + len(x)
        seen += int(real.sum())
    assert seen == count
    assert total / rows == pytest.approx(values[:count].mean(), rel=1e-6)
    # In a training every batch has a mean of its own.
    for (*_, weights), (real, _) in zip(
        filled.Filled(Arrays(*arrays), devices), Arrays(*arrays)
    ):
        assert weights.mean() == pytest.approx(1, rel=1e-6)
        assert len({*weights[: len(real)]}) == 1


def test_data_of_tensorflow_have_to_divide(monkeypatch):
    monkeypatch.setattr(filled, "devices_of_jax", lambda: 4)
    data = dataclasses.replace(data_of(X, Y), train=iter(()), test=iter(()))
    with pytest.raises(ValueError, match="format='numpy'.*'train': 90"):
        filled.filled(data)
    even = dict.fromkeys(("train", "validation", "test"), 88)
    kept = dataclasses.replace(data, sizes=even, arguments={"batch_size": 8})
    assert filled.filled(kept) is kept
    with pytest.raises(ValueError, match="equal parts of.*for 4 devices"):
        filled.filled_split(data, "test")
