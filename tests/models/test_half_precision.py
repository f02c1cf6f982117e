"""The state of an optimizer in float16 comes back from a file."""

import keras
import numpy as np
import pytest

import keras_deep
from keras_deep.training.optimizers import with_scaled_loss
from tests.support import stacks

POLICIES = ("mixed_float16", "mixed_bfloat16", "float16")


def trained(policy, stack=True, wrap=lambda model, optimizer: optimizer):
    keras.config.set_dtype_policy(policy)
    model = stacks.network("v1", stack, blocks=2)
    keras.config.set_dtype_policy("float32")
    stacks.compiled(model, wrap(model, keras.optimizers.Adam()))
    stacks.train(model, 1)
    return model


def assert_continues(loaded, model):
    """Compares the state of the optimizers, and a step from it."""
    assert type(loaded.optimizer) is type(model.optimizer)
    for ours, theirs in zip(
        loaded.optimizer.variables, model.optimizer.variables, strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)
    assert stacks.train(loaded, 1) == stacks.train(model, 1)
    assert keras.config.dtype_policy().name == "float32"


@pytest.mark.filterwarnings("error:Skipping variable")
@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("stack", [True, False])
def test_a_compiled_model_continues(policy, stack, tmp_path):
    model, path = trained(policy, stack), tmp_path / "a.keras"
    if stack:
        model.save(path)
    else:
        keras_deep.save(model, path)
    assert_continues(keras_deep.load(path), model)


@pytest.mark.filterwarnings("error:Skipping variable")
def test_any_load_model_finds_a_scaled_optimizer(tmp_path):
    model = trained("mixed_float16", wrap=with_scaled_loss)
    model.save(tmp_path / "a.keras")
    for load in (keras.models.load_model, keras_deep.load):
        loaded = load(tmp_path / "a.keras")
        assert type(loaded.optimizer) is keras.optimizers.LossScaleOptimizer
    assert_continues(loaded, model)


@pytest.mark.filterwarnings("error:Skipping variable")
def test_a_model_of_float32_with_layers_in_float16(tmp_path):
    """Its `compile` wraps nothing, whatever its layers are."""
    inputs = keras.Input((6,))
    x = keras.layers.Dense(3, dtype="mixed_float16")(inputs)
    model = stacks.compiled(keras.Model(inputs, x), keras.optimizers.Adam())
    stacks.train(model, 1)
    model.save(tmp_path / "a.keras")
    assert_continues(keras_deep.load(tmp_path / "a.keras"), model)


def test_only_optimizers_in_float16_are_wrapped_once():
    model = trained("mixed_float16")
    optimizer = keras.optimizers.SGD()
    wrapped = with_scaled_loss(model, optimizer)
    assert wrapped.inner_optimizer is optimizer
    assert with_scaled_loss(model, wrapped) is wrapped
    other = stacks.network("v1", blocks=2)
    assert with_scaled_loss(other, optimizer) is optimizer
