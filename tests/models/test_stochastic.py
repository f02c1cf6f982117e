"""Stochastic inference is the mean of random passes, and changes nothing."""

import keras
import numpy as np
import pytest
from keras import layers

import keras_deep
from tests.support import stacks

SAMPLES = 400


def normalising(x, units):
    x = layers.Dense(units, name="dense")(x)
    return layers.BatchNormalization(name="bn")(x)


@pytest.fixture
def x(rng):
    return rng.standard_normal((6, 4)).astype("float32")


def test_without_random_layers_it_is_the_prediction(x):
    inputs = keras.Input((4,))
    model = stacks.randomised(
        keras.Model(inputs, normalising(inputs, 3)), np.random.default_rng(0)
    )
    before = stacks.values(model)
    found = keras_deep.predict_stochastic(model, x, samples=3)
    np.testing.assert_allclose(found, model.predict(x, verbose=0), rtol=1e-6)
    after = stacks.values(model)
    assert all((after[name] == before[name]).all() for name in before)
    assert model.get_layer("bn").trainable


def test_mean_of_dropout_is_its_expectation(x):
    """Behind the last layer, so that the expectation is exact."""
    inputs = keras.Input((4,))
    y = normalising(inputs, 3)
    plain = keras.Model(inputs, y)
    model = keras.Model(inputs, layers.Dropout(0.25, seed=1)(y))
    stacks.randomised(plain, np.random.default_rng(0))
    expected = plain.predict(x, verbose=0)
    found = keras_deep.predict_stochastic(model, x, SAMPLES, batch_size=4)
    # A unit is 0 or 4/3 of itself: its deviation is a third of its root.
    error = np.abs(expected) * np.sqrt(0.25 / 0.75 / SAMPLES)
    assert (np.abs(found - expected) < 4 * error).all()
    one = keras_deep.predict_stochastic(model, x, samples=1)
    dropped = one == 0
    assert 0 < dropped.sum() < one.size
    np.testing.assert_allclose(
        one[~dropped], (expected / 0.75)[~dropped], rtol=1e-5
    )


@pytest.mark.parametrize("stack", [False, True])
def test_stacked_blocks_draw_and_keep_their_statistics(stack, rng):
    model = keras_deep.SwapoutResNet(
        blocks=(3,), input_shape=(8, 8, 3), classes=3, stack=stack
    )
    stacks.randomised(model, rng)
    x = rng.standard_normal((3, 8, 8, 3)).astype("float32")
    before = stacks.values(model)
    passes = [
        keras_deep.predict_stochastic(model, x, samples=1) for _ in range(3)
    ]
    assert len({one.tobytes() for one in passes}) == 3
    np.testing.assert_allclose(np.sum(passes, axis=2), 1, rtol=1e-5)
    after = stacks.values(model)
    assert all((after[name] == before[name]).all() for name in before)
    assert all(layer.trainable for layer in model.layers)


def test_outputs_may_be_a_structure(x):
    inputs = keras.Input((4,))
    y = layers.Dropout(0.5)(inputs)
    model = keras.Model(inputs, {"a": y, "b": layers.Rescaling(2.0)(y)})
    found = keras_deep.predict_stochastic(model, x, samples=2)
    np.testing.assert_allclose(found["b"], 2 * found["a"], rtol=1e-6)


@pytest.mark.parametrize("wrong", [0, 2.0, True])
def test_other_numbers_of_samples_are_refused(x, wrong):
    with pytest.raises(ValueError, match="`samples` to be a positive int"):
        keras_deep.predict_stochastic(None, x, samples=wrong)


@pytest.mark.parametrize("stack", [False, True])
def test_what_is_frozen_stays_frozen(stack, rng):
    model = keras_deep.SwapoutResNet(
        blocks=(3,), input_shape=(8, 8, 3), classes=3, stack=stack
    )
    keras_deep.freeze(model, "batch normalisation")
    before = {n for n, w in keras_deep.named_weights(model) if w.trainable}
    x = rng.standard_normal((2, 8, 8, 3)).astype("float32")
    keras_deep.predict_stochastic(model, x, samples=1)
    after = {n for n, w in keras_deep.named_weights(model) if w.trainable}
    assert after == before
    assert not any("_bn/" in name for name in after)
