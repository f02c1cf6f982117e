"""What blocks are made of and where they stand, flat and in a stack."""

import functools

import keras
import numpy as np
import pytest
from keras import layers

import keras_deep
from keras_deep.layers.position import Stage
from keras_deep.layers.position import positions
from keras_deep.layers.residual import block_v1
from keras_deep.layers.residual import block_v2
from keras_deep.layers.residual import residual_stages
from keras_deep.layers.stage import stage_blocks
from keras_deep.layers.stage import stage_end
from keras_deep.models.weights import copy_weights
from tests.support import stacks

BLOCKS = 3
SHAPE = (8, 8, 4)


STAGES = (Stage(BLOCKS, 4),)


def network(block, stack, stages=STAGES, **arguments):
    inputs = keras.Input(SHAPE, name="image")
    x = residual_stages(inputs, stages, block, stack, **arguments)
    return keras.Model(inputs, layers.Identity(name="features")(x))


def images(rng):
    return rng.standard_normal((2, *SHAPE)).astype("float32")


def pair(rng, build):
    """Returns `build(True)` and `build(False)` with equal random weights."""
    stacked, flat = build(True), build(False)
    assert stacks.stacks_in(stacked) and not stacks.stacks_in(flat)
    copy_weights(stacks.randomised(flat, rng), stacked)
    return stacked, flat


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


@pytest.mark.parametrize("transform", TRANSFORMS)
@pytest.mark.parametrize(
    "shortcut, end",
    [(name, "version 2") for name in JOINS]
    + [(name, "version 1") for name in JOINS]
    + [("A", "linear"), ("gated", "linear"), ("A", "tanh")],
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


def test_the_first_block_of_a_stage_may_differ(rng):
    stages = [Stage(4, 4), Stage(4, 8, 2)]
    build = functools.partial(
        network,
        functools.partial(block_v1, shortcut="A"),
        stages=stages,
        first_block=functools.partial(
            block_v2, shortcut="C", on_branch=times_three
        ),
    )
    stacked, flat = pair(rng, build)
    names = {layer.name for layer in flat.layers}
    for i in (2, 3):
        first, second = f"conv{i}_block1", f"conv{i}_block2"
        assert {f"{first}_0_conv", f"{first}_preact_bn", f"{first}_times"} <= (
            names
        )
        assert f"{first}_out" not in names
        assert f"{second}_0_conv" not in names
        assert {f"{second}_out", f"{second}_2_bn"} <= names
    assert [(x.name, x.first, x.blocks) for x in stacks.stacks_in(stacked)] == [
        ("conv2_block2_to_block4", 2, 3),
        ("conv3_block2_to_block4", 2, 3),
    ]
    assert stacked.get_layer("conv3_block1_times") is not None
    x = images(rng)
    stacks.assert_equal(stacked(x), flat(x), 1e-5)
    stacks.assert_equal(stacked(x, training=True), flat(x, training=True), 1e-4)
    assert keras_deep.profile(stacked) == keras_deep.profile(flat)


def test_a_stage_of_one_block_has_a_first_block_only(rng):
    first = functools.partial(block_v2, shortcut="C")
    model = network(
        functools.partial(block_v1, shortcut="A"),
        True,
        stages=[Stage(1, 4)],
        first_block=first,
    )
    names = {layer.name for layer in model.layers}
    assert "conv2_block1_preact_bn" in names and "conv2_block1_out" not in names


def test_shortcuts_around_groups_of_blocks(rng):
    """The end of a stage stands behind the outermost join."""
    block = functools.partial(block_v1, shortcut="A", activation=None)

    def build(stack):
        inputs = x = keras.Input(SHAPE, name="image")
        for blocks in positions([Stage(6, 4), Stage(6, 8, 2)], 4):
            outermost = x
            for start in (0, 3):
                group = blocks[start : start + 3]
                y = stage_blocks(x, group, block, stack)
                if y.shape == x.shape:
                    x = layers.Add(name=f"{group[0].name}_outer")([x, y])
                else:
                    x = y
            if x.shape == outermost.shape:
                x = layers.Add(name=f"{blocks[0].stage}_outer")([outermost, x])
            x = stage_end(x, blocks[0].stage)
        return keras.Model(inputs, layers.Identity(name="features")(x))

    stacked, flat = pair(rng, build)
    assert [x.name for x in stacks.stacks_in(stacked)] == [
        "conv2_block1_to_block3",
        "conv2_block4_to_block6",
        "conv3_block2_to_block3",
        "conv3_block4_to_block6",
    ]
    x = images(rng)
    stacks.assert_equal(stacked(x), flat(x), 1e-5)
    for model in (stacked, flat):
        ends = [x.name for x in model.layers if x.name.endswith("_end")]
        assert ends == ["conv2_end", "conv3_end"]
        before = keras.Model(model.input, model.get_layer("conv2_outer").output)
        taps = keras_deep.features(model)(x)
        assert [y.shape[1:] for y in taps] == [(8, 8, 4), (4, 4, 8)]
        stacks.assert_equal(taps[0], before(x), 0)
        stacks.assert_equal(taps[1], model(x), 0)


def test_positions_are_arrays_in_a_stack_where_documented():
    seen = []

    def block(x, at):
        seen.append(at)
        return block_v1(x, at, shortcut="A")

    network(block, True, stages=[Stage(3, 4), Stage(4, 8, 2)])
    stack, first, rest = seen
    assert [type(at.number) for at in seen] == [np.ndarray, int, np.ndarray]
    assert stack.number.tolist() == [1, 2, 3]
    np.testing.assert_allclose(stack.progress, np.arange(1, 4) / 7)
    assert (first.number, first.progress) == (1, 4 / 7)
    assert rest.number.tolist() == [2, 3, 4]
    np.testing.assert_allclose(rest.progress, np.arange(5, 8) / 7)
    assert [at.blocks for at in seen] == [3, 4, 4]
    assert [at.total for at in seen] == [7, 7, 7]
    assert [at.name for at in seen] == [
        "conv2_block",
        "conv3_block1",
        "conv3_block",
    ]
