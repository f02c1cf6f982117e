"""Batch normalisation with the fused kernel is that of Keras."""

import keras
import numpy as np
import pytest
from keras import layers

from keras_deep.layers.normalization import BatchNormalization
from tests.support.equality import TOLERANCE
from tests.support.equality import array
from tests.support.equality import assert_near
from tests.support.equality import gradients
from tests.support.equality import normal
from tests.support.equality import on_tensorflow
from tests.support.equality import operations
from tests.support.equality import train

BOTH = (BatchNormalization, layers.BatchNormalization)
IMAGES = (5, 4, 3, 6)


def pair(rng, **arguments):
    """Returns our layer and Keras's with the same, uncommon weights."""
    pair = [layer(**arguments) for layer in BOTH]
    for layer in pair:
        layer.build(IMAGES)
    weights = [rng.uniform(0.5, 2.0, w.shape) for w in pair[0].weights]
    for layer in pair:
        layer.set_weights(weights)
    return pair


@pytest.mark.parametrize("training", (True, False, None))
@pytest.mark.parametrize("policy", TOLERANCE)
def test_outputs_and_statistics_equal_keras(rng, policy, training):
    layer, stock = pair(rng, dtype=policy)
    for _ in range(3):
        x = normal(rng, IMAGES, layer.compute_dtype)
        outputs = layer(x, training=training), stock(x, training=training)
        assert_near(outputs[:1], outputs[1:], TOLERANCE[policy])
    assert_near(layer.weights, stock.weights, TOLERANCE[policy])


@on_tensorflow
@pytest.mark.parametrize("training", (True, False))
@pytest.mark.parametrize("policy", TOLERANCE)
@pytest.mark.parametrize(
    "arguments", ({}, {"scale": False}, {"center": False, "momentum": 0.9})
)
def test_gradients_equal_keras(rng, arguments, policy, training):
    layer, stock = pair(rng, dtype=policy, epsilon=1e-5, **arguments)
    x = normal(rng, IMAGES, layer.compute_dtype)
    seed = rng.normal(size=x.shape).astype("float32")
    ours = gradients(layer, x, seed, training=training)
    assert all(gradient is not None for gradient in ours)
    own = gradients(stock, x, seed, training=training)
    assert_near(ours, own, TOLERANCE[policy])


def network(layer, sides=8, **arguments):
    """A network in which the gradient of the inputs reaches a weight."""
    keras.utils.set_random_seed(1)
    inputs = layers.Input((sides, sides, 3))
    # A bias before batch normalisation has no gradient but roundings.
    x = layers.Conv2D(6, 3, padding="same", use_bias=False)(inputs)
    x = layers.Activation("relu")(layer(name="bn", **arguments)(x))
    return keras.Model(
        inputs, layers.Dense(2)(layers.GlobalAveragePooling2D()(x))
    )


@pytest.mark.parametrize(
    "policy, jit_compile, sides",
    (("float32", True, 8), ("mixed_bfloat16", False, None)),
)
def test_training_equals_keras(policy, jit_compile, sides):
    keras.config.set_dtype_policy(policy)
    ours, own = (
        train(
            network(layer, sides),
            np.random.default_rng(2),
            (8, sides or 5, 3),
            jit_compile,
        )
        for layer in BOTH
    )
    assert_near(ours, own, 3 * TOLERANCE[policy])


def test_outputs_have_the_type_of_the_policy(rng):
    layer, stock = pair(rng, dtype="mixed_bfloat16", autocast=False)
    x = normal(rng, IMAGES)
    assert_near([layer(x)], [stock(x)], TOLERANCE["mixed_bfloat16"])


def test_frozen_layer_keeps_its_statistics(rng):
    layer, stock = pair(rng)
    before = layer.get_weights()
    layer.trainable = stock.trainable = False
    x = normal(rng, IMAGES)
    assert_near([layer(x, training=True)], [stock(x, training=True)], 1e-5)
    np.testing.assert_array_equal(layer.get_weights(), before)


