"""LARS against the formula of the paper, and its files without the package."""

import keras
import numpy as np
import pytest

from keras_deep.optimizers import LARS
from tests.support import optimizers

RATE, MOMENTUM, TRUST, DECAY = 0.5, 0.8, 0.02, 0.3


def oracle(w, gradients, decay=DECAY, adapted=True):
    """Algorithm 1 of the paper, with a constant learning rate."""
    v = np.zeros_like(w)
    for g in gradients:
        size, slope = np.sqrt((w**2).sum()), np.sqrt((g**2).sum())
        local = TRUST * size / (slope + decay * size) if adapted else 1.0
        v = MOMENTUM * v + RATE * local * (g + decay * w)
        w = w - v
    return w


def lars(**arguments):
    return LARS(
        RATE, MOMENTUM, trust_coefficient=TRUST, weight_decay=DECAY, **arguments
    )


def test_steps_are_those_of_the_paper(rng):
    kernel, *gradients = rng.standard_normal((4, 3, 5))
    held, optimizer = optimizers.variable(kernel), lars()
    for gradient in gradients:
        (ours,) = optimizers.apply(optimizer, [held], [gradient])
    np.testing.assert_allclose(ours, oracle(kernel, gradients), rtol=1e-5)


def test_every_block_has_its_own_rate(rng):
    sizes = np.reshape([0.01, 1.0, 100.0], (3, 1, 1))
    kernels = sizes * rng.standard_normal((3, 2, 5))
    gradients = rng.standard_normal((2, 3, 2, 5)) / sizes
    held, optimizer = optimizers.stacked(kernels), lars()
    for gradient in gradients:
        (ours,) = optimizers.apply(optimizer, [held], [gradient])
    for i in range(3):
        expected = oracle(kernels[i], gradients[:, i])
        np.testing.assert_allclose(ours[i], expected, rtol=1e-5)


def test_weights_of_zero_take_the_step_of_sgd():
    held, optimizer = optimizers.stacked([[0.0, 0.0], [3.0, 4.0]]), lars()
    (ours,) = optimizers.apply(optimizer, [held], [[[1.0, 2.0], [0.0, 0.0]]])
    # Without a gradient: 0.02 * 5 / (0.3 * 5) of the decay's 0.3 * weight.
    expected = [[-0.5, -1.0], [3.0 * 0.99, 4.0 * 0.99]]
    np.testing.assert_allclose(ours, expected, rtol=1e-5)


def test_weights_may_be_excluded_from_both(rng):
    values, gradients = rng.standard_normal((2, 3, 4))
    kernel, bias, gamma = map(optimizers.variable, values)
    optimizer = lars()
    optimizer.exclude_from_adaptation([bias, gamma])
    optimizer.exclude_from_weight_decay([gamma])
    ours = optimizers.apply(optimizer, [kernel, bias, gamma], gradients)
    expected = [
        oracle(values[0], gradients[:1]),
        oracle(values[1], gradients[1:2], adapted=False),
        oracle(values[2], gradients[2:], decay=0.0, adapted=False),
    ]
    for found, right in zip(ours, expected):
        np.testing.assert_allclose(found, right, rtol=1e-5)


def test_nesterov_and_momentum_are_those_of_sgd(rng):
    """Of Keras's SGD, given the gradients that LARS makes."""
    kernel, *gradients = rng.standard_normal((3, 4))
    ours = optimizers.variable(kernel)
    theirs = optimizers.variable(kernel)
    optimizer = LARS(RATE, MOMENTUM, nesterov=True, trust_coefficient=TRUST)
    sgd = keras.optimizers.SGD(RATE, MOMENTUM, nesterov=True)
    for g in gradients:
        w = keras.ops.convert_to_numpy(theirs)
        scaled = g * TRUST * np.linalg.norm(w) / np.linalg.norm(g)
        (expected,) = optimizers.apply(sgd, [theirs], [scaled])
        (found,) = optimizers.apply(optimizer, [ours], [g])
        np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_sparse_gradients_are_applied():
    inputs = keras.Input((2,), dtype="int32")
    x = keras.layers.Embedding(5, 3, embeddings_initializer="ones")(inputs)
    model = keras.Model(inputs, keras.layers.GlobalAveragePooling1D()(x))
    model.compile(LARS(0.5), "mse")
    model.train_on_batch(np.array([[1, 1]]), np.zeros((1, 3)))
    table = model.get_weights()[0]
    np.testing.assert_array_equal(table[[0, 2, 3, 4]], 1.0)
    # The whole table has the norm sqrt(15), and moves by its thousandth.
    change = 0.5 * 0.001 * np.sqrt(15 / 3)
    np.testing.assert_allclose(table[1], 1.0 - change, rtol=1e-6)


@pytest.mark.parametrize("half", ["float16", "bfloat16"])
def test_norms_do_not_overflow_in_half_precision(half):
    """The sum of the squares is 640,000; float16 ends at 65,504."""
    held = keras.Variable(np.full(64, 100.0), dtype=half)
    optimizer = LARS(1.0, 0.0, trust_coefficient=0.5)
    gradient = keras.ops.ones((64,), half)
    optimizer.apply([gradient], [held])
    found = keras.ops.convert_to_numpy(keras.ops.cast(held, "float32"))
    np.testing.assert_allclose(found, 50.0, rtol=1e-2)
