"""Blocks of branches compute what the formulas say."""

import keras
import numpy as np
import pytest

from keras_deep.layers.conv import batch_norm
from keras_deep.layers.conventions import Convention
from keras_deep.layers.conventions import convention_scope
from keras_deep.layers.inception import AVG
from keras_deep.layers.inception import MAX
from keras_deep.layers.inception import inception_block
from keras_deep.layers.inception import inception_branch
from keras_deep.layers.inception import inception_residual
from keras_deep.layers.inception import inception_stem
from keras_deep.layers.position import Position
from tests.support.numpy_words import convolved
from tests.support.numpy_words import normalised

AT = Position("conv3", "conv3_block2", 5)


def randomised(model, rng):
    """Gives a model random weights; returns them by layer."""
    weights = {}
    for layer in model.layers:
        values = [
            rng.uniform(0.5, 1.5, w.shape)
            if len(w.shape) == 1
            else rng.standard_normal(w.shape)
            for w in layer.weights
        ]
        layer.set_weights(values)
        weights[layer.name] = values
    return weights


def unit(x, weights, name, pad=((0, 0), (0, 0)), stride=(1, 1)):
    """Applies a convolution, normalisation and ReLU, in NumPy."""
    (kernel,) = weights[f"{name}_conv"]
    gamma, beta, *moments = weights[f"{name}_bn"]
    y = convolved(x, kernel, stride, pad)
    return np.maximum(normalised(y, None, 1e-5, gamma, beta, moments), 0)


BRANCHES = (((2, 1),), ((3, 1), (2, (1, 3)), (4, (3, 1))))


@pytest.mark.parametrize(
    "scale, activate", [(0.17, True), (1, False), (1.0, True)]
)
def test_residual_is_x_plus_the_scaled_branches(scale, activate, rng):
    inputs = keras.Input((4, 3, 5))
    model = keras.Model(
        inputs, inception_residual(inputs, AT, BRANCHES, scale, activate)
    )
    weights = randomised(model, rng)
    x = rng.standard_normal((2, 4, 3, 5)).astype("float32")
    at = AT.name
    first = unit(x, weights, f"{at}_0_1")
    second = unit(x, weights, f"{at}_1_1")
    second = unit(second, weights, f"{at}_1_2", ((0, 0), (1, 1)))
    second = unit(second, weights, f"{at}_1_3", ((1, 1), (0, 0)))
    kernel, bias = weights[f"{at}_residual_conv"]
    y = convolved(np.concatenate([first, second], -1), kernel) + bias
    expected = x + scale * y
    if activate:
        expected = np.maximum(expected, 0)
    assert (expected < 0).any() != activate
    np.testing.assert_allclose(model(x), expected, rtol=1e-4, atol=1e-4)


def test_block_concatenates_its_branches_in_order(rng):
    inputs = keras.Input((5, 7, 3))
    side_by_side = ((2, (1, 3)), (1, (3, 1)))
    branches = ((MAX,), ((4, 1), (2, 3, 2)), ((2, 3, 2, "valid"),))
    model = keras.Model(inputs, inception_block(inputs, branches, "a"))
    weights = randomised(model, rng)
    x = rng.standard_normal((2, 5, 7, 3)).astype("float32")
    windows = np.lib.stride_tricks.sliding_window_view(x, (3, 3), (1, 2))
    largest = windows[:, ::2, ::2].max((-1, -2))
    strided = unit(unit(x, weights, "a_1_1"), weights, "a_1_2", stride=(2, 2))
    alone = unit(x, weights, "a_2_1", stride=(2, 2))
    expected = np.concatenate([largest, strided, alone], -1)
    np.testing.assert_allclose(model(x), expected, rtol=1e-4, atol=1e-4)

    ends = inception_branch(inputs, ((4, 1), side_by_side), "b")
    model = keras.Model(inputs, ends)
    weights = randomised(model, rng)
    middle = unit(x, weights, "b_1")
    wide = unit(middle, weights, "b_2a", ((0, 0), (1, 1)))
    high = unit(middle, weights, "b_2b", ((1, 1), (0, 0)))
    for ours, theirs in zip(model(x), (wide, high), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-4)


def test_average_does_not_count_what_lies_outside():
    inputs = keras.Input((3, 3, 1))
    (pooled,) = inception_branch(inputs, (AVG,), "a")
    x = np.arange(9.0, dtype="float32").reshape(1, 3, 3, 1)
    # By hand: the corner is the mean of 0, 1, 3 and 4.
    expected = [[2, 2.5, 3], [3.5, 4, 4.5], [5, 5.5, 6]]
    found = np.array(keras.Model(inputs, pooled)(x))[0, :, :, 0]
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_stem_halves_the_sides_without_padding_at_first():
    x = inception_stem(keras.Input((299, 139, 3)))
    assert x.shape == (None, 147, 67, 64)


@pytest.mark.parametrize("scale", [True, False])
def test_convention_says_whether_norms_have_a_scale(scale):
    with convention_scope(Convention(norm_scale=scale)):
        x = batch_norm(keras.Input((3, 3, 2)), "a")
        given = batch_norm(x, "b", scale=not scale)
    layer = x._keras_history.operation
    assert layer.scale is scale and len(layer.weights) == 3 + scale
    assert given._keras_history.operation.scale is not scale
