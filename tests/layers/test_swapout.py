"""Swapout keeps each unit of shortcut and branch by a coin of its own."""

import keras
import numpy as np
import pytest

from keras_deep.layers.position import Position
from keras_deep.layers.swapout import SCHEDULES
from keras_deep.layers.swapout import Swapout
from keras_deep.layers.swapout import resolve_schedule
from keras_deep.layers.swapout import swapout

SAMPLES = 2000


@pytest.fixture
def pair(rng):
    """A shortcut and a branch for one image, none of whose units is 0."""
    shape = (1, 3, 2, 4)
    return [rng.uniform(1, 2, shape).astype("float32") for _ in range(2)]


def passes(layer, pair):
    """Returns the layer's outputs in many passes of training."""
    repeated = [np.repeat(one, SAMPLES, axis=0) for one in pair]
    return np.array(layer(repeated, training=True))


def test_expectation_is_the_formula_and_the_inference(pair):
    x, y = pair
    layer = Swapout(0.7, 0.4, seed=1)
    expected = 0.7 * x + 0.4 * y
    np.testing.assert_allclose(layer(pair), expected, rtol=1e-6)
    variance = 0.7 * 0.3 * x**2 + 0.4 * 0.6 * y**2
    difference = np.abs(passes(layer, pair).mean(axis=0) - expected)
    # Of 24 units, four standard errors.
    assert (difference < 4 * np.sqrt(variance / SAMPLES)).all()


def test_four_outcomes_are_as_often_as_independent_coins_say(pair):
    x, y = pair
    found = passes(Swapout(0.7, 0.4, seed=1), pair)
    outcomes = {0.3 * 0.6: 0 * x, 0.7 * 0.6: x, 0.3 * 0.4: y, 0.7 * 0.4: x + y}
    seen = np.zeros(found.shape, bool)
    for probability, outcome in outcomes.items():
        matches = np.isclose(found, outcome, rtol=1e-6)
        error = np.sqrt(probability * (1 - probability) / matches.size)
        assert abs(matches.mean() - probability) < 4 * error
        seen |= matches
    assert seen.all()


def test_neighbours_and_images_are_independent(pair):
    x, y = pair
    kept = passes(Swapout(0.5, 0.0, seed=1), pair) > 0
    flat = kept.reshape(SAMPLES, -1).astype(float)
    correlation = np.corrcoef(flat.T) - np.eye(flat.shape[1])
    assert np.abs(correlation).max() < 4.5 / np.sqrt(SAMPLES)


@pytest.mark.parametrize(
    "keeps, name",
    [((1, 1), "residual"), ((0, 1), "plain"), ((1, 0), "identity")],
)
@pytest.mark.parametrize("training", [False, True])
def test_certain_choices_are_other_networks(pair, keeps, name, training):
    x, y = pair
    expected = {"residual": x + y, "plain": y, "identity": x}[name]
    found = Swapout(*keeps)(pair, training=training)
    np.testing.assert_array_equal(found, expected)


def test_dropped_shortcuts_make_dropout_of_a_plain_layer(pair):
    x, y = pair
    found = passes(Swapout(0.0, 0.5, seed=2), pair)
    kept = found == y
    assert (kept | (found == 0)).all()
    assert abs(kept.mean() - 0.5) < 4 * 0.5 / np.sqrt(kept.size)


def test_kept_shortcuts_make_dropout_of_the_branch(pair):
    x, y = pair
    found = passes(Swapout(1.0, 0.5, seed=2), pair)
    assert (np.isclose(found, x) | np.isclose(found, x + y)).all()


def test_one_probability_for_both_drops_their_sum_in_expectation(pair):
    x, y = pair
    found = np.array(Swapout(0.8, 0.8)(pair))
    np.testing.assert_allclose(found, 0.8 * (x + y), rtol=1e-6)


@pytest.mark.parametrize(
    "name, first, middle, last",
    [
        ("linear", 1, 0.75, 0.5),
        ("rising", 0.5, 0.75, 1),
        ("constant", 0.5, 0.5, 0.5),
    ],
)
def test_schedules_go_from_the_first_to_the_last_block(
    name, first, middle, last
):
    assert name in SCHEDULES
    x = keras.Input((4, 4, 2))
    for number, keep in ((1, first), (3, middle), (5, last)):
        at = Position("conv2", "b", 2, total=5, progress=number / 5)
        layer = swapout(x, x, at, name)._keras_history.operation
        assert layer.keep_shortcut == pytest.approx(keep, abs=1e-12)
        assert layer.keep_branch == layer.keep_shortcut


def test_a_schedule_may_be_a_function():
    x = keras.Input((4, 4, 2))
    progress = np.array([0.5, 0.75, 1.0])
    at = Position("conv2", "b", 2, total=4, progress=progress)
    y = swapout(x, x, at, lambda fraction: (1.0, 1 - fraction / 2))
    layer = y._keras_history.operation
    assert layer.keep_shortcut == [1, 1, 1]
    assert layer.keep_branch == pytest.approx([5 / 6, 4 / 6, 1 / 2])


@pytest.mark.parametrize("wrong", [-0.1, 1.5, [0.5, 2.0], float("nan")])
def test_other_probabilities_are_refused(wrong):
    with pytest.raises(ValueError, match=r"`keep_shortcut` to be in \[0, 1\]"):
        Swapout(wrong)
    with pytest.raises(ValueError, match="`keep_branch`.*Received: keep_bran"):
        Swapout(0.5, wrong)


def test_unknown_schedules_have_near_misses():
    with pytest.raises(ValueError, match="Did you mean 'linear'"):
        resolve_schedule("linaer")
