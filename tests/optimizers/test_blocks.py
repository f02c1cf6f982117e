"""Stacked networks and flat ones, step by step, with norms of weights."""

import contextlib

import keras
import numpy as np
import pytest

from keras_deep.optimizers import LAMB
from keras_deep.optimizers import LARS
from keras_deep.optimizers import SGD
from keras_deep.optimizers import AdamW
from keras_deep.optimizers import per_block
from tests.support import optimizers
from tests.support import stacks

OPTIMIZERS = {
    "LAMB": lambda: LAMB(0.02, weight_decay=0.1),
    "LARS": lambda: LARS(5.0, weight_decay=0.1),
    "clipnorm": lambda: SGD(0.5, momentum=0.9, clipnorm=0.02),
    "AdamW": lambda: AdamW(0.01, clipnorm=0.02),
    "Keras's Lamb": lambda: keras.optimizers.Lamb(0.02),
    "Keras's Adam": lambda: keras.optimizers.Adam(0.01, clipnorm=0.02),
    "scaled": lambda: keras.optimizers.LossScaleOptimizer(
        SGD(0.5, momentum=0.9, clipnorm=0.02)
    ),
    "accumulation": lambda: SGD(
        0.5, clipnorm=0.02, gradient_accumulation_steps=2
    ),
}


def trained(models, optimizer, steps=3, jit_compile=False):
    """Trains models, a step at a time."""
    for model in models:
        stacks.compiled(model, optimizer(), jit_compile)
        model.optimizer.build(model.trainable_variables)
    with contextlib.ExitStack() as stack:
        for model in models:
            stack.enter_context(per_block(model.optimizer, model))
        for _ in range(steps):
            for model in models:
                stacks.train(model, 1)
            yield


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_both_forms_take_the_same_steps(name):
    models = optimizers.pair()
    before = stacks.values(models[1])
    for _ in trained(models, OPTIMIZERS[name]):
        stacks.assert_equal_weights(*models, 1e-5)
    assert optimizers.moved(models[1], before) == set(before)


@pytest.mark.parametrize("name", ["LAMB", "LARS", "clipnorm", "AdamW"])
def test_both_forms_take_the_same_steps_in_xla(name):
    stacked, flat = optimizers.pair()
    compiled = trained([stacked], OPTIMIZERS[name], jit_compile=True)
    for _ in zip(compiled, trained([flat], OPTIMIZERS[name])):
        stacks.assert_equal_weights(stacked, flat, 1e-5)


@pytest.mark.parametrize("name", ["LAMB", "LARS", "clipnorm"])
def test_convolutions_and_normalisation(name):
    def build():
        return stacks.network("v1", blocks=3)

    models = optimizers.pair(build)
    for _ in trained(models, OPTIMIZERS[name]):
        stacks.assert_equal_weights(*models, 2e-5)


@pytest.mark.parametrize("name", ["Keras's Lamb", "clipnorm"])
def test_without_the_context_blocks_would_be_mixed(name):
    models = optimizers.pair()
    for model in models:
        stacks.compiled(model, OPTIMIZERS[name]())
        stacks.train(model, 1)
    with pytest.raises(AssertionError):
        stacks.assert_equal_weights(*models, 1e-3)


def test_an_optimizer_of_several_clips_in_each():
    several = getattr(keras.optimizers, "MultiOptimizer", None)
    if several is None:
        pytest.skip("This Keras has no MultiOptimizer.")
    variables = [
        optimizers.stacked(np.zeros((2, 2))),
        optimizers.variable(np.zeros(2)),
    ]
    inner = [SGD(1.0, clipnorm=1.0), SGD(1.0, clipnorm=2.0)]
    optimizer = several(lambda x: inner[len(x.shape) == 1])
    optimizer.build(variables)
    gradients = [[3.0, 4.0], [0.3, 0.4]], [3.0, 4.0]
    with per_block(optimizer, keras.Model()):
        found = optimizers.apply(optimizer, variables, gradients)
    expected = [[-0.6, -0.8], [-0.3, -0.4]], [-1.2, -1.6]
    for one, right in zip(found, expected):
        np.testing.assert_allclose(one, right, rtol=1e-5)
