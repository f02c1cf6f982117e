import dataclasses

import numpy as np
import pytest

import keras_deep
from keras_deep.models.card import attach_card
from keras_deep.training import Config
from keras_deep.training import fit
from keras_deep.training.evaluate import evaluate
from tests.support.digits import NETWORK
from tests.support.digits import load_digits


@pytest.fixture(scope="module")
def trained():
    return fit(NETWORK, load_digits(), Config(epochs=1, seed=0)).model


def test_measures_what_the_training_measured(trained):
    result = keras_deep.card(trained).training["result"]
    measured = evaluate(trained)
    assert measured["data"] == "digits"
    assert measured["accuracy"] == pytest.approx(result["test_accuracy"])
    assert measured["loss"] == pytest.approx(result["test_loss"], rel=1e-4)


def test_other_data_are_normalised_for_the_model(trained, digits, tmp_path):
    # The same test images in a set of another mean and deviation.
    x, y = next(iter(digits.test))
    x = np.array(x) * np.array(digits.std) + np.array(digits.mean)
    x = np.rint(x).astype("uint8")
    y = np.array(y)
    path = tmp_path / "other.npz"
    np.savez(path, x_train=x // 3, y_train=y, x_test=x, y_test=y)
    measured = evaluate(trained, str(path))
    scores = trained.predict(digits.test.take(1), verbose=0)
    expected = (scores.argmax(axis=1) == y).mean()
    assert measured["accuracy"] == pytest.approx(expected)


def test_errors_say_what_is_missing(trained):
    with pytest.raises(ValueError, match="Expected `split`"):
        evaluate(trained, split="tests")
    found = keras_deep.card(trained)
    attach_card(trained, dataclasses.replace(found, training=None))
    with pytest.raises(ValueError, match="does not say which"):
        evaluate(trained)
    attach_card(trained, found)
