"""Convolutional highway networks, against NumPy and the authors' files."""

import keras
import numpy as np
import pytest

import keras_deep
from keras_deep.layers import HighwayGate
from tests.support.learning import errors_after_training
from tests.support.numpy_words import convolved

STACKED = {"HighwayNet": {"blocks": (4, 4, 4)}}
SIDE = 8


def small(**arguments):
    given = {"blocks": (1, 1, 1), "input_shape": (SIDE, SIDE, 3)}
    return keras_deep.HighwayNet(**{**given, **arguments})


def layer_of(x, weights, name):
    """The paper's layer: `T H + (1 - T) x` with 3x3 convolutions in both."""

    def conv(layer):
        kernel = weights[f"{layer}/kernel"]
        y = convolved(x, kernel, pad=((1, 1), (1, 1)))
        return y + weights[f"{layer}/bias"]

    h = np.maximum(conv(f"{name}_1_conv"), 0)
    t = 1 / (1 + np.exp(-conv(f"{name}_gate")))
    return t * h + (1 - t) * x


def test_a_stage_is_the_formula(rng):
    model = small(blocks=(2, 1, 1))
    weights = {}
    for name, handle in keras_deep.named_weights(model):
        weights[name] = 0.2 * rng.standard_normal(handle.shape)
        handle.set(weights[name])
    x = rng.standard_normal((2, SIDE, SIDE, 3)).astype("f")
    stem = convolved(x, weights["conv1_conv/kernel"], pad=((1, 1), (1, 1)))
    expected = np.maximum(stem + weights["conv1_conv/bias"], 0)
    for block in (1, 2):
        expected = layer_of(expected, weights, f"conv2_block{block}")
    found = keras_deep.features(model)(x)[0]
    np.testing.assert_allclose(found, expected, 1e-4, 1e-4)


@pytest.mark.parametrize("stack", [False, True])
def test_closed_gates_leave_the_ordinary_layers_only(rng, stack):
    model = small(blocks=(2, 3, 2), stack=stack, transform_bias=-1e4)
    kept = keras_deep.features(model)(x := rng.random((2, SIDE, SIDE, 3), "f"))
    for ours, layer in zip(kept[:2], ("conv1_relu", "conv3_0_relu")):
        plain = keras.Model(model.input, model.get_layer(layer).output)
        np.testing.assert_array_equal(ours, plain(x))


def test_gates_start_with_the_bias_of_the_authors():
    for depth, bias in ((10, -1), (19, -2)):
        model = keras_deep.HighwayNet(depth, stack=False)
        gates = [x for x in model.layers if isinstance(x, HighwayGate)]
        assert len(gates) == {10: 8, 19: 14}[depth]
        for gate in gates:
            np.testing.assert_array_equal(gate.get_weights()[1], bias)
    model = small(transform_bias=-4)
    assert model.get_layer("conv2_block1_gate").get_weights()[1].max() == -4


@pytest.mark.parametrize("name, depth", [("10", 10), ("19", 19), ("32", 32)])
def test_depth_is_that_of_the_paper(name, depth):
    model = keras_deep.create_model(f"HighwayNet{name}")
    total = keras_deep.profile(model).total
    # All but the classifier are convolutions; what is gated has a merge.
    plain = {10: 1, 19: 4, 32: 4}[depth]
    assert (total.depth, total.convolutions) == (depth, depth - 1)
    assert total.merges == depth - 1 - plain


def test_the_network_of_mnist_is_the_authors():
    """mnist-10layers: sides 24, 12, 6 and 3, and dropout that increases."""
    model = keras_deep.HighwayNet10()
    assert model.input_shape == (None, 28, 28, 1)
    shapes = [model.get_layer(f"conv{i}_end").output.shape for i in (2, 3, 4)]
    assert shapes == [(None, s, s, 32) for s in (24, 12, 6)]
    assert model.get_layer("features").output.shape == (None, 3, 3, 32)
    kinds = [x for x in model.layers if isinstance(x, keras.layers.Dropout)]
    assert [x.rate for x in kinds] == [0.2, 0.3, 0.4, 0.5]
    assert model.get_layer("predictions").kernel.shape == (288, 10)


def test_pooling_of_mnist_is_that_of_caffe(rng):
    """3x3 with stride 2 from the first pixel, cut off at the last."""
    model = keras_deep.HighwayNet10(dropout_rate=0.0)
    inner = keras.Model(
        model.get_layer("conv2_end").output,
        model.get_layer("conv3_pool").output,
    )
    x = rng.random((1, 24, 24, 32), "f")
    expected = [
        [x[0, i : i + 3, j : j + 3].max((0, 1)) for j in range(0, 24, 2)]
        for i in range(0, 24, 2)
    ]
    np.testing.assert_array_equal(inner(x)[0], expected)


def test_the_network_of_cifar_is_the_authors():
    model = keras_deep.HighwayNet19()
    shapes = [model.get_layer(f"conv{i}_end").output.shape for i in (2, 3, 4)]
    assert [s[1:] for s in shapes] == [(32, 32, 32), (16, 16, 80), (8, 8, 128)]
    assert model.get_layer("features").output.shape[1:] == (8, 8, 100)
    kinds = [x for x in model.layers if isinstance(x, keras.layers.Dropout)]
    assert [x.rate for x in kinds] == [0.2] * 4


def test_stacks_train_alike(rng):
    x = rng.random((4, SIDE, SIDE, 3), "f")
    results = []
    models = {s: small(blocks=(3, 2, 2), stack=s) for s in (True, False)}
    values = {n: h.get() for n, h in keras_deep.named_weights(models[False])}
    for model in models.values():
        for name, handle in keras_deep.named_weights(model):
            handle.set(values[name])
        results.append(model(x))
    np.testing.assert_allclose(*results, rtol=1e-5)
    assert len(models[True].layers) < len(models[False].layers)


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"depth": 20}, r"`depth` to be one of \[10, 19, 32\].*depth=20"),
        ({"blocks": (1, 1)}, r"three positive ints.*blocks=\(1, 1\)"),
        ({"blocks": (1, 0, 1)}, "sequence of positive ints"),
        (
            {"depth": 10, "input_shape": (None, None, 1)},
            "height and width.*include_top=False",
        ),
    ],
)
def test_wrong_values_are_errors(arguments, message):
    with pytest.raises(ValueError, match=message):
        keras_deep.HighwayNet(**arguments)


def test_ten_layers_without_top_take_free_sides():
    model = keras_deep.HighwayNet10(
        input_shape=(None, None, 1), include_top=False
    )
    assert model.output_shape == (None, None, None, 32)


@pytest.mark.proof
def test_learns_photos(shared):
    model = keras_deep.HighwayNet19(blocks=(2, 2, 2), dropout_rate=0.0)
    ours, linear = errors_after_training(
        model, shared, batch=16, steps=300, passes=4
    )
    print(f"HighwayNet-10 {ours:.1f} %, linear {linear:.1f} %")
    assert ours < linear - 5
