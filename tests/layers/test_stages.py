"""Where blocks stand, and which of them differ, flat and in a stack."""

import functools

import keras
import numpy as np
from keras import layers

import keras_deep
from keras_deep.layers.position import Stage
from keras_deep.layers.position import positions
from keras_deep.layers.residual import block_v1
from keras_deep.layers.residual import block_v2
from keras_deep.layers.stage import stage_blocks
from keras_deep.layers.stage import stage_end
from tests.support import stacks
from tests.support.chains import IMAGES
from tests.support.chains import images
from tests.support.chains import network
from tests.support.chains import pair


def times_three(y, at):
    return layers.Rescaling(3.0, name=f"{at.name}_times")(y)


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
        inputs = x = keras.Input(IMAGES[1:], name="image")
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
        assert [y.shape[1:] for y in taps] == [(8, 6, 4), (4, 3, 8)]
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
