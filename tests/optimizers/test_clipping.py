"""Clipping of every block of a stack, as that of a weight by itself."""

import types

import keras
import numpy as np
import pytest

from keras_deep.optimizers import SGD
from keras_deep.optimizers import check_clipping_hook
from keras_deep.optimizers import clipped_per_block
from tests.support import optimizers

# Norms of blocks: 5, 0.5 and 0; of the ordinary weight: 13.
BLOCKS = np.array([[3.0, 4.0], [0.3, 0.4], [0.0, 0.0]])
FLAT = np.array([5.0, 12.0])
CLIPPED = [[0.6, 0.8], [0.3, 0.4], [0.0, 0.0]], [5 / 13, 12 / 13]


def weights():
    return [
        optimizers.stacked(np.zeros_like(BLOCKS)),
        optimizers.variable(np.zeros_like(FLAT)),
    ]


def step(optimizer, gradients=(BLOCKS, FLAT), steps=1, variables=None):
    """Returns how far a step in the context goes down."""
    variables = variables or weights()
    model = types.SimpleNamespace(trainable_variables=variables)
    optimizer.build(variables)
    with clipped_per_block(optimizer, model):
        for _ in range(steps):
            found = optimizers.apply(optimizer, variables, gradients)
    return [-value for value in found]


def assert_clipped(found, expected=CLIPPED):
    for one, right in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, right, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("kind", [SGD, keras.optimizers.SGD])
def test_every_block_is_clipped_by_its_own_norm(kind):
    assert_clipped(step(kind(1.0, clipnorm=1.0)))


def test_outside_of_the_context_keras_clips_as_ever():
    variables, optimizer = weights(), SGD(1.0, clipnorm=1.0)
    assert_clipped(step(optimizer, variables=variables))
    after = optimizers.apply(optimizer, variables, (BLOCKS, FLAT))
    norm = np.sqrt(25.25)
    expected = -np.array(CLIPPED[0]) - BLOCKS / norm
    np.testing.assert_allclose(after[0], expected, rtol=1e-5)
    assert not {"apply", "_clip_gradients"} & set(vars(optimizer))


def test_an_error_in_the_context_restores_what_was_there():
    optimizer = SGD(1.0, clipnorm=1.0)
    ours = vars(optimizer)["apply"] = optimizer.apply  # Someone else's hook.
    model = types.SimpleNamespace(trainable_variables=[])
    with pytest.raises(KeyError), clipped_per_block(optimizer, model):
        assert optimizer.apply is not ours
        raise KeyError
    assert optimizer.apply is ours


def test_what_is_clipped_is_unscaled():
    optimizer = SGD(1.0, clipnorm=1.0, loss_scale_factor=8.0)
    assert_clipped(step(optimizer, (8 * BLOCKS, 8 * FLAT)))


def test_a_wrapped_optimizer_clips():
    optimizer = keras.optimizers.LossScaleOptimizer(
        SGD(1.0, clipnorm=1.0), initial_scale=4.0
    )
    assert_clipped(step(optimizer, (4 * BLOCKS, 4 * FLAT)))


def test_the_mean_of_accumulated_gradients_is_clipped():
    optimizer = SGD(1.0, clipnorm=1.0, gradient_accumulation_steps=2)
    assert_clipped(step(optimizer, steps=2))


@pytest.mark.filterwarnings("ignore:Gradients do not exist")
def test_weights_without_a_gradient_are_left_out():
    unused, *others = optimizers.variable([1.0]), *weights()
    optimizer = SGD(1.0, clipnorm=1.0)
    model = types.SimpleNamespace(trainable_variables=[unused, *others])
    gradients = [keras.ops.convert_to_tensor(x, "float32") for x in CLIPPED]
    gradients = [10.0 * gradient for gradient in gradients]
    optimizer.build(model.trainable_variables)
    with clipped_per_block(optimizer, model):
        optimizer.apply([None, *gradients])
    found = [-keras.ops.convert_to_numpy(x) for x in others]
    lengths = np.linalg.norm(found[0], axis=1), np.linalg.norm(found[1])
    np.testing.assert_allclose(lengths[0], [1.0, 1.0, 0.0], rtol=1e-5)
    np.testing.assert_allclose(lengths[1], 1.0, rtol=1e-5)


@pytest.mark.parametrize(
    "arguments", [{}, {"global_clipnorm": 1.0}, {"clipvalue": 1.0}]
)
def test_other_clipping_is_keras_own(arguments):
    found = step(SGD(1.0, **arguments))
    variables = weights()
    theirs = optimizers.apply(
        keras.optimizers.SGD(1.0, **arguments), variables, (BLOCKS, FLAT)
    )
    assert_clipped(found, [-value for value in theirs])


def test_the_probe_accepts_this_keras_and_no_other(monkeypatch):
    check_clipping_hook()
    with monkeypatch.context() as other:
        # Keras as if it clipped elsewhere.
        other.setattr(
            keras.optimizers.Optimizer,
            "_clip_gradients",
            property(lambda self: lambda grads: grads),
        )
        with pytest.raises(RuntimeError, match=f"{keras.version()}.*step"):
            check_clipping_hook()
    with monkeypatch.context() as other:
        other.setattr(
            keras.optimizers.Optimizer,
            "_clip_by_norm",
            lambda self, values: values,
        )
        with pytest.raises(RuntimeError, match="without `clipnorm`"):
            check_clipping_hook()
