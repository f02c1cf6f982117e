"""Residual networks of residual networks, against a network of NumPy."""

import keras
import numpy as np
import pytest

import keras_deep
from keras_deep.models.weights import copy_weights
from tests.support.numpy_network import NumpyLayers
from tests.support.numpy_network import randomised
from tests.support.numpy_network import relu

SMALL = {"WideRoR": {"width": 2}}
SIDE, CLASSES = 8, 3


def small(builder, **arguments):
    """Builds a network of two blocks a stage with random weights."""
    model = keras_deep.create_model(
        builder,
        blocks=(2, 2, 2),
        input_shape=(SIDE, SIDE, 3),
        classes=CLASSES,
        classifier_activation=None,
        **arguments,
    )
    return randomised(model)


class Network(NumpyLayers):
    """The blocks of the families."""

    def option_a(self, x, filters, stride):
        before = (filters - x.shape[-1]) // 2
        after = filters - x.shape[-1] - before
        x = x[:, ::stride, ::stride]
        return np.pad(x, ((0, 0),) * 3 + ((before, after),))

    def sum_v1(self, x, name, filters, stride):
        """A block of version 1 up to its sum."""
        y = relu(self.norm(self.conv(x, f"{name}_1", stride), f"{name}_1"))
        y = self.norm(self.conv(y, f"{name}_2"), f"{name}_2")
        return y + self.option_a(x, filters, stride)

    def sum_v2(self, x, name, filters, stride, projection=False):
        preact = relu(self.norm(x, f"{name}_preact"))
        y = self.conv(preact, f"{name}_1", stride)
        y = self.conv(relu(self.norm(y, f"{name}_1")), f"{name}_2")
        if stride == 1 and filters == x.shape[-1]:
            return y + x
        if projection:
            return y + self.conv(preact, f"{name}_0", stride)
        return y + self.option_a(preact, filters, stride)


STAGES = (("conv2", 16, 1), ("conv3", 32, 2), ("conv4", 64, 2))


def ror(model, x, levels):
    """RoR: the upper shortcuts are added before a stage's last ReLU."""
    net = Network(model)
    x = root = relu(net.norm(net.conv(x, "conv1"), "conv1"))
    for stage, filters, stride in STAGES:
        before = x
        x = relu(net.sum_v1(x, f"{stage}_block1", filters, stride))
        x = net.sum_v1(x, f"{stage}_block2", filters, 1)
        if levels == 3:
            name = f"{stage}_level"
            x = x + net.norm(net.conv(before, name, stride), name)
        if levels >= 2 and stage == "conv4":
            y = net.conv(root, "root_level", 4)
            x = x + net.norm(y, "root_level")
        x = relu(x)
    return net.top(x)


def pre_ror(model, x, levels, width=1, projection=False):
    """Pre-RoR and RoR-WRN: nothing is normalised or activated behind a sum."""
    net = Network(model)
    x = root = net.conv(x, "conv1")
    for stage, filters, stride in STAGES:
        before, filters = x, filters * width
        for block, step in ((1, stride), (2, 1)):
            name = f"{stage}_block{block}"
            x = net.sum_v2(x, name, filters, step, projection)
        if levels == 3:
            x = x + net.conv(before, f"{stage}_level", stride)
        if levels >= 2 and stage == "conv4":
            x = x + net.conv(root, "root_level", 4)
    return net.top(relu(net.norm(x, "post")))


@pytest.mark.parametrize("levels", [1, 2, 3])
@pytest.mark.parametrize("builder", ["RoR", "PreRoR", "WideRoR"])
def test_outputs_are_those_of_numpy(rng, builder, levels):
    wide = {"width": 2} if builder == "WideRoR" else {}
    model = small(builder, levels=levels, **wide)
    x = rng.standard_normal((2, SIDE, SIDE, 3))
    if builder == "RoR":
        expected = ror(model, x, levels)
    else:
        expected = pre_ror(model, x, levels, **wide, projection=bool(wide))
    np.testing.assert_allclose(
        model(x.astype("float32")),
        expected,
        rtol=0,
        atol=1e-5 * np.abs(expected).max(),
    )


@pytest.mark.parametrize(
    "builder, twin, arguments",
    [
        ("RoR", "CifarResNet", {}),
        ("PreRoR", "CifarResNet", {"version": 2}),
        ("WideRoR", "WideResNet", {"width": 4}),
    ],
)
def test_one_level_is_the_network_without_upper_shortcuts(
    rng, builder, twin, arguments
):
    model, other = small(builder, levels=1), small(twin, **arguments)
    copy_weights(model, other)
    x = rng.standard_normal((2, SIDE, SIDE, 3)).astype("float32")
    np.testing.assert_array_equal(model(x), other(x))


@pytest.mark.parametrize("builder", ["RoR", "PreRoR", "WideRoR"])
def test_stacked_blocks_compute_the_same(rng, builder):
    arguments = {
        "blocks": (5, 4, 4),
        "input_shape": (SIDE, SIDE, 3),
        "final_rate": 0.3,
    }
    flat, stacked = (
        keras_deep.create_model(builder, stack=stack, **arguments)
        for stack in (False, True)
    )
    assert any(
        isinstance(layer, keras_deep.layers.StackedBlocks)
        for layer in stacked.layers
    )
    copy_weights(flat, stacked)
    x = rng.standard_normal((2, SIDE, SIDE, 3)).astype("float32")
    np.testing.assert_allclose(stacked(x), flat(x), rtol=1e-5, atol=1e-6)


def test_every_shortcut_is_there():
    model = keras_deep.RoR(blocks=(3, 3, 3), input_shape=(8, 8, 3))
    sums = [x for x in model.layers if isinstance(x, keras.layers.Add)]
    assert len(sums) == 9 + 3 + 1


def test_the_last_block_is_dropped_at_the_final_rate():
    model = keras_deep.RoR(
        blocks=(2, 1, 1), input_shape=(8, 8, 3), final_rate=0.5
    )
    kind = keras_deep.layers.StochasticDepth
    rates = [x.rate for x in model.layers if isinstance(x, kind)]
    assert rates == pytest.approx([0.125, 0.25, 0.375, 0.5])


def test_other_numbers_of_levels_are_refused():
    with pytest.raises(ValueError, match="`levels` to be 1, 2 or 3"):
        keras_deep.RoR(levels=4)
