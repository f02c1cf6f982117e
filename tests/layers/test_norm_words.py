"""Norms equal NumPy, as ordinary layers and in a stack."""

import keras
import numpy as np
import pytest

import keras_deep
from keras_deep.layers import conv
from keras_deep.layers import conventions
from tests.support import stacks
from tests.support.chains import BLOCKS
from tests.support.chains import IMAGES
from tests.support.chains import both_forms
from tests.support.chains import network
from tests.support.numpy_words import normalised

EPSILON = 3e-3


@both_forms
@pytest.mark.parametrize("scale", [True, False])
@pytest.mark.parametrize("momentum", [0.9, 0.6])
def test_batch_norm_equals_numpy(rng, momentum, scale, stack):
    def block(x, at):
        return conv.batch_norm(x, at.name, scale=scale, momentum=momentum)

    with conventions.convention_scope(conventions.Convention(epsilon=EPSILON)):
        model = network(block, stack)
    given = stacks.values(stacks.randomised(model, rng))
    assert ("conv2_block1_bn/gamma" in given) == scale
    x = rng.normal(0.5, 2, IMAGES).astype("float32")
    moving, batch, expected = x, x, dict(given)
    for i in range(1, BLOCKS + 1):
        name = f"conv2_block{i}_bn"
        kinds = ("moving_mean", "moving_variance")
        statistics = [given[f"{name}/{kind}"] for kind in kinds]
        affine = given.get(f"{name}/gamma", 1.0), given[f"{name}/beta"]
        moving = normalised(moving, None, EPSILON, *affine, statistics)
        for kind, new in zip(kinds, (batch.mean, batch.var)):
            old = given[f"{name}/{kind}"]
            expected[f"{name}/{kind}"] = momentum * old + (1 - momentum) * new(
                (0, 1, 2)
            )
        batch = normalised(batch, (0, 1, 2), EPSILON, *affine)
    stacks.assert_equal(model(x), moving, 1e-5)
    stacks.assert_equal(model(x, training=True), batch, 1e-5)
    for name, handle in keras_deep.named_weights(model):
        stacks.assert_equal(handle.get(), expected[name], 1e-5, name)


@both_forms
@pytest.mark.parametrize("groups", [1, 2, 4])
def test_group_norm_equals_numpy(rng, groups, stack):
    def block(x, at):
        return conv.group_norm(x, at.name, groups)

    with conventions.convention_scope(conventions.Convention(epsilon=EPSILON)):
        model = network(block, stack)
    given = stacks.values(stacks.randomised(model, rng))
    x = y = rng.normal(0.5, 2, IMAGES).astype("float32")
    size = IMAGES[-1] // groups
    for i in range(1, BLOCKS + 1):
        name = f"conv2_block{i}_gn"
        parts = []
        for first in range(0, IMAGES[-1], size):
            some = slice(first, first + size)
            affine = [given[f"{name}/{key}"][some] for key in ("gamma", "beta")]
            parts.append(normalised(y[..., some], (1, 2, 3), EPSILON, *affine))
        y = np.concatenate(parts, -1)
    stacks.assert_equal(model(x), y, 1e-5)
    stacks.assert_equal(model(x, training=True), y, 1e-5)


def test_group_norm_has_groups_of_32_by_default():
    outputs = conv.group_norm(keras.Input((8, 6, 64)), "a")
    layer = outputs._keras_history.operation
    assert (layer.name, layer.groups) == ("a_gn", 32)
