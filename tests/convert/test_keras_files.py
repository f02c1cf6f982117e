"""Files of Keras: our own, keras.applications', and those of Keras 2."""

import keras
import numpy as np
import pytest

import keras_deep
from keras_deep import convert
from tests.convert.weights import close
from tests.support.starts import zero_start


def randomised(model, rng):
    """Gives a model weights that no initializer gives, statistics too."""
    values = []
    for value in model.get_weights():
        if value.ndim == 1:
            values.append(rng.uniform(0.5, 1.5, value.shape))
        else:
            values.append(value)
    model.set_weights(values)
    return model


@pytest.mark.parametrize("name", ["ResNet50", "ResNet50V2", "DenseNet121"])
def test_keras_applications_load_with_equal_outputs(name, tmp_path, rng):
    theirs = getattr(keras.applications, name)(
        weights=None, input_shape=(64, 64, 3), classes=12
    )
    randomised(theirs, rng)
    x = rng.standard_normal((2, 64, 64, 3)).astype("float32")
    expected = np.array(theirs(x))
    theirs.save(tmp_path / "a.keras")
    with zero_start():
        ours = convert.from_keras(
            tmp_path / "a.keras", name, input_shape=(64, 64, 3)
        )
    assert keras_deep.card(ours).convention == "keras"
    assert close(np.array(ours(x)), expected) < 1e-5
    theirs.save_weights(tmp_path / "a.weights.h5")
    with zero_start():
        again = getattr(keras_deep, name)(
            convention="keras",
            weights=tmp_path / "a.weights.h5",
            input_shape=(64, 64, 3),
            classes=12,
        )
    for a, b in zip(ours.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_keras_applications_need_their_convention(tmp_path):
    theirs = keras.applications.ResNet50(weights=None, input_shape=(32, 32, 3))
    theirs.save_weights(tmp_path / "a.weights.h5")
    with pytest.raises(ValueError, match="`convention='keras'`"):
        keras_deep.ResNet50(
            weights=tmp_path / "a.weights.h5", input_shape=(32, 32, 3)
        )


@pytest.mark.filterwarnings("ignore:You are saving your model as an HDF5")
def test_every_format_has_the_same_names_and_values(tmp_path):
    model = keras_deep.CifarResNet(
        blocks=(1, 1), input_shape=(8, 8, 3), convention="pytorchcv"
    )
    expected = {n: h.get() for n, h in keras_deep.named_weights(model)}
    keras_deep.save(model, tmp_path / "a.keras")
    model.save(tmp_path / "plain.keras")
    model.save_weights(tmp_path / "a.weights.h5")
    model.save(tmp_path / "a.h5")
    for path in tmp_path.iterdir():
        arrays = convert.read_keras(path)
        assert set(arrays) == set(expected)
        for name, value in expected.items():
            assert arrays.shape(name) == value.shape
            np.testing.assert_array_equal(arrays[name], value)


@pytest.mark.parametrize("scale", [True, False])
def test_normalisation_without_a_scale_keeps_its_names(scale, tmp_path, rng):
    model = keras.Sequential(
        [
            keras.Input((4,)),
            keras.layers.BatchNormalization(scale=scale, name="norm"),
        ]
    )
    values = [rng.uniform(0.5, 1.5, 4) for _ in model.weights]
    model.set_weights(values)
    names = ["gamma"] * scale + ["beta", "moving_mean", "moving_variance"]
    files = {"a.keras": model.save, "a.weights.h5": model.save_weights}
    for file, save in files.items():
        save(tmp_path / file)
        found = convert.read_keras(tmp_path / file)
        assert list(found) == [f"norm/{name}" for name in names]
        for name, value in zip(found, values, strict=True):
            np.testing.assert_array_equal(found[name], value.astype("f4"))


def test_optimizer_variables_are_no_weights(tmp_path):
    model = keras_deep.CifarResNet(blocks=(1,), input_shape=(8, 8, 3))
    model.compile("adam", "sparse_categorical_crossentropy")
    model.train_on_batch(np.zeros((2, 8, 8, 3)), np.zeros(2))
    model.save(tmp_path / "a.keras")
    names = {name for name, _ in keras_deep.named_weights(model)}
    assert set(convert.read_keras(tmp_path / "a.keras")) == names


def test_nested_models_are_read_by_the_names_of_their_layers(tmp_path):
    model = keras_deep.CifarResNet(blocks=(70, 40), input_shape=(8, 8, 3))
    keras_deep.save(model, tmp_path / "a.keras")
    names = {name for name, _ in keras_deep.named_weights(model)}
    assert set(convert.read_keras(tmp_path / "a.keras")) == names


def test_bfloat16_keeps_its_values(tmp_path):
    keras.config.set_dtype_policy("bfloat16")
    model = keras_deep.CifarResNet(blocks=(1,), input_shape=(8, 8, 3))
    model.save(tmp_path / "a.keras")
    arrays = convert.read_keras(tmp_path / "a.keras")
    assert arrays.dtype("conv1_conv/kernel").name == "bfloat16"
    kernel = model.get_layer("conv1_conv").get_weights()[0]
    np.testing.assert_array_equal(
        arrays["conv1_conv/kernel"].astype("float32"), kernel.astype("float32")
    )
