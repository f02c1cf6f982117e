"""Dense layers behind a flattened image read its values in our order."""

import keras
import numpy as np
import pytest
from keras import layers

from keras_deep.convert.flattening import image_before
from tests.support.layouts import last
from tests.support.layouts import load


@pytest.fixture(params=["channels_last", "channels_first"])
def data_format(request):
    before = keras.config.image_data_format()
    keras.config.set_image_data_format(request.param)
    yield request.param
    keras.config.set_image_data_format(before)


FLATTEN = {
    "Flatten": lambda: [layers.Flatten()],
    "Reshape": lambda: [layers.Reshape((-1,))],
    "Dropout": lambda: [layers.Flatten(), layers.Dropout(0.5)],
    "ReLU": lambda: [layers.Activation("relu"), layers.Flatten()],
    "relu": lambda: [layers.Flatten(), layers.Activation("relu")],
}


@pytest.mark.parametrize("name", FLATTEN)
@pytest.mark.parametrize("shape", [(5, 24), (5, 2, 3, 4)])
def test_dense_layers_behind_images(name, shape, data_format, rng):
    """Linear of PyTorch, also written as a convolution of the whole image."""
    first = data_format == "channels_first"
    sides = (2, 3, 4) if first else (3, 4, 2)
    dense = [layers.Dense(5, name="a"), layers.Dense(4, name="b")]
    model = keras.Sequential([keras.Input(sides), *FLATTEN[name](), *dense])
    weights = {
        "a.weight": rng.standard_normal(shape),
        "a.bias": rng.standard_normal(5),
        "b.weight": rng.standard_normal((4, 5)),
        "b.bias": rng.standard_normal(4),
    }
    if name == "Reshape" and first and len(shape) == 4:
        # It keeps their order, but nothing says that it is an image.
        with pytest.raises(ValueError, match="has shape"):
            load(model, weights)
        return
    load(model, weights)
    x = rng.standard_normal((2, 2, 3, 4))
    y = np.maximum(x, 0) if name.lower() == "relu" else x
    y = y.reshape(2, 24) @ weights["a.weight"].reshape(5, 24).T
    y = (y + weights["a.bias"]) @ weights["b.weight"].T + weights["b.bias"]
    ours = model((x if first else last(x)).astype("float32"))
    np.testing.assert_allclose(np.array(ours), y, rtol=1e-4, atol=1e-4)


def test_inner_products_of_caffe(rng):
    net = [layers.Flatten(), layers.Dense(5, name="a", use_bias=False)]
    model = keras.Sequential([keras.Input((3, 4, 2)), *net])
    kernel = rng.standard_normal((1, 1, 5, 24))
    load(model, {"a/0": kernel}, "caffe", {"a": "InnerProduct"})
    x = rng.standard_normal((2, 2, 3, 4))
    expected = x.reshape(2, 24) @ kernel[0, 0].T
    ours = np.array(model(last(x).astype("float32")))
    np.testing.assert_allclose(ours, expected, rtol=1e-4, atol=1e-4)


def test_keras_files_have_our_order(rng):
    net = [layers.Flatten(), layers.Dense(5, name="a", use_bias=False)]
    model = keras.Sequential([keras.Input((3, 4, 2)), *net])
    kernel = rng.standard_normal((24, 5)).astype("float32")
    load(model, {"a/kernel": kernel}, "keras")
    np.testing.assert_array_equal(model.get_weights()[0], kernel)


@pytest.mark.parametrize(
    "sides, reduce",
    [
        ((3, 4, 2), layers.GlobalAveragePooling2D),
        ((1, 1, 24), layers.Flatten),
        ((4, 6, 1), layers.Flatten),
    ],
)
def test_pooled_images_and_those_of_one_order_are_no_images(sides, reduce):
    x = keras.Input(sides)
    dense = layers.Dense(5)
    dense(reduce()(x))
    assert image_before(dense) is None


class Shuffle(layers.Layer):
    """Flattens an image in an order of its own."""

    def call(self, x):
        return keras.ops.reshape(keras.ops.flip(x, -1), (-1, 24))


def _two_images(x):
    flat = layers.Flatten()(x)
    return layers.Concatenate()([flat, layers.Activation("relu")(flat)])


def _normalised(x):
    norm = layers.BatchNormalization(name="a", scale=False)
    return norm(layers.Flatten()(x))


REFUSED = {
    "a layer of its own": lambda x: Shuffle()(x),
    "several images": _two_images,
    "a part": lambda x: layers.Flatten()(x)[:, :12],
}


@pytest.mark.parametrize("way", REFUSED)
def test_unknown_orders_are_refused(way):
    x = keras.Input((3, 4, 2))
    y = layers.Dense(5, name="a", use_bias=False)(REFUSED[way](x))
    model = keras.Model(x, y)
    kernel = np.zeros(tuple(model.weights[0].shape)[::-1])
    with pytest.raises(ValueError, match="in another order. Received: 'a' beh"):
        load(model, {"a.weight": kernel})
    load(model, {"a/kernel": kernel.T}, "keras")


def test_normalisations_of_flattened_images_are_refused():
    x = keras.Input((3, 4, 2))
    model = keras.Model(x, _normalised(x))
    weights = {"a.bias": np.zeros(24), "a.running_mean": np.zeros(24)}
    weights["a.running_var"] = np.ones(24)
    with pytest.raises(ValueError, match=r"behind a flattened image \(3, 4, 2"):
        load(model, weights)


def test_flattened_sequences_are_refused():
    x = keras.Input((4, 6))
    y = layers.Dense(5, name="a", use_bias=False)(layers.Flatten()(x))
    with pytest.raises(ValueError, match="in another order"):
        load(keras.Model(x, y), {"a.weight": np.zeros((5, 24))})