@pytest.mark.parametrize("jit_compile", (True, False))
def test_variance_survives_a_large_mean(rng, jit_compile):
    """TensorFlow's kernel is 60 % off inside XLA: it must not be taken."""
    model = keras.Sequential([BatchNormalization(momentum=0.0)])
    model.compile("sgd", "mse", jit_compile=jit_compile)
    x = rng.normal(1000.0, 1.0, (8, 16, 16, 6)).astype("float32")
    model.fit(x, x, batch_size=8, verbose=0)
    np.testing.assert_allclose(
        array(model.layers[0].moving_variance),
        x.astype("float64").var((0, 1, 2)),
        rtol=1e-4,
    )


@pytest.mark.parametrize("shape", ((1, 1, 1, 6), (0, 4, 3, 6)))
def test_batch_without_variance_is_as_in_keras(rng, shape):
    layer, stock = pair(rng)
    x = normal(rng, shape)
    assert_near([layer(x, training=True)], [stock(x, training=True)], 1e-5)
    assert_near(layer.weights, stock.weights, 1e-5)
    assert np.isfinite(array(layer.moving_variance)).all() == bool(shape[0])


FALLBACKS = {
    "mask": ({}, IMAGES, "float32"),
    "synchronized": ({"synchronized": True}, IMAGES, "float32"),
    "renorm": ({"renorm": True}, IMAGES, "float32"),
    "channels_first": ({"axis": 1}, (2, 6, 4, 3), "float32"),
    "another_axis": ({"axis": 2}, IMAGES, "float32"),
    "vectors": ({}, (4, 6), "float32"),
    "sequences": ({}, (4, 5, 6), "float32"),
    "volumes": ({}, (2, 3, 3, 3, 6), "float32"),
    "float64": ({"dtype": "float64"}, IMAGES, "float64"),
    "integers": ({"autocast": False}, IMAGES, "int32"),
}


@pytest.mark.parametrize("case", FALLBACKS)
def test_other_calls_are_those_of_keras(rng, case):
    arguments, shape, dtype = FALLBACKS[case]
    if (case, keras.backend.backend()) == ("float64", "jax"):
        pytest.skip("JAX has no float64 unless told so at its start.")
    try:
        layer, stock = (layer(**arguments) for layer in BOTH)
    except (TypeError, ValueError):
        pytest.skip(f"This Keras or its backend has no {case}.")
    x = normal(rng, shape, dtype)
    call = {"training": True}
    if case == "mask":
        call["mask"] = keras.ops.ones(shape[:-1], "bool")
    assert_near([layer(x, **call)], [stock(x, **call)], 0.0)
    assert_near(layer.weights, stock.weights, 0.0)
    if keras.backend.backend() == "tensorflow":
        found = operations(lambda x: layer(x, **call), x)
        assert "FusedBatchNormV3" not in found


@on_tensorflow
@pytest.mark.parametrize("training", (True, False))
@pytest.mark.parametrize("policy", ("float32", "float16", "bfloat16"))
def test_images_take_the_kernel(rng, policy, training):
    layer, stock = pair(rng, dtype=policy)
    x = normal(rng, IMAGES, policy)
    kernel = "FusedBatchNormV3"
    assert kernel in operations(lambda x: layer(x, training=training), x)
    assert kernel not in operations(lambda x: stock(x, training=training), x)
    assert kernel not in operations(
        lambda x: layer(x, training=training), x, jit_compile=True
    )


def test_stock_keras_reads_config_and_weights(tmp_path, rng):
    arguments = {"momentum": 0.8, "epsilon": 1e-4, "scale": False}
    model, stock = (network(layer, **arguments) for layer in BOTH)
    config = model.get_layer("bn").get_config()
    assert config == stock.get_layer("bn").get_config()
    train(model, rng, (8, 8, 3))
    x = normal(rng, (2, 8, 8, 3))
    model.save_weights(tmp_path / "model.weights.h5")
    stock.load_weights(tmp_path / "model.weights.h5")
    assert_near([model(x)], [stock(x)], 1e-5)
