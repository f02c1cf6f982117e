"""Looks-linear networks start as linear maps, computed in NumPy."""

import keras
import numpy as np
import pytest

import keras_deep
from tests.support.equality import gradients
from tests.support.numpy_words import convolved

DEPTHS = (6, 14, 30, 54, 102, 198)
PAD = ((1, 1), (1, 1))


def small(depth=6, **arguments):
    given = {"input_shape": (8, 8, 3), "classes": 5, "filters": 4}
    given |= {"classifier_activation": None}
    return keras_deep.LooksLinearNet(depth, **{**given, **arguments})


def weights_of(model):
    return {n: h.get() for n, h in keras_deep.named_weights(model)}


def pooled(x):
    n, height, width, channels = x.shape
    x = x.reshape(n, height // 2, 2, width // 2, 2, channels)
    return x.mean(axis=(2, 4))


def conv(x, kernel):
    """A 3x3 convolution with zeros around, by one product."""
    x = np.pad(x, ((0, 0), *PAD, (0, 0)))
    view = np.lib.stride_tricks.sliding_window_view(x, (3, 3), axis=(1, 2))
    return np.einsum("nhwcij,ijco->nhwo", view, kernel, optimize=True)


def linear_map(model, x, depth):
    """The product of the layers' first halves, without any activation."""
    weights = weights_of(model)

    def half(name):
        kernel = weights[f"{name}/kernel"].astype("float64")
        return kernel[..., : kernel.shape[-2] // 2, :]

    x = conv(x, weights["conv1_conv/kernel"].astype("float64"))
    for stage in range(2, 6):
        x = pooled(x) if stage > 2 else x
        for block in range(1, (depth - 2) // 4 + 1):
            x = conv(x, half(f"conv{stage}_block{block}_1_conv"))
    return x.mean(axis=(1, 2)) @ half("predictions")


@pytest.mark.parametrize("depth", DEPTHS)
def test_starts_as_the_linear_map(rng, depth):
    model = small(depth, stack=depth > 6)
    x = rng.standard_normal((2, 8, 8, 3)).astype("f")
    expected = linear_map(model, x, depth)
    largest = np.abs(expected).max()
    assert largest > 0.01  # The map neither vanishes nor explodes.
    error = np.abs(np.asarray(model(x)) - expected).max()
    assert error < 1e-6 * max(1, largest)
    assert np.abs(np.asarray(model(x) + model(-x))).max() < 1e-6


def test_patches_start_as_a_linear_map_too(rng):
    model = small(14, initializer="looks_linear_patches")
    x = rng.standard_normal((2, 8, 8, 3)).astype("f")
    expected = linear_map(model, x, 14)
    np.testing.assert_allclose(model(x), expected, 0, 1e-6)
    assert np.abs(expected).max() > 1e-5


def test_another_start_is_not_linear(rng):
    model = small(6, initializer="he")
    x = rng.standard_normal((2, 8, 8, 3)).astype("f")
    y, z = np.asarray(model(x)), np.asarray(model(-x))
    assert np.abs(y + z).max() > 0.1 * np.abs(y).max()


def test_layers_are_the_formula(rng):
    """`W [relu(x), relu(-x)] + b` with any weights, entry by entry."""
    model = small(blocks=(2, 1))
    for _, handle in keras_deep.named_weights(model):
        handle.set(0.3 * rng.standard_normal(handle.shape))
    weights = weights_of(model)

    def layer(x, name):
        y = convolved(x, weights[f"{name}_conv/kernel"], pad=PAD)
        return y + weights[f"{name}_conv/bias"]

    def crelu(x):
        return np.concatenate([np.maximum(x, 0), np.maximum(-x, 0)], axis=-1)

    x = rng.standard_normal((2, 8, 8, 3)).astype("f")
    y = layer(x, "conv1")
    for block in (1, 2):
        y = layer(crelu(y), f"conv2_block{block}_1")
    y = layer(crelu(pooled(y)), "conv3_block1_1")
    y = crelu(y).mean(axis=(1, 2)) @ weights["predictions/kernel"]
    expected = y + weights["predictions/bias"]
    np.testing.assert_allclose(model(x), expected, 1e-4, 1e-5)


def test_gradients_do_not_shatter(rng):
    """Those of neighbouring images stay alike, which others' do not."""
    x = rng.standard_normal((1, 8, 8, 3)).astype("f")
    pair = np.concatenate([x, x + 0.01 * rng.standard_normal(x.shape)])
    pair = keras.ops.convert_to_tensor(pair.astype("f"))
    likeness = {}
    for start in ("looks_linear", "he"):
        model = small(54, initializer=start, stack=True)
        a, b = np.asarray(gradients(model, pair, 1.0)[0])
        scale = np.linalg.norm(a) * np.linalg.norm(b)
        likeness[start] = (a * b).sum() / scale
    assert likeness["looks_linear"] > 0.999 > 0.99 > likeness["he"]


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"depth": 8}, r"4 \* n \+ 2.*depth=8"),
        ({"depth": 2}, r"4 \* n \+ 2.*depth=2"),
        ({"initializer": "looks_liner"}, "Did you mean 'looks_linear'"),
        ({"blocks": (1, 0)}, "sequence of positive ints"),
    ],
)
def test_wrong_values_are_errors(arguments, message):
    with pytest.raises(ValueError, match=message):
        keras_deep.LooksLinearNet(**arguments)
