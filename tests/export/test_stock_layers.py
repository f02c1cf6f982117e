"""Layers of Keras that networks of this package do not have, in exports."""

import keras
import numpy as np
import pytest
from keras import layers

from keras_deep import export
from tests.support.formats import MARKS
from tests.support.formats import needs
from tests.support.nameless import Scaled

pytestmark = MARKS


def network(policy):
    keras.config.set_dtype_policy(policy)
    inputs = keras.Input((8, 8, 4))  # Keras makes a name up.
    x = layers.RandomFlip()(inputs)
    x = layers.Normalization(mean=[1.0, 2, 3, 4], variance=[4.0, 3, 2, 1])(x)
    x = layers.Conv2D(8, 3, groups=4, activation="gelu")(x)
    x = layers.Conv2D(4, 3, groups=2)(x)
    x = Scaled()(layers.GlobalAveragePooling2D()(x))
    outputs = layers.Dense(3, "softmax", dtype="float32")(x)
    keras.config.set_dtype_policy("float32")
    return keras.Model(inputs, outputs)


@pytest.mark.parametrize("policy", ["float32", "mixed_bfloat16"])
@pytest.mark.parametrize("optimize", [True, False])
@pytest.mark.parametrize("ending", ["onnx", "tflite", "xml", "keras"])
def test_they_go_into_every_format(tmp_path, ending, optimize, policy, rng):
    needs(ending)
    model = network(policy)
    held = model.layers[2].mean
    path = export.export(model, tmp_path / f"a.{ending}", optimize=optimize)
    x = rng.standard_normal((3, 8, 8, 4)).astype("float32")
    assert export.compare(model, path, x)["difference"] < 1e-4
    assert model.layers[2].mean is held  # An array only meanwhile.


@pytest.mark.parametrize("optimize", [True, False])
def test_they_go_into_a_saved_model(tmp_path, optimize):
    import tensorflow as tf

    model = network("float32")
    path = export.saved_model(model, tmp_path / "a", optimize=optimize)
    signature = tf.saved_model.load(str(path)).signatures["serving_default"]
    (name,) = signature.structured_input_signature[1]
    assert name == model.layers[0].name
    x = np.ones((2, 8, 8, 4), "float32")
    found = signature(**{name: tf.constant(x)})["probabilities"]
    expected = model(x, training=False)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_the_error_function_in_onnxruntime(tmp_path, rng):
    needs("onnx")
    import onnxruntime

    inputs = keras.Input((40,), name="x")
    model = keras.Model(inputs, keras.ops.gelu(inputs, approximate=False))
    session = onnxruntime.InferenceSession(
        export.onnx(model, tmp_path / "a.onnx")
    )
    x = np.linspace(-6, 6, 80, dtype="float32").reshape(2, 40)
    (found,) = session.run(None, {"x": x})
    # x times the integral of the normal distribution, by the trapezoid rule.
    grid = np.linspace(-12.0, 6.0, 180_001)
    density = np.exp(-(grid**2) / 2) / np.sqrt(2 * np.pi)
    steps = (density[1:] + density[:-1]) / 2 * np.diff(grid)
    integral = np.interp(x, grid[1:], np.cumsum(steps))
    np.testing.assert_allclose(found, x * integral, atol=2e-6)


def test_whatever_a_model_is_compiled_with(tmp_path):
    model = network("mixed_bfloat16")
    model.compile(loss=lambda y, predicted: keras.ops.mean(y - predicted))
    path = export.export(model, tmp_path / "a.keras")
    assert not keras.models.load_model(path).compiled
    assert model.compiled and model.layers[3].compute_dtype == "bfloat16"
