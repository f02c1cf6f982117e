"""Our LAMB against the paper's formula, and on flat networks Keras's."""

import keras
import numpy as np
import pytest

from keras_deep.optimizers import LAMB
from tests.support import optimizers
from tests.support import stacks

RATE, BETA_1, BETA_2, EPSILON = 0.1, 0.8, 0.9, 1e-6


def oracle(w, gradients, adapted=True):
    """Algorithm 2 of the paper, without decay."""
    m = v = np.zeros_like(w)
    for t, g in enumerate(gradients, 1):
        m = BETA_1 * m + (1 - BETA_1) * g
        v = BETA_2 * v + (1 - BETA_2) * g**2
        r = m / (1 - BETA_1**t) / (np.sqrt(v / (1 - BETA_2**t)) + EPSILON)
        trust = np.sqrt((w**2).sum()) / np.sqrt((r**2).sum())
        w = w - RATE * (trust if adapted else 1.0) * r
    return w


def lamb():
    return LAMB(RATE, BETA_1, BETA_2, EPSILON)


def test_steps_are_those_of_the_paper(rng):
    kernel, *gradients = rng.standard_normal((4, 3, 5))
    held, optimizer = optimizers.variable(kernel), lamb()
    for gradient in gradients:
        (ours,) = optimizers.apply(optimizer, [held], [gradient])
    np.testing.assert_allclose(ours, oracle(kernel, gradients), rtol=1e-5)


def test_every_block_has_its_own_trust_ratio(rng):
    sizes = np.reshape([0.01, 1.0, 100.0], (3, 1, 1))
    kernels = sizes * rng.standard_normal((3, 2, 5))
    gradients = rng.standard_normal((2, 3, 2, 5)) / sizes
    held, optimizer = optimizers.stacked(kernels), lamb()
    for gradient in gradients:
        (ours,) = optimizers.apply(optimizer, [held], [gradient])
    for i in range(3):
        expected = oracle(kernels[i], gradients[:, i])
        np.testing.assert_allclose(ours[i], expected, rtol=1e-5)


def test_scalars_of_blocks_and_weights_of_zero_take_a_step():
    held, optimizer = optimizers.stacked([2.0, 0.0]), lamb()
    (ours,) = optimizers.apply(optimizer, [held], [[3.0, 3.0]])
    # The first step of Adam is 1; relative to the weight, unless that is 0.
    np.testing.assert_allclose(ours, [2.0 - RATE * 2.0, -RATE], rtol=1e-5)


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"weight_decay": 0.1, "clipnorm": 0.05},
        {"gradient_accumulation_steps": 2, "use_ema": True},
    ],
    ids=["plain", "decay", "accumulation"],
)
def test_flat_networks_train_as_with_keras(arguments):
    optimizers.assert_trains_as(
        LAMB(0.05, **arguments), keras.optimizers.Lamb(0.05, **arguments), 1e-5
    )


EXCLUDED = {
    "names": lambda biases: {"var_names": ["/bias$"]},
    "variables": lambda biases: {"var_list": biases},
}


@pytest.mark.parametrize("how", EXCLUDED)
def test_weights_may_be_left_to_adam(rng, how):
    values = rng.standard_normal((3, 4))
    gradients = rng.standard_normal((3, 4))
    kernel = optimizers.variable(values[0], "kernel")
    biases = optimizers.stacked(values[1:], "bias")
    optimizer = lamb()
    optimizer.exclude_from_adaptation(**EXCLUDED[how]([biases]))
    ours = optimizers.apply(
        optimizer, [kernel, biases], [gradients[0], gradients[1:]]
    )
    for i, found in enumerate([ours[0], *ours[1]]):
        expected = oracle(values[i], [gradients[i]], adapted=i == 0)
        np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_names_are_those_of_the_flat_network():
    models = optimizers.pair()
    for model in models:
        optimizer = LAMB(0.05)
        optimizer.exclude_from_adaptation(var_names=["_gate/", "^pred"])
        stacks.compiled(model, optimizer)
        stacks.train(model, 2)
    stacks.assert_equal_weights(*models, 1e-5)
    other = stacks.compiled(optimizers.pair()[1], LAMB(0.05))
    stacks.train(other, 2)
    assert {"predictions/kernel", "dense2_block2_gate/bias"} <= (
        optimizers.moved(other, stacks.values(models[1]))
    )


def test_a_single_block_cannot_be_excluded():
    optimizer = lamb()
    optimizer.exclude_from_adaptation(var_names=["block1_"])
    with pytest.raises(ValueError, match="block1_1/kernel.*stack=False"):
        optimizers.apply(
            optimizer, [optimizers.stacked([1.0, 2.0])], [[1.0, 1.0]]
        )
