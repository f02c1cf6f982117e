"""Fully connected highway networks, against NumPy."""

import keras
import numpy as np
import pytest

import keras_deep
from tests.support.equality import gradients

SMALL = {
    "HighwayMLP": {
        "depth": 3,
        "units": 8,
        "input_shape": (4, 4, 1),
        "classes": 5,
    }
}
STACKED = {"HighwayMLP": {**SMALL["HighwayMLP"], "depth": 6}}


def network(model, x):
    """The paper's network: an ordinary layer, then `T H + (1 - T) x`."""
    weights = {n: h.get() for n, h in keras_deep.named_weights(model)}

    def dense(x, name):
        kernel = weights[f"{name}/kernel"].astype("float64")
        return x @ kernel + weights[f"{name}/bias"]

    x = np.maximum(dense(x.reshape(len(x), -1), "dense1"), 0)
    block = 1
    while f"dense2_block{block}_1/kernel" in weights:
        h = np.maximum(dense(x, f"dense2_block{block}_1"), 0)
        t = 1 / (1 + np.exp(-dense(x, f"dense2_block{block}_gate")))
        x = t * h + (1 - t) * x
        block += 1
    return dense(x, "predictions"), block


@pytest.mark.parametrize("stack", [False, True])
def test_equals_the_formula(rng, stack):
    model = keras_deep.HighwayMLP(
        **{
            **STACKED["HighwayMLP"],
            "classifier_activation": None,
            "stack": stack,
        }
    )
    for _, handle in keras_deep.named_weights(model):
        handle.set(0.5 * rng.standard_normal(handle.shape))
    x = rng.standard_normal((7, 4, 4, 1)).astype("f")
    expected, depth = network(model, x)
    assert depth == 6 and np.abs(expected).max() > 0.1
    np.testing.assert_allclose(model(x), expected, 1e-4, 1e-5)


def test_closed_gates_leave_two_layers(rng):
    model = keras_deep.HighwayMLP(20, 8, (12,), 3, None, transform_bias=-1e4)
    shallow = keras_deep.HighwayMLP(1, 8, (12,), 3, None)
    weights = model.get_weights()
    shallow.set_weights(weights[:2] + weights[-2:])
    x = rng.standard_normal((5, 12)).astype("f")
    np.testing.assert_array_equal(model(x), shallow(x))


def test_gradients_reach_the_first_of_100_layers_where_plain_ones_vanish(rng):
    x = rng.standard_normal((8, 16)).astype("f")
    inputs = keras.Input((16,))
    y = inputs
    for _ in range(100):
        y = keras.layers.Dense(16, "relu")(y)
    plain = keras.Model(inputs, y)
    highway = keras_deep.HighwayMLP(100, 16, (16,), 16, None, stack=False)
    norms = [
        np.linalg.norm(gradients(model, keras.ops.convert_to_tensor(x), 1.0)[0])
        for model in (plain, highway)
    ]
    assert norms[0] < 1e-6 and norms[1] > 1e-3


def test_depth_counts_a_gate_and_its_layer_once():
    model = keras_deep.HighwayMLP(20, 8)
    # And the classifier, which the paper does not count.
    assert keras_deep.profile(model).total.depth == 21


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"depth": 0}, "`depth` to be a positive int.*depth=0"),
        ({"units": True}, "`units` to be a positive int.*units=True"),
        ({"classes": 1.5}, "`classes` to be a positive int.*classes=1.5"),
        ({"input_shape": (None, 3)}, r"positive ints.*\(None, 3\)"),
        ({"input_shape": ()}, r"positive ints.*input_shape=\(\)"),
        ({"input_shape": 12}, "positive ints.*input_shape=12"),
    ],
)
def test_wrong_values_are_errors(arguments, message):
    with pytest.raises(ValueError, match=message):
        keras_deep.HighwayMLP(**arguments)
