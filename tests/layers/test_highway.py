"""The gate of highway networks, against the formula of the paper."""

import keras
import numpy as np
import pytest

import keras_deep
from keras_deep.layers import HighwayGate
from tests.support.numpy_words import convolved


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def test_values_by_hand():
    """The gate is 3/4 where its logit is log 3, and 1/2 where that is 0."""
    gate = HighwayGate(bias=0.0)
    x, h = np.array([[1.0, 2.0]], "f"), np.array([[5.0, -2.0]], "f")
    gate.build([x.shape, h.shape])
    kernel = [[np.log(3), 0], [0, 0]]
    gate.set_weights([np.array(kernel, "f"), np.zeros(2, "f")])
    # 3/4 * 5 + 1/4 * 1, and 1/2 * -2 + 1/2 * 2.
    np.testing.assert_allclose(gate([x, h]), [[4.0, 0.0]], atol=1e-6)


def test_vectors_are_the_formula(rng):
    x, h = rng.standard_normal((2, 5, 3)).astype("f")
    gate = HighwayGate()
    gate.build([x.shape, h.shape])
    kernel, bias = rng.standard_normal((3, 3)), rng.standard_normal(3)
    gate.set_weights([kernel, bias])
    t = sigmoid(x @ kernel + bias)
    np.testing.assert_allclose(gate([x, h]), t * h + (1 - t) * x, 1e-4, 1e-6)


@pytest.mark.parametrize("size", [1, 3, (3, 5)])
def test_images_are_the_formula(rng, size):
    x, h = rng.standard_normal((2, 2, 6, 5, 3)).astype("f")
    gate = HighwayGate(kernel_size=size)
    gate.build([x.shape, h.shape])
    kernel = rng.standard_normal(gate.kernel.shape)
    bias = rng.standard_normal(3)
    gate.set_weights([kernel, bias])
    pad = tuple((k // 2, k // 2) for k in kernel.shape[:2])
    t = sigmoid(convolved(x, kernel, pad=pad) + bias)
    np.testing.assert_allclose(gate([x, h]), t * h + (1 - t) * x, 1e-4, 1e-5)


@pytest.mark.parametrize("shape", [(4, 3), (2, 5, 5, 3)])
def test_a_closed_gate_is_the_input_and_an_open_one_the_layer(rng, shape):
    x, h = rng.standard_normal((2, *shape)).astype("f")
    for bias, expected in ((-1e4, x), (1e4, h)):
        np.testing.assert_array_equal(HighwayGate(bias)([x, h]), expected)


def test_bias_is_the_initial_one_of_every_unit():
    gate = HighwayGate(-2.5)
    gate.build([(None, 7), (None, 7)])
    kernel, bias = gate.get_weights()
    np.testing.assert_array_equal(bias, np.full(7, -2.5))
    assert kernel.std() > 0.1  # Glorot's deviation is 0.38.


@pytest.mark.skipif(
    keras.backend.backend() == "tensorflow",
    reason="TensorFlow's CPU kernels have no channels first.",
)
def test_channels_first_computes_the_same(rng):
    x, h = rng.standard_normal((2, 2, 6, 5, 3)).astype("f")
    last = HighwayGate(data_format="channels_last")
    first = HighwayGate(data_format="channels_first")
    expected = last([x, h])
    x, h = (a.transpose(0, 3, 1, 2) for a in (x, h))
    first.build([x.shape, h.shape])
    first.set_weights(last.get_weights())
    found = np.transpose(first([x, h]), (0, 2, 3, 1))
    np.testing.assert_allclose(found, expected, 1e-5, 1e-6)


@pytest.mark.parametrize(
    "shapes",
    [
        [(4, 3), (4, 2)],
        [(4, 3)],
        (4, 3),
        [(2, 5, 3), (2, 5, 3)],
        [(2, 5, 5, 3), (2, 5, 4, 3)],
    ],
)
def test_other_inputs_are_refused(shapes):
    with pytest.raises(ValueError, match=r"`\[x, h\]`.*one shape.*Received"):
        HighwayGate().build(shapes)


def test_profile_counts_the_gate_beside_its_layer():
    inputs = keras.Input((8, 8, 3))
    h = keras.layers.Conv2D(3, 3, padding="same", name="conv1_conv")(inputs)
    x = HighwayGate(kernel_size=5, name="conv2_gate")([inputs, h])
    x = keras.layers.GlobalAveragePooling2D()(x)
    h = keras.layers.Dense(3)(x)
    model = keras.Model(inputs, HighwayGate(name="top_gate")([x, h]))
    conv, gate, top = keras_deep.profile(model).rows
    assert gate.multiply_adds == 8 * 8 * 5 * 5 * 3 * 3
    assert gate.trainable == 5 * 5 * 3 * 3 + 3
    # A gate and its layer are one layer of the paper.
    assert (conv.depth, gate.depth, top.depth) == (1, 1, 2)
    assert (conv.receptive_field, gate.receptive_field) == (3, 5)
    assert top.multiply_adds == 2 * 3 * 3
