"""The first validation is one of the steps, not of initial statistics."""

import dataclasses

import keras
import numpy as np
import pytest

from keras_deep.training import Config
from keras_deep.training import fit
from keras_deep.training.first_statistics import FirstStatistics
from tests.support.digits import load_digits

MOMENTUM = 0.8


def _model(**arguments):
    bn = keras.layers.BatchNormalization(momentum=MOMENTUM, **arguments)
    model = keras.Sequential([keras.Input((3,)), bn, keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    return model, bn


def _fit(model, x, epochs=1, **arguments):
    data = (x, np.zeros((len(x), 1)))
    model.fit(
        *data,
        batch_size=4,
        epochs=epochs,
        shuffle=False,
        verbose=0,
        callbacks=[FirstStatistics()],
        **arguments,
    )


def _averages(x, steps, weights):
    """The weighted average of the statistics of batches of 4."""
    batches = np.float64(x).reshape(-1, 4, 3)[:steps]
    weights = np.array(weights) / np.sum(weights)
    return (
        sum(w * b.mean(0) for w, b in zip(weights, batches)),
        sum(w * b.var(0) for w, b in zip(weights, batches)),
    )


@pytest.mark.parametrize("validated", [True, False])
def test_initial_statistics_take_no_part(rng, validated):
    model, bn = _model()
    x = rng.normal(5, 3, (12, 3)).astype("float32")
    data = {"validation_data": (x, np.zeros((12, 1)))} if validated else {}
    _fit(model, x, **data)
    mean, variance = _averages(x, 3, [MOMENTUM**2, MOMENTUM, 1])
    np.testing.assert_allclose(bn.moving_mean, mean, rtol=1e-5)
    np.testing.assert_allclose(bn.moving_variance, variance, rtol=1e-4)


def test_the_validation_itself_uses_them(rng):
    model, bn = _model(center=False, scale=False)
    x = rng.normal(5, 3, (4, 3)).astype("float32")
    seen = {}

    class Look(keras.callbacks.Callback):
        def on_test_batch_begin(self, batch, logs=None):
            seen["mean"] = np.array(bn.moving_mean)

    model.fit(
        x,
        np.zeros((4, 1)),
        batch_size=4,
        verbose=0,
        validation_data=(x, np.zeros((4, 1))),
        callbacks=[FirstStatistics(), Look()],
    )
    np.testing.assert_allclose(seen["mean"], x.mean(0), rtol=1e-5)


def test_later_epochs_and_trained_statistics_are_left_alone(rng):
    x = rng.normal(5, 3, (8, 3)).astype("float32")
    model, bn = _model()
    _fit(model, x, epochs=2)
    weights = [MOMENTUM, 1]  # Of the first epoch, which sum to one.
    mean, _ = _averages(x, 2, weights)
    for batch in np.float64(x).reshape(-1, 4, 3):
        mean = MOMENTUM * mean + (1 - MOMENTUM) * batch.mean(0)
    np.testing.assert_allclose(bn.moving_mean, mean, rtol=1e-5)

    model, bn = _model()
    bn.moving_mean.assign([1.0, 2.0, 3.0])
    _fit(model, x)
    mean = np.array([1.0, 2.0, 3.0])
    for batch in np.float64(x).reshape(-1, 4, 3):
        mean = MOMENTUM * mean + (1 - MOMENTUM) * batch.mean(0)
    np.testing.assert_allclose(bn.moving_mean, mean, rtol=1e-5)


def test_frozen_statistics_are_left_alone(rng):
    model, bn = _model()
    bn.trainable = False
    model.compile("sgd", "mse")
    _fit(model, rng.normal(5, 3, (8, 3)).astype("float32"))
    np.testing.assert_array_equal(bn.moving_mean, 0)
    np.testing.assert_array_equal(bn.moving_variance, 1)


def test_a_layer_that_is_called_twice_is_left_alone(rng):
    inputs = keras.Input((3,))
    bn = keras.layers.BatchNormalization(momentum=MOMENTUM)
    outputs = keras.layers.Dense(1)(bn(bn(inputs)))
    model = keras.Model(inputs, outputs)
    model.compile("sgd", "mse")
    _fit(model, 1e-3 * rng.standard_normal((4, 3)).astype("float32"))
    variance = np.array(bn.moving_variance)
    assert (variance >= 0.5).all()


@pytest.mark.proof
@pytest.mark.tensorflow
def test_one_step_of_a_deep_network_is_enough():
    """Without the correction the validation loss is 5e11 or NaN.

    With it the loss is some ten to some hundred, by the start.
    """
    data = load_digits()
    data = dataclasses.replace(
        data, train=data.train.take(1), validation=data.validation.take(1)
    )
    network = ("CifarResNet", {"depth": 1202})
    result = fit(network, data, Config(epochs=1, learning_rate=1e-3))
    assert result.history["val_loss"][0] < 1e4
