"""The grouped convolution is that of Keras, whichever way it is computed."""

import itertools

import keras
import numpy as np
import pytest
from keras import layers

from keras_deep import backend
from keras_deep.layers.grouped_conv import GroupedConv2D
from tests.support.equality import TOLERANCE
from tests.support.equality import array
from tests.support.equality import assert_near
from tests.support.equality import gradients
from tests.support.equality import normal
from tests.support.equality import on_tensorflow
from tests.support.equality import operations
from tests.support.equality import train

BOTH = (GroupedConv2D, layers.Conv2D)
IMAGES = (3, 9, 8, 12)
SETTINGS = {
    "same": {"padding": "same"},
    "strides": {"padding": "same", "strides": 2},
    "valid": {"strides": (2, 1), "use_bias": False},
    "dilation": {"padding": "same", "dilation_rate": 2},
    "uneven_dilation": {"dilation_rate": (1, 2), "activation": "relu"},
    "uneven_kernel": {"kernel_size": (3, 2), "padding": "same"},
    "pointwise": {"kernel_size": 1},
    "depthwise": {"groups": 12, "filters": 24},
    "one_group": {"groups": 1},
}


def pair(rng, shape=IMAGES, **arguments):
    """Returns our layer and Keras's with the same weights."""
    arguments = {"filters": 8, "kernel_size": 3, "groups": 4, **arguments}
    pair = [layer(**arguments) for layer in BOTH]
    for layer in pair:
        layer.build(shape)
    weights = [rng.normal(size=w.shape) for w in pair[0].weights]
    for layer in pair:
        layer.set_weights(weights)
    return pair


@pytest.fixture(params=("native", "chunks", "small_chunks"))
def method(request, monkeypatch):
    """Takes away the native kernel, or lets many small chunks be made."""
    if (request.param, keras.backend.backend()) == ("native", "jax"):
        pytest.skip("JAX has no native kernel: this is the next case.")
    if request.param != "native":
        monkeypatch.setattr(backend, "grouped_conv", lambda *_: None, False)
    if request.param == "small_chunks":
        name = "keras_deep.layers.grouped_conv._CHUNK_CHANNELS"
        monkeypatch.setattr(name, 6)


@pytest.mark.parametrize("name", SETTINGS)
def test_outputs_equal_keras(rng, method, name):
    layer, stock = pair(rng, **SETTINGS[name])
    x = normal(rng, IMAGES)
    assert_near([layer(x)], [stock(x)], 1e-5)


@pytest.mark.parametrize(
    "name, policy",
    (
        *itertools.product(SETTINGS, ["float32"]),
        *itertools.product(["strides"], list(TOLERANCE)[1:]),
    ),
)
def test_gradients_equal_keras(rng, method, name, policy):
    layer, stock = pair(rng, dtype=policy, **SETTINGS[name])
    x = normal(rng, IMAGES, layer.compute_dtype)
    seed = rng.normal(size=layer(x).shape).astype("float32")
    ours, own = (gradients(one, x, seed) for one in (layer, stock))
    assert_near(ours, own, TOLERANCE[policy])


@pytest.mark.parametrize(
    "policy, jit_compile", (("float32", True), ("mixed_bfloat16", False))
)
def test_training_equals_keras(policy, jit_compile):
    keras.config.set_dtype_policy(policy)
    results = []
    for layer in BOTH:
        keras.utils.set_random_seed(1)
        inputs = layers.Input((None, None, 4))
        x = layer(8, 3, groups=2, activation="tanh")(inputs)
        x = layers.GlobalAveragePooling2D()(layer(4, 3, groups=4)(x))
        model = keras.Model(inputs, x)
        rng = np.random.default_rng(2)
        results.append(train(model, rng, (8, 7, 4), jit_compile))
    assert_near(*results, 3 * TOLERANCE[policy])


def test_empty_batch_is_as_in_keras(rng, method):
    layer, stock = pair(rng)
    x = normal(rng, (0, *IMAGES[1:]))
    assert layer(x).shape == stock(x).shape == (0, 7, 6, 8)


def test_image_smaller_than_the_kernel_is_refused(rng, method):
    for layer in pair(rng):
        with pytest.raises(ValueError, match="[Nn]egative|empty"):
            layer(normal(rng, (2, 2, 8, 12)))


def convolutions(layer, rng, shape=IMAGES):
    """Returns the shapes of the kernels that Keras is asked to convolve."""
    shapes = []
    own = keras.ops.conv

    def spy(inputs, kernel, *rest, **settings):
        shapes.append(tuple(kernel.shape))
        return own(inputs, kernel, *rest, **settings)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("keras.src.ops.conv", spy)
        layer(normal(rng, shape))
    return shapes


@on_tensorflow
def test_native_kernel_is_called_instead_of_keras(rng):
    from keras_deep.backend.tensorflow import kernels as room

    if not room._has_grouped_kernel(normal(rng, (1,)).dtype):
        pytest.skip("This TensorFlow or its processor has no grouped kernel.")
    layer, stock = pair(rng)
    assert convolutions(layer, rng) == []
    assert convolutions(stock, rng) == [(3, 3, 3, 8)]
    assert "Conv2D" in operations(layer, normal(rng, IMAGES))


def test_chunks_have_32_channels_where_they_can(rng, monkeypatch):
    monkeypatch.setattr(backend, "grouped_conv", lambda *_: None, False)
    monkeypatch.setattr(backend, "slow_groups", lambda: True, False)
    shape = (1, 5, 5, 96)
    layer, _ = pair(rng, shape, filters=24, groups=24)
    assert convolutions(layer, rng, shape) == 3 * [(3, 3, 32, 8)]


FALLBACKS = {
    "one_group": ({"groups": 1}, IMAGES),
    "channels_first": ({"data_format": "channels_first"}, (2, 12, 8, 9)),
}


@pytest.mark.parametrize("case", FALLBACKS)
def test_other_calls_are_those_of_keras(rng, case):
    arguments, shape = FALLBACKS[case]
    layer, stock = pair(rng, shape, **arguments)
    assert convolutions(layer, rng, shape) == [tuple(layer.kernel.shape)]
    x = normal(rng, shape)
    np.testing.assert_array_equal(array(layer(x)), array(stock(x)))


def test_accelerators_take_the_way_of_keras(rng, monkeypatch):
    monkeypatch.setattr(backend, "grouped_conv", lambda *_: None, False)
    monkeypatch.setattr(backend, "slow_groups", lambda: False, False)
    layer, _ = pair(rng)
    assert convolutions(layer, rng) == [(3, 3, 3, 8)]


def test_stock_keras_reads_config_and_weights(tmp_path, rng):
    layer, stock = pair(rng, name="conv", padding="same")
    assert layer.get_config() == stock.get_config()
    model, own = (keras.Sequential([x]) for x in (layer, stock))
    model.build(IMAGES)
    own.build(IMAGES)
    x = normal(rng, IMAGES)
    stock.set_weights([0 * w for w in stock.get_weights()])
    model.save_weights(tmp_path / "model.weights.h5")
    own.load_weights(tmp_path / "model.weights.h5")
    assert_near([model(x)], [own(x)], 1e-5)
