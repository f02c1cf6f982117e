"""Arrays of channels-first networks compute the same in our layers."""

import keras
import numpy as np
import pytest
from keras import layers

import keras_deep
from keras_deep.convert.targets import targets_of
from keras_deep.layers import GroupedConv2D
from tests.support.layouts import last
from tests.support.layouts import load


def windows(x, kernel):
    return np.lib.stride_tricks.sliding_window_view(
        x, kernel.shape[2:], tuple(range(2, x.ndim))
    )


def conv(x, kernel, groups=1):
    """Convolves an image `(n, channels, ...)` as PyTorch defines it."""
    parts = zip(np.split(x, groups, 1), np.split(kernel, groups))
    rule = {3: "niyh,oih->noy", 4: "niyxhw,oihw->noyx"}[x.ndim]
    return np.concatenate(
        [np.einsum(rule, windows(a, k), k) for a, k in parts], 1
    )


def conv_transposed(x, kernel):
    """Adds the kernel once for every pixel; stride 2."""
    count, _, height, width = x.shape
    _, filters, rows, columns = kernel.shape
    shape = (2 * (height - 1) + rows, 2 * (width - 1) + columns)
    y = np.zeros((count, filters, *shape))
    for i in range(height):
        for j in range(width):
            patch = np.einsum("ni,iohw->nohw", x[:, :, i, j], kernel)
            y[:, :, 2 * i : 2 * i + rows, 2 * j : 2 * j + columns] += patch
    return y


# Our layer, shape of an input and of their kernel, and what they compute.
KERNELS = {
    "conv": (layers.Conv2D(5, (3, 2)), (3, 7, 8), (5, 3, 3, 2), conv),
    "square": (layers.Conv2D(3, 3), (3, 7, 8), (3, 3, 3, 3), conv),
    "conv1d": (layers.Conv1D(5, 3), (4, 9), (5, 4, 3), conv),
    "one_channel": (layers.Conv2D(5, 3), (1, 7, 8), (5, 1, 3, 3), conv),
    "grouped": (
        GroupedConv2D(6, 3, groups=2),
        (4, 7, 8),
        (6, 2, 3, 3),
        lambda x, kernel: conv(x, kernel, 2),
    ),
    "one_group_each": (
        layers.Conv2D(4, 3, groups=4),
        (4, 7, 8),
        (4, 1, 3, 3),
        lambda x, kernel: conv(x, kernel, 4),
    ),
    "transposed": (
        layers.Conv2DTranspose(5, 3, strides=2),
        (4, 5, 6),
        (4, 5, 3, 3),
        conv_transposed,
    ),
    "dense": (layers.Dense(5), (6,), (5, 6), lambda x, w: x @ w.T),
    "square_dense": (layers.Dense(6), (6,), (6, 6), lambda x, w: x @ w.T),
    "one_output": (layers.Dense(1), (6,), (1, 6), lambda x, w: x @ w.T),
    "dense_of_conv": (
        layers.Dense(5),
        (6,),
        (5, 6, 1, 1),
        lambda x, w: x @ w[:, :, 0, 0].T,
    ),
    "conv_of_dense": (
        layers.Conv2D(5, 1),
        (6, 3, 3),
        (5, 6),
        lambda x, w: conv(x, w[:, :, None, None]),
    ),
    # A dense layer over all of an image, written as a convolution.
    "window_of_dense": (
        layers.Conv2D(5, 3),
        (2, 3, 3),
        (5, 18),
        lambda x, w: (x.reshape(len(x), -1) @ w.T)[:, :, None, None],
    ),
}


@pytest.mark.parametrize("name", KERNELS)
def test_kernels_compute_the_same(name, rng):
    layer, sides, shape, theirs = KERNELS[name]
    layer = layer.__class__.from_config({**layer.get_config(), "name": "a"})
    channels, *rest = sides
    model = keras.Sequential([keras.Input((*rest, channels)), layer])
    kernel, bias = (
        rng.standard_normal(shape),
        rng.standard_normal(layer.bias.shape),
    )
    load(model, {"a.weight": kernel, "a.bias": bias})
    x = rng.standard_normal((2, *sides))
    expected = last(theirs(x, kernel)) + bias
    ours = np.array(model(last(x).astype("float32")))
    np.testing.assert_allclose(ours, expected, rtol=1e-4, atol=1e-4)


def norm(x, axes, gamma, beta):
    mean, variance = x.mean(axes, keepdims=True), x.var(axes, keepdims=True)
    return (x - mean) / np.sqrt(variance + 1e-3) * gamma + beta


@pytest.mark.parametrize("shape", [(6,), (6, 1, 1), (1, 6, 1, 1)])
def test_group_norm(shape, rng):
    layer = layers.GroupNormalization(3, epsilon=1e-3, name="a_gn")
    model = keras.Sequential([keras.Input((4, 5, 6)), layer])
    gamma, beta = rng.standard_normal((2, 6))
    load(
        model,
        {"a_gn.weight": gamma.reshape(shape), "a_gn.bias": beta.reshape(shape)},
    )
    x = rng.standard_normal((2, 6, 4, 5))
    y = norm(x.reshape(2, 3, 2, 4, 5), (2, 3, 4), 1, 0).reshape(x.shape)
    expected = y * gamma[:, None, None] + beta[:, None, None]
    ours = np.array(model(last(x).astype("float32")))
    np.testing.assert_allclose(ours, last(expected), rtol=1e-4, atol=1e-4)


