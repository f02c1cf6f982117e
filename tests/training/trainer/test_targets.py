"""Targets and weights of any kind, on one device and on two."""

import functools
import itertools
import json
import subprocess
import sys

import keras
import numpy as np
import pytest

from tests.support.loopback import ROOT

tf = pytest.importorskip("tensorflow")
from keras_deep.training import Trainer  # noqa: E402
from keras_deep.training.trainer.losses import check_losses  # noqa: E402
from tests.support.targets import BY_XLA  # noqa: E402
from tests.support.targets import CASES  # noqa: E402


@functools.cache
def trained():
    """Returns a dict of cases to what `Model.fit` and the trainer found."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.targets"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=500,
    )
    assert done.returncode == 0, done.stderr
    lines = map(json.loads, done.stdout.splitlines())
    return {line.pop("case"): line for line in lines}


@pytest.mark.parametrize(
    "name, devices",
    [
        *itertools.product(CASES, ["one", "two"]),
        *((name, "two by XLA") for name in BY_XLA),
    ],
)
def test_trains_as_keras_does_on_one_device(name, devices):
    expected, found = (trained()[name][kind] for kind in ("stock", devices))
    history = expected["history"]
    assert {"loss", "val_weighted_accuracy"} <= history.keys()
    assert found["history"].keys() == history.keys()
    for key, values in history.items():
        np.testing.assert_allclose(
            found["history"][key], values, rtol=0, atol=1e-6, err_msg=key
        )
    for one, other in zip(expected["weights"], found["weights"], strict=True):
        np.testing.assert_allclose(other, one, rtol=0, atol=1e-6)


def test_weights_change_the_result():
    """Else equal numbers would say nothing about them."""
    for one, other in (
        ("labels", "weights"),
        ("labels", "class weights"),
        ("one-hot", "one-hot, class weights"),
    ):
        losses = [trained()[n]["one"]["history"]["loss"] for n in (one, other)]
        assert abs(np.subtract(*losses)).max() > 1e-2


@pytest.fixture
def model():
    made = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4)])
    made.compile("sgd", keras.losses.SparseCategoricalCrossentropy(True))
    return made


def batches(*arrays):
    return tf.data.Dataset.from_tensor_slices(arrays).batch(2)


X, Y = np.zeros((4, 3), "float32"), np.zeros(4, "int32")


@pytest.mark.parametrize(
    "arrays, class_weight, message",
    [
        ((X, Y, np.ones(4)), {0: 1.0}, "Received: both. Multiply them"),
        ((X,), {0: 1.0}, "the targets of a single output.*Received: batches"),
        ((X, {"a": Y, "b": Y}), {0: 1.0}, "the targets of a single output"),
        ((X, Y), {}, "dict of classes, ints from 0.*class_weight={}"),
        ((X, Y), [1.0, 2.0], r"dict of classes.*class_weight=\[1.0, 2.0\]"),
        ((X, Y), {"cat": 2.0}, "dict of classes.*{'cat': 2.0}"),
        ((X, Y), {0: -1.0}, "floats from 0.*{0: -1.0}"),
    ],
)
def test_impossible_class_weights_are_refused(
    model, arrays, class_weight, message
):
    with pytest.raises(ValueError, match=message):
        Trainer(model).fit(batches(*arrays), class_weight=class_weight)
    assert int(model.optimizer.iterations) == 0


def test_class_weights_are_those_of_every_epoch(model):
    """With weights of 0 nothing is learned, whatever gives the data."""
    before = [w.copy() for w in model.get_weights()]
    weights = dict.fromkeys(range(4), 0.0)
    Trainer(model).fit(lambda epoch: batches(X, Y), 2, class_weight=weights)
    for one, other in zip(before, model.get_weights()):
        np.testing.assert_array_equal(one, other)
    Trainer(model).fit(lambda epoch: batches(X, Y), class_weight={9: 0})
    assert any((a != b).any() for a, b in zip(before, model.get_weights()))


def mean_of_squares(y, outputs):
    return keras.ops.mean(keras.ops.square(y - outputs))


SQUARES = keras.losses.MeanSquaredError
REFUSED = [
    (SQUARES("sum"), "'mean_squared_error' with reduction='sum'. A sum is"),
    (SQUARES("mean_with_sample_weight"), "mean_with_sample_weight"),
    ({"a": "mse", "b": SQUARES(None)}, "reduction=None"),
    (mean_of_squares, "mean_of_squares.*a single value. Leave out its mean"),
]


@pytest.mark.parametrize("loss, message", REFUSED)
def test_losses_that_are_no_means_are_refused_on_several(loss, message):
    """Those of shares of a batch do not add up to that of the batch."""
    inputs = keras.Input((3,))
    model = keras.Model(inputs, keras.layers.Dense(3)(inputs))
    model.compile("sgd", loss)
    with pytest.raises(ValueError, match=message):
        check_losses(model, X, X)


def test_other_losses_are_taken_on_several():
    inputs = keras.Input((3,))
    outputs = [keras.layers.Dense(3)(inputs) for _ in range(3)]
    model = keras.Model(inputs, outputs)
    square = keras.losses.mean_squared_error
    model.compile("sgd", ["mse", square, SQUARES()])
    check_losses(model, [X, X, X], [X, X, X])
