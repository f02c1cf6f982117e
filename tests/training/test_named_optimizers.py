"""Optimizers that a configuration names."""

import keras
import numpy as np
import pytest

import keras_deep
from keras_deep.training import Config
from keras_deep.training import optimizers
from keras_deep.training.named_optimizers import OPTIMIZERS
from keras_deep.utils import recipe

KERAS = {
    "sgd": keras.optimizers.SGD,
    "adam": keras.optimizers.Adam,
    "adamw": keras.optimizers.AdamW,
    "lamb": keras.optimizers.Lamb,
}


def test_every_name_has_an_optimizer():
    assert tuple(OPTIMIZERS) == recipe.OPTIMIZERS


def steps_of(optimizer, rng):
    """Weights after three steps, with gradients that are given."""
    variable = keras.Variable(np.linspace(-1, 1, 6).reshape(2, 3))
    optimizer.build([variable])
    for _ in range(3):
        gradient = keras.ops.convert_to_tensor(
            rng.standard_normal((2, 3)), "float32"
        )
        optimizer.apply([gradient], [variable])
    return keras.ops.convert_to_numpy(variable)


@pytest.mark.parametrize(
    "name, fields, arguments",
    [
        ("sgd", {}, {"momentum": 0.9, "nesterov": True}),
        ("sgd", {"nesterov": False}, {"momentum": 0.9}),
        ("sgd", {"momentum": 0}, {}),
        ("adam", {}, {}),
        ("adamw", {}, {}),
        ("adamw", {"weight_decay": 0}, {}),
        ("adam", {"clipnorm": 0.5}, {"clipnorm": 0.5}),
        ("adam", {"global_clipnorm": 0.5}, {"global_clipnorm": 0.5}),
        ("adam", {"clipvalue": 0.1}, {"clipvalue": 0.1}),
        ("adam", {"ema": 0.8}, {"use_ema": True, "ema_momentum": 0.8}),
        ("lamb", {"weight_decay": 0.1}, {}),
    ],
)
def test_an_optimizer_is_that_of_keras(name, fields, arguments):
    if name == "lamb":
        pytest.importorskip("keras_deep.optimizers.lamb")
    config = Config(
        optimizer=name, schedule="constant", learning_rate=0.01, **fields
    )
    ours = config.make_optimizer(100)
    decay = config.weight_decay
    theirs = KERAS[name](0.01, weight_decay=decay, **arguments)
    assert isinstance(ours, KERAS[name])
    found, expected = (
        steps_of(optimizer, np.random.default_rng(0))
        for optimizer in (ours, theirs)
    )
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
    for a, b in zip(ours.variables, theirs.variables, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_lars_has_the_momentum_and_the_penalty():
    pytest.importorskip("keras_deep.optimizers.lars")
    config = Config(optimizer="lars", momentum=0.8, nesterov=False)
    optimizer = config.make_optimizer(10)
    assert type(optimizer) is keras_deep.optimizers.LARS
    assert (optimizer.momentum, optimizer.nesterov) == (0.8, False)
    assert optimizer.weight_decay == 1e-3


def test_kernels_alone_decay(monkeypatch):
    """With the function for it in the place of the one of the package."""
    spared = []

    def spare_small(optimizer, model):
        spared.append(model)
        optimizer.exclude_from_weight_decay(var_names=["bias"])

    monkeypatch.setattr(optimizers, "spare_small", spare_small, raising=False)
    config = Config(decay="kernels", momentum=0, schedule="constant")
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2)])
    with pytest.raises(ValueError, match="Expected the `model`"):
        config.make_optimizer(10)
    optimizer = config.make_optimizer(10, model)
    assert spared == [model]
    model.set_weights([np.ones((2, 2)), np.ones(2)])
    optimizer.build(model.trainable_variables)
    zeros = [keras.ops.zeros(v.shape) for v in model.trainable_variables]
    optimizer.apply(zeros, model.trainable_variables)
    kernel, bias = model.get_weights()
    np.testing.assert_allclose(kernel, 1 - 0.1 * 1e-3, rtol=1e-7)
    np.testing.assert_array_equal(bias, 1.0)
