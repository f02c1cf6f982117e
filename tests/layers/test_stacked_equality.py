"""A stack computes and learns what the chain of its blocks does."""

import os

import keras
import numpy as np
import pytest

from keras_deep.layers.stacks.stacked import StackedBlocks
from tests.support import stacks

TOLERANCES = {"float64": 1e-10, "float32": 1e-4}
# One network is longer, the others as short as they can be.
# Without the identity shortcut a chain magnifies rounding errors: in a plain
# network of 12 blocks a change of the weights in their last binary digit
# changes them by more than themselves after three steps, in one of 3 by 1e-6.
BLOCKS = {("v1", "float64"): stacks.BLOCKS}
FEW = 3


def _cases():
    """Yields the networks and the precisions to compare them in.

    JAX computes in float64 only if the process asks for it, and Keras's batch
    normalisation there is right to seven digits even then.
    """
    jax = keras.backend.backend() == "jax"
    asked = os.environ.get("JAX_ENABLE_X64") in ("1", "true")
    for name in stacks.NETWORKS:
        if not jax or (asked and name == "dense layers"):
            yield name, "float64"
        if jax or name in ("v1", "stochastic depth", "dense layers"):
            yield name, "float32"


@pytest.mark.parametrize("name, precision", [*_cases()])
def test_outputs_gradients_and_training_are_equal(name, precision):
    keras.config.set_floatx(precision)
    keras.config.set_dtype_policy(precision)
    tolerance = TOLERANCES[precision]
    blocks = BLOCKS.get((name, precision), FEW)
    stacked, flat = stacks.pair(name, blocks=blocks)
    assert sum(isinstance(x, StackedBlocks) for x in stacked.layers) == 1
    x, y = stacks.data(stacked)
    for training in (False, True):
        outputs = stacked(x, training=training), flat(x, training=training)
        stacks.assert_equal(*outputs, tolerance)
    # The first step shows the gradients, more show the statistics, momentum
    # and random numbers.
    _same_step(stacked, flat, tolerance)
    losses = [stacks.train(model, 3) for model in (stacked, flat)]
    np.testing.assert_allclose(*losses, rtol=tolerance)
    stacks.assert_equal_weights(stacked, flat, tolerance)


def _same_step(stacked, flat, tolerance):
    before = stacks.values(stacked)
    steps = []
    for model in (stacked, flat):
        stacks.train(stacks.compiled(model), 1)
        after = stacks.values(model)
        steps.append({name: after[name] - before[name] for name in after})
    for name, change in steps[1].items():
        assert np.abs(change).max() > 0, name
        # The difference of two float32 numbers has fewer digits than they.
        scale = np.abs(before[name]).max() / np.abs(change).max()
        allowed = tolerance + 4 * np.finfo(change.dtype).eps * scale
        stacks.assert_equal(steps[0][name], change, allowed, name)


@pytest.mark.parametrize("name", ["v1", "stochastic depth"])
def test_training_is_equal_with_xla(name):
    stacked, flat = stacks.pair(name, blocks=FEW)
    losses = [
        stacks.train(stacks.compiled(model, jit_compile=True), 3)
        for model in (stacked, flat)
    ]
    np.testing.assert_allclose(*losses, rtol=1e-4)
    stacks.assert_equal_weights(stacked, flat, 1e-4)


def test_training_is_equal_in_mixed_precision():
    keras.config.set_dtype_policy("mixed_bfloat16")
    stacked, flat = stacks.pair("v2", blocks=FEW)
    (layer,) = (x for x in stacked.layers if isinstance(x, StackedBlocks))
    assert {str(w.dtype) for w in layer.weights} == {"float32"}
    assert "bfloat16" in str(layer.output.dtype)
    losses = [
        stacks.train(stacks.compiled(model), 2) for model in (stacked, flat)
    ]
    np.testing.assert_allclose(*losses, rtol=1e-2)
    if keras.backend.backend() == "tensorflow":  # XLA rounds as it fuses.
        stacks.assert_equal_weights(stacked, flat, 2e-2)


def test_training_is_equal_with_accumulated_gradients():
    stacked, flat = stacks.pair("v1", blocks=2)
    for model in (stacked, flat):
        optimizer = keras.optimizers.Adam(
            0.01, gradient_accumulation_steps=2, epsilon=1e-3
        )
        stacks.train(stacks.compiled(model, optimizer), 4)
    stacks.assert_equal_weights(stacked, flat, 1e-4)


def test_penalties_and_constraints_are_those_of_every_block():
    def block(x, at):
        y = keras.layers.Dense(
            6,
            kernel_regularizer=keras.regularizers.OrthogonalRegularizer(0.1),
            bias_regularizer="l2",
            kernel_constraint=keras.constraints.MaxNorm(0.5),
            bias_initializer=keras.initializers.Constant(0.25),
            name=f"{at.name}_1",
        )(x)
        return keras.layers.Add(name=f"{at.name}_add")([x, y])

    stacks_of = dict(stacks.NETWORKS, penalised=(block, (6,)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stacks, "NETWORKS", stacks_of)
        stacked, flat = stacks.pair("penalised", blocks=FEW)
    penalties = [float(sum(model.losses)) for model in (stacked, flat)]
    assert penalties[0] > FEW * 6 * 0.01 * 0.25**2
    np.testing.assert_allclose(*penalties, rtol=1e-6)
    for model in (stacked, flat):
        stacks.train(stacks.compiled(model), 2)
    stacks.assert_equal_weights(stacked, flat, 1e-5)
    kernel = stacks.values(stacked)["conv2_block3_1/kernel"]
    assert np.linalg.norm(kernel, axis=0).max() <= 0.5 + 1e-6


def test_a_frozen_stack_keeps_weights_and_statistics():
    stacked, flat = stacks.pair("v1", blocks=2)
    for model in (stacked, flat):
        for layer in model.layers[1:-1]:
            layer.trainable = False
        stacks.compiled(model)
    before = stacks.values(stacked)
    losses = [stacks.train(model, 2) for model in (stacked, flat)]
    np.testing.assert_allclose(*losses, rtol=1e-5)
    after = stacks.values(stacked)
    changed = {name for name in after if (after[name] != before[name]).any()}
    assert changed == {"predictions/kernel", "predictions/bias"}
    x, _ = stacks.data(stacked)
    stacks.assert_equal(stacked(x, training=True), flat(x, training=True), 1e-5)
