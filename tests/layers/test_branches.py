"""Branches are transformed and joined as blocks say, flat and in a stack."""

import functools

import keras
import numpy as np
import pytest
from keras import layers

from keras_deep.layers.residual import block_v1
from keras_deep.layers.residual import block_v2
from tests.support import stacks
from tests.support.chains import BLOCKS
from tests.support.chains import images
from tests.support.chains import network
from tests.support.chains import pair


def times_three(y, at):
    return layers.Rescaling(3.0, name=f"{at.name}_times")(y)


def minus_one(y, at):
    return layers.Rescaling(1.0, -1.0, name=f"{at.name}_minus")(y)


TRANSFORMS = {
    "none": ((), lambda y: y),
    "one": (times_three, lambda y: 3 * y),
    "several": ((times_three, minus_one), lambda y: 3 * y - 1),
}
# Shortcut: the layer that joins, and what it computes.
JOINS = {
    "A": ("add", lambda x, y, gate: x + y),
    "gated": ("add", lambda x, y, gate: (1 - gate) * x + gate * y),
    "shortcut_gated": ("add", lambda x, y, gate: (1 - gate) * x + y),
    "scaled": ("average", lambda x, y, gate: (x + y) / 2),
    "dropout": ("add", lambda x, y, gate: x + y),
}
ENDS = {
    "version 1": (block_v1, {}, "out", lambda y: np.maximum(y, 0)),
    "linear": (block_v1, {"activation": None}, None, lambda y: y),
    "tanh": (block_v1, {"activation": "tanh"}, "out", np.tanh),
    "version 2": (block_v2, {}, None, lambda y: y),
}


def tapped(flat, end, last, gated, x):
    """Returns branch, gate and output of every block of a flat network."""
    names = [last, end] + ["gate"] * gated
    taps = keras.Model(
        flat.input,
        [
            flat.get_layer(f"conv2_block{i}_{name}").output
            for i in range(1, BLOCKS + 1)
            for name in names
        ],
    )
    found = np.array([np.array(t) for t in taps(x)])
    return found.reshape(BLOCKS, len(names), *found.shape[1:])


@pytest.mark.parametrize(
    "shortcut, end, transform",
    [(name, "version 2", "several") for name in JOINS]
    + [(name, "version 1", "several") for name in JOINS]
    + [("A", "linear", "several"), ("gated", "linear", "one")]
    + [("A", "tanh", "none"), ("gated", "version 2", "none")]
    + [("A", "version 1", "one"), ("scaled", "version 2", "one")],
)
def test_transformed_branch_is_joined_as_the_shortcut_says(
    rng, shortcut, end, transform
):
    block, arguments, out, activate = ENDS[end]
    on_branch, function = TRANSFORMS[transform]
    joined, join = JOINS[shortcut]
    block = functools.partial(
        block, shortcut=shortcut, on_branch=on_branch, **arguments
    )
    stacked, flat = pair(rng, functools.partial(network, block))
    x = images(rng)
    last = "2_conv" if end == "version 2" else "2_bn"
    gated = "gated" in shortcut
    before = x
    for branch, output, *gate in tapped(flat, out or joined, last, gated, x):
        expected = activate(join(before, function(branch), *gate or [None]))
        stacks.assert_equal(output, expected, 1e-5)
        assert np.abs(branch).max() > 0.01
        before = output
    stacks.assert_equal(flat(x), before, 1e-5)
    stacks.assert_equal(stacked(x), before, 1e-5)
    if out is None:
        assert not [x for x in flat.layers if x.name.endswith("_out")]


def test_dropout_of_the_shortcut_leaves_the_transformed_branch(rng):
    block = functools.partial(
        block_v2, shortcut="dropout", on_branch=(times_three, minus_one)
    )
    for model in pair(rng, functools.partial(network, block)):
        x = images(rng)
        if stacks.stacks_in(model):
            block = stacks.stacks_in(model)[0].get_block(1)
        else:
            block = model
        taps = keras.Model(
            block.input,
            [
                block.get_layer(f"conv2_block1_{name}").output
                for name in ("2_conv", "add")
            ],
        )
        branch, output = (np.array(y) for y in taps(x, training=True))
        kept = output - (3 * branch - 1)
        dropped = np.isclose(kept, 0, atol=1e-4)
        assert 0.4 < dropped.mean() < 0.6
        np.testing.assert_allclose(
            kept[~dropped], 2 * x[~dropped], atol=1e-3, rtol=1e-3
        )