def test_batch_norm(rng):
    layer = layers.BatchNormalization(epsilon=1e-3, name="a")
    model = keras.Sequential([keras.Input((4, 5, 6)), layer])
    gamma, beta, mean = rng.standard_normal((3, 6))
    variance = rng.uniform(0.5, 1.5, 6)
    weights = {
        "a.weight": gamma,
        "a.bias": beta,
        "a.running_mean": mean,
        "a.running_var": variance,
        "a.num_batches_tracked": np.zeros(()),
    }
    load(model, weights)
    x = rng.standard_normal((2, 4, 5, 6)).astype("float32")
    expected = (x - mean) / np.sqrt(variance + 1e-3) * gamma + beta
    np.testing.assert_allclose(model(x), expected, rtol=1e-4, atol=1e-4)


def test_embeddings_keep_their_axes(rng):
    layer = layers.Embedding(5, 5, name="a")
    model = keras.Sequential([keras.Input((3,), dtype="int32"), layer])
    table = rng.standard_normal((5, 5)).astype("float32")
    load(model, {"a.weight": table})
    np.testing.assert_array_equal(
        model(np.array([[4, 0, 1]]))[0], table[[4, 0, 1]]
    )


@pytest.mark.parametrize(
    "layer",
    [
        layers.LayerNormalization(name="a"),
        layers.PReLU(shared_axes=(1, 2), name="a"),
    ],
)
def test_other_weights_of_channels(layer, rng):
    model = keras.Sequential([keras.Input((4, 5, 6)), layer])
    first, second = rng.standard_normal((2, 6)).astype("float32")
    weights = {"a.weight": first}
    if len(model.weights) == 2:
        weights["a.bias"] = second
    load(model, weights)
    for ours, theirs in zip(model.get_weights(), (first, second)):
        np.testing.assert_array_equal(ours.ravel(), theirs)


@pytest.mark.parametrize(
    "layer, shape",
    [
        # PyTorch's would be (12, 1, 3, 3).
        (layers.DepthwiseConv2D(3, depth_multiplier=3, name="a"), (4, 3, 3, 3)),
        (layers.EinsumDense("nhwc,cd->nhwd", (5, 6, 4), name="a"), (4, 4)),
    ],
)
def test_layers_whose_axes_are_not_known_are_refused(layer, shape):
    model = keras.Sequential([keras.Input((5, 6, 4)), layer])
    weights = {"a.weight": np.zeros(shape)}
    with pytest.raises(
        ValueError, match=f"of the class {type(layer).__name__}"
    ):
        load(model, weights)


@pytest.mark.parametrize(
    "layer, weight, shown",
    [
        (layers.Conv2D(5, 3, name="a"), (5, 4, 2, 2), "(2, 2, 4, 5)"),
        (layers.Conv2D(5, 3, name="a"), (3, 3, 4, 5), "(4, 5, 3, 3)"),
        (layers.Dense(5, name="a"), (4, 5), "(5, 4)"),
        (layers.Dense(5, name="a"), (5, 4, 2, 2), "(2, 2, 4, 5)"),
        (layers.GroupNormalization(2, name="a"), (5,), "(5,)"),
        (layers.GroupNormalization(2, name="a"), (2, 2), "(2, 2)"),
    ],
)
def test_other_sizes_are_refused(layer, weight, shown):
    model = keras.Sequential([keras.Input((5, 6, 4)), layer])
    weights = {"a.weight": np.zeros(weight)}
    weights["a.bias"] = np.zeros(model.weights[1].shape)
    with pytest.raises(ValueError) as error:
        load(model, weights)
    assert f"has shape {shown}, expected" in str(error.value)


def test_axes_of_keras_files_are_ours(rng):
    model = keras.Sequential([keras.Input((4,)), layers.Dense(4, name="a")])
    kernel, bias = rng.standard_normal((4, 4)), np.zeros(4)
    load(model, {"a/kernel": kernel, "a/bias": bias}, "keras")
    np.testing.assert_array_equal(model.weights[0], kernel.astype("float32"))


def test_older_caffe_files_have_four_axes(rng):
    net = [
        layers.Conv2D(5, 3, name="a"),
        layers.Flatten(),
        layers.Dense(4, name="b"),
    ]
    model = keras.Sequential([keras.Input((3, 3, 2)), *net])
    weights = {
        "a/0": rng.standard_normal((5, 2, 3, 3)),
        "a/1": rng.standard_normal((1, 1, 1, 5)),
        "b/0": rng.standard_normal((1, 1, 4, 5)),
        "b/1": rng.standard_normal((1, 1, 1, 4)),
    }
    load(model, weights, "caffe", {"a": "Convolution", "b": "InnerProduct"})
    x = rng.standard_normal((2, 2, 3, 3))
    y = conv(x, weights["a/0"])[:, :, 0, 0] + weights["a/1"].ravel()
    expected = y @ weights["b/0"][0, 0].T + weights["b/1"].ravel()
    ours = np.array(model(last(x).astype("float32")))
    np.testing.assert_allclose(ours, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("stack", [True, False])
def test_every_weight_is_a_target(stack):
    model = keras_deep.CifarResNet(
        blocks=(3, 2), input_shape=(8, 8, 3), stack=stack
    )
    targets = targets_of(model)
    handles = dict(keras_deep.named_weights(model))
    assert targets.keys() == handles.keys()
    for name, target in targets.items():
        assert target.shape == handles[name].shape
    assert isinstance(
        targets["conv2_block2_1_conv/kernel"].layer, layers.Conv2D
    )
