"""Copies of models: names of inputs and weights that Keras makes up."""

import keras
import numpy as np
import pytest
from keras import layers

import keras_deep
from keras_deep.models.copying import copied
from keras_deep.models.weights import copy_weights
from tests.support.nameless import Scaled


@pytest.fixture
def model():
    inputs = keras.Input((4,))
    x = Scaled()(Scaled()(inputs))
    return keras.Model(inputs, layers.Dense(3, "softmax")(x))


def test_weights_without_names_are_copied(model, rng):
    x = rng.standard_normal((5, 4)).astype("float32")
    for _ in range(2):
        same = copied(model)
        np.testing.assert_array_equal(same(x), model(x))
        model = same


def test_inputs_without_names_keep_those_of_keras(model):
    assert copied(model).layers[0].name == model.layers[0].name
    outer = keras.Input((4,))
    nested = keras.Model(outer, model(outer))
    inner = copied(nested).layers[1]
    assert inner.layers[0].name == model.layers[0].name
    sequential = keras.Sequential([keras.Input((4,)), layers.Dense(2)])
    assert copied(sequential).layers[0].get_config()["units"] == 2


def test_an_ensemble_of_models_of_such_layers(model, rng):
    other = copied(model)
    other.set_weights([w + 0.1 for w in model.get_weights()])
    x = rng.standard_normal((5, 4)).astype("float32")
    expected = (np.asarray(model(x)) + np.asarray(other(x))) / 2
    found = keras_deep.ensemble([model, other])(x)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_another_network_is_refused(model):
    inputs = keras.Input((4,))
    x = layers.Dense(4, name="other")(inputs)
    with pytest.raises(ValueError, match="two models of one network.*lacks"):
        copy_weights(model, keras.Model(inputs, x))


def odd_loss(y, predicted):
    return keras.ops.mean((y - predicted) ** 2)


class OddSGD(keras.optimizers.SGD):
    """One that Keras cannot make of its configuration."""

    def __init__(self, secret):
        super().__init__(0.1)


@pytest.mark.parametrize(
    "how",
    [
        {"loss": lambda y, predicted: odd_loss(y, predicted)},
        {"loss": odd_loss, "optimizer": OddSGD(3)},
        {"loss": "mse", "metrics": [lambda y, predicted: y]},
    ],
    ids=["lambda", "optimizer", "metric"],
)
def test_whatever_a_model_is_compiled_with(model, how, tmp_path, rng):
    model.compile(**how)
    same = copied(model)
    assert model.compiled and not same.compiled
    x = rng.standard_normal((5, 4)).astype("float32")
    np.testing.assert_array_equal(same(x), model(x))
    assert keras_deep.ensemble([model, same]).output_shape == (None, 3)
    path = tmp_path / "a.keras"
    keras_deep.save(model, path, portable=True)
    loaded = keras.models.load_model(path)
    np.testing.assert_array_equal(loaded(x), model(x))
    assert loaded.layers[0].name == model.layers[0].name


def test_a_portable_file_is_compiled_where_it_can_be(model, tmp_path):
    model.compile("adam", "sparse_categorical_crossentropy")
    keras_deep.save(model, tmp_path / "a.keras", portable=True)
    loaded = keras.models.load_model(tmp_path / "a.keras")
    assert loaded.compiled and type(loaded.optimizer) is keras.optimizers.Adam


@pytest.mark.parametrize("loss", ["mse", odd_loss, lambda y, p: odd_loss(y, p)])
def test_a_flat_copy_is_compiled_where_it_can_be(loss):
    stacked = keras_deep.CifarResNet(
        blocks=(3,), input_shape=(8, 8, 3), stack=True
    )
    stacked.compile("sgd", loss)
    assert keras_deep.unstacked(stacked).compiled == (loss == "mse")
    assert stacked.compiled
