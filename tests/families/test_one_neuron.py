"""Residual networks with one neuron a layer, by hand and in NumPy."""

import numpy as np
import pytest

import keras_deep

STACKED = {"OneNeuronResNet": {"classes": 3}}


def weights_of(model):
    return {n: h.get() for n, h in keras_deep.named_weights(model)}


def set_weights(model, values):
    for name, handle in keras_deep.named_weights(model):
        handle.set(np.asarray(values[name], "f"))


def test_values_by_hand():
    model = keras_deep.OneNeuronResNet(2, classifier_activation=None)
    set_weights(
        model,
        {
            "dense2_block1_1/kernel": [[1], [2]],
            "dense2_block1_1/bias": [-1],
            "dense2_block1_2/kernel": [[3, -1]],
            "dense2_block2_1/kernel": [[0], [1]],
            "dense2_block2_1/bias": [0],
            "dense2_block2_2/kernel": [[0, 5]],
            "predictions/kernel": [[1], [10]],
            "predictions/bias": [0.5],
        },
    )
    # relu(1 + 2 * 1 - 1) = 2, so (1, 1) becomes (7, -1); relu(-1) = 0.
    # relu(-3 + 0 - 1) = 0, so (-3, 0) stays.
    x = np.array([[1, 1], [-3, 0]], "f")
    np.testing.assert_array_equal(model(x), [[7 - 10 + 0.5], [-3 + 0.5]])


@pytest.mark.parametrize("stack", [False, True])
def test_equals_the_formula(rng, stack):
    model = keras_deep.OneNeuronResNet(6, (2, 2), 3, None, stack)
    for _, handle in keras_deep.named_weights(model):
        handle.set(rng.standard_normal(handle.shape))
    w = weights_of(model)
    image = rng.standard_normal((9, 2, 2)).astype("f")
    x = image.reshape(9, 4).astype("float64")
    for block in range(1, 7):
        name = f"dense2_block{block}"
        u, b = w[f"{name}_1/kernel"], w[f"{name}_1/bias"]
        x = x + np.maximum(x @ u + b, 0) @ w[f"{name}_2/kernel"]
    expected = x @ w["predictions/kernel"] + w["predictions/bias"]
    np.testing.assert_allclose(model(image), expected, 1e-4, 1e-3)


def test_without_branches_it_is_the_linear_classifier(rng):
    model = keras_deep.OneNeuronResNet(5, (3,), 2, None)
    for name, handle in keras_deep.named_weights(model):
        if name.endswith("_2/kernel"):
            handle.set(np.zeros(handle.shape))
    x = rng.standard_normal((7, 3)).astype("f")
    kernel, bias = model.get_layer("predictions").get_weights()
    np.testing.assert_allclose(model(x), x @ kernel + bias, 1e-5, 1e-6)


def disc():
    """Weights of three blocks whose region is a triangle: it is bounded."""
    values = {"predictions/kernel": [[0], [0], [-1]], "predictions/bias": [1]}
    for block, angle in enumerate((0.5, 2.6, 4.7), 1):
        u = [[np.cos(angle)], [np.sin(angle)], [0]]
        values[f"dense2_block{block}_1/kernel"] = u
        values[f"dense2_block{block}_1/bias"] = [0]
        values[f"dense2_block{block}_2/kernel"] = [[0, 0, 1]]
    return values


def test_some_weights_give_a_bounded_region():
    """The third number of the vector sums up how far outside a point is."""
    model = keras_deep.OneNeuronResNet(3, (3,))
    set_weights(model, disc())
    angles = np.linspace(0, 2 * np.pi, 100)
    circle = np.stack([np.cos(angles), np.sin(angles), 0 * angles], axis=-1)
    assert np.min(model(0.5 * circle)) > 0.5
    assert np.max(model(4 * circle)) < 0.5


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"blocks": 0}, "`blocks` to be a positive int.*blocks=0"),
        ({"classes": 0}, "`classes` to be a positive int.*classes=0"),
        ({"input_shape": (None,)}, "positive ints.*None"),
        ({"classifier_activation": "softmax"}, "softmax for one class"),
    ],
)
def test_wrong_values_are_errors(arguments, message):
    with pytest.raises(ValueError, match=message):
        keras_deep.OneNeuronResNet(**arguments)
