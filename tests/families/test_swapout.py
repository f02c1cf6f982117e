"""SwapoutResNet, against a block in NumPy and networks that it includes."""

import keras
import numpy as np
import pytest

import keras_deep
from keras_deep.models.weights import copy_weights
from tests.support import stacks
from tests.support.learning import errors_after_training
from tests.support.learning import momentum
from tests.support.learning import photos
from tests.support.numpy_words import convolved
from tests.support.numpy_words import normalised

KEEPS = 0.6, 0.3


def uneven(fraction):
    """A schedule that tells shortcut and branch apart."""
    return KEEPS


def small(**arguments):
    """Builds a network with random weights."""
    given = {"blocks": (3,), "input_shape": (8, 8, 3), "classes": 3}
    given["classifier_activation"] = None
    model = keras_deep.SwapoutResNet(**{**given, **arguments})
    return stacks.randomised(model, np.random.default_rng(1))


@pytest.fixture
def x(rng):
    return rng.standard_normal((2, 8, 8, 3)).astype("float32")


def branch(x, weights, block, training):
    """BN-ReLU-conv twice, in NumPy."""
    for norm, conv in (("preact", 1), (1, 2)):
        gamma, beta, mean, variance = (
            weights[f"{block}_{norm}_bn/{leaf}"]
            for leaf in ("gamma", "beta", "moving_mean", "moving_variance")
        )
        statistics = None if training else (mean, variance)
        x = normalised(x, (0, 1, 2), 1e-5, gamma, beta, statistics)
        kernel = weights[f"{block}_{conv}_conv/kernel"]
        x = convolved(np.maximum(x, 0), kernel, pad=((1, 1), (1, 1)))
    return x


def test_inference_is_that_of_the_formula(x):
    """`y = theta_1 x + theta_2 F(x)` in every block."""
    model = small(schedule=uneven)
    start = keras.Model(model.input, model.get_layer("conv1_conv").output)
    end = keras.Model(model.input, model.get_layer("conv2_end").output)
    y, weights = np.array(start(x)), stacks.values(model)
    for number in (1, 2, 3):
        found = branch(y, weights, f"conv2_block{number}", training=False)
        y = KEEPS[0] * y + KEEPS[1] * found
    stacks.assert_equal(end(x), y, 1e-5)


def test_training_chooses_for_every_unit(x):
    """The output of a block is 0, `x`, `F(x)` or their sum."""
    model = small(blocks=(1,), schedule=uneven)
    start = keras.Model(model.input, model.get_layer("conv1_conv").output)
    end = keras.Model(model.input, model.get_layer("conv2_end").output)
    shortcut, weights = np.array(start(x)), stacks.values(model)
    y = branch(shortcut, weights, "conv2_block1", training=True)
    found = np.array(end(x, training=True))
    seen = np.zeros(found.shape, bool)
    for kept, outcome in (
        (0.4 * 0.7, 0 * y),
        (0.6 * 0.7, shortcut),
        (0.4 * 0.3, y),
        (0.6 * 0.3, shortcut + y),
    ):
        matches = np.abs(found - outcome) < 1e-4 * np.abs(y).max()
        error = np.sqrt(kept * (1 - kept) / matches.size)
        # Some units lie within the tolerance of two outcomes.
        assert abs(matches.mean() - kept) < 4 * error + 0.01
        seen |= matches
    assert seen.all()


def test_projections_are_dropped_too():
    model = small(blocks=(1, 1), schedule="constant")
    x, y = model.get_layer("conv3_block1_swapout").input
    assert x._keras_history.operation.name == "conv3_block1_0_conv"
    assert y._keras_history.operation.name == "conv3_block1_2_conv"


def test_keeping_all_is_a_residual_network_bit_for_bit(x):
    given = {"input_shape": (8, 8, 3), "classes": 3}
    given["classifier_activation"] = None
    ours = keras_deep.SwapoutResNet(
        blocks=(2, 2), schedule=lambda fraction: (1.0, 1.0), **given
    )
    other = keras_deep.CifarResNet(
        blocks=(2, 2), version=2, shortcut="B", **given
    )
    copy_weights(ours, other)
    np.testing.assert_array_equal(ours(x), other(x))
    for model in (ours, other):
        stacks.compiled(model).train_on_batch(x, np.array([0, 1]))
    stacks.assert_equal_weights(ours, other, 1e-6)


def test_stacked_blocks_compute_and_draw_as_ordinary_layers(x):
    stacked = small(blocks=(4, 3), stack=True)
    assert len(stacks.stacks_in(stacked)) == 2
    flat = keras_deep.unstacked(stacked)
    for training in (False, True, True):
        ours, theirs = (m(x, training=training) for m in (stacked, flat))
        stacks.assert_equal(ours, theirs, 1e-4)
    keeps = [
        layer.keep_branch
        for layer in small(blocks=(4, 3), stack=False).layers
        if isinstance(layer, keras_deep.layers.Swapout)
    ]
    assert keeps == pytest.approx(1 - np.arange(7) / 12)


@pytest.mark.parametrize("width", [1, 2, 4])
@pytest.mark.usefixtures("cheap_start")
def test_every_stage_is_wider(width):
    taps = keras_deep.features(keras_deep.SwapoutResNet(width=width))
    widths = [y.shape[-1] for y in taps.outputs]
    assert widths == [16 * width, 32 * width, 64 * width]


@pytest.mark.parametrize(
    "wrong, message",
    [
        ({"schedule": "linaer"}, "Did you mean 'linear'"),
        ({"width": 0}, "`width` to be a positive int.*width=0"),
        ({"width": 1.0}, "`width` to be a positive int.*width=1.0"),
        ({"depth": 28}, r"6 \* n \+ 2"),
    ],
)
def test_wrong_values_are_errors(wrong, message):
    with pytest.raises(ValueError, match=message):
        keras_deep.SwapoutResNet(**wrong)


@pytest.mark.proof
def test_learns_photos_and_predicts_better_by_many_passes(shared):
    """Statistics of training fit random passes, not their expectation."""
    model = keras_deep.SwapoutResNet(8, 2)
    ours, linear = errors_after_training(
        model, shared, batch=16, steps=600, rate=0.05, optimizer=momentum
    )
    x, y = photos(shared, "test", 1000)
    found = keras_deep.predict_stochastic(model, x, 30, batch_size=100)
    stochastic = 100 * np.mean(found.argmax(axis=1) != y)
    print(
        f"SwapoutResNet-8 W2 {stochastic:.1f} %, {ours:.1f} % by one "
        f"deterministic pass, linear {linear:.1f} %"
    )
    assert stochastic < linear - 3
    assert stochastic < ours
