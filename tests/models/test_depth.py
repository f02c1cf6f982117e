"""The deepest networks at Python's default recursion limit."""

import sys

import keras
import numpy as np
import pytest

import keras_deep
from keras_deep.layers import stage
from keras_deep.layers.stacks import nesting
from keras_deep.models.published import references

DEEPEST = [
    pytest.param("DenseNetBC100_12"),
    pytest.param("DenseNetBC250_24", marks=pytest.mark.proof),
    pytest.param("ResNet1001V2", marks=pytest.mark.proof),
    pytest.param("ResNet1202", marks=pytest.mark.proof),
]


@pytest.mark.parametrize("name", DEEPEST)
def test_builds_saves_loads_and_clones(name, tmp_path):
    assert sys.getrecursionlimit() == 1000
    model = keras_deep.create_model(name)
    assert model.count_params() == references(name)[0]["total"]
    keras_deep.save(model, tmp_path / "deep.keras")
    loaded = keras_deep.load(tmp_path / "deep.keras")
    x = np.random.default_rng(0).standard_normal((1, 32, 32, 3))
    x = x.astype("float32")
    np.testing.assert_array_equal(loaded(x), model(x))
    clone = keras.models.clone_model(model)
    assert clone.count_params() == model.count_params()
    last = keras_deep.features(model)(x)[-1]
    assert last.shape[1:3] == (8, 8)


@pytest.mark.proof
def test_plain_chain_of_1202_layers_clones():
    model = keras_deep.CifarPlainNet(1202, input_shape=(8, 8, 3))
    assert keras.models.clone_model(model).count_params() == 19510906


def test_copies_of_named_weights_reach_every_block(monkeypatch):
    monkeypatch.setattr(stage, "FLAT", 10)
    monkeypatch.setattr(nesting, "SEGMENT", 6)
    model = keras_deep.CifarResNet(
        blocks=(7, 4, 2), input_shape=(8, 8, 3), stack=False
    )
    assert any(isinstance(layer, keras.Model) for layer in model.layers)
    names = [name for name, _ in keras_deep.named_weights(model)]
    assert len(names) == len(set(names)) == len(model.weights)
    assert "conv2_block7_2_conv/kernel" in names
    assert "conv3_block4_1_bn/moving_mean" in names
