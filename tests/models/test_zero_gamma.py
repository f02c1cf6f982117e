"""Networks whose branches are 0 at first: only shortcuts are left."""

import keras
import numpy as np
import pytest

import keras_deep
from keras_deep.layers import residual
from keras_deep.layers.names import flat_layers
from keras_deep.layers.position import Stage
from keras_deep.layers.statistics import single_layers
from keras_deep.models.registry import entry_of

SMALL = {"blocks": (2, 2), "input_shape": (8, 8, 3)}
LARGE = {"blocks": (1, 2), "input_shape": (32, 32, 3)}
# Every family with blocks that end in batch normalisation: the number of their
# convolutions, and arguments of a small network.
FAMILIES = {
    "CifarResNet": (2, SMALL),
    "CifarSEResNet": (2, SMALL),
    "MnistResNet": (
        2,
        {"blocks": 3, "filters": 4, "input_shape": (8, 8, 3)},
    ),
    "RoR": (2, {**SMALL, "final_rate": 0.5}),
    "ResNet": (3, LARGE),
    "SEResNet": (3, LARGE),
    "SEResNeXt": (3, LARGE),
    "SENet154": (3, LARGE),
    "WideResNet": (3, {**LARGE, "depth": 50, "stem": "imagenet"}),
}


def _zeros(model):
    """Returns the names of the layers whose `gamma` is 0."""
    return {
        layer.name
        for layer in flat_layers(model)
        if getattr(layer, "gamma", None) is not None
        and not np.array(layer.gamma).any()
    }


@pytest.mark.parametrize("name", FAMILIES)
def test_branches_end_in_zeros_and_nothing_else_changes(name):
    convolutions, arguments = FAMILIES[name]
    build = entry_of(name).build
    model = build(zero_gamma=True, **arguments)
    sums = [x.name for x in model.layers if isinstance(x, keras.layers.Add)]
    blocks = [name for name in sums if "_block" in name]
    last = {name.replace("_add", f"_{convolutions}_bn") for name in blocks}
    assert _zeros(model) == last and len(last) >= 3
    ordinary = build(**arguments)
    assert not _zeros(ordinary)
    assert [w.path for w in ordinary.weights] == [w.path for w in model.weights]
    assert keras_deep.card(model).arguments["zero_gamma"] is True
    assert "zero_gamma" not in keras_deep.card(ordinary).arguments


@pytest.mark.parametrize("branch", [residual.basic, residual.bottleneck])
@pytest.mark.parametrize("training", [False, True])
def test_every_block_is_the_relu_of_its_shortcut(rng, branch, training):
    inputs = keras.Input((6, 6, 8))

    def block(x, at):
        return residual.block_v1(
            x, at, branch=branch, shortcut="A", zero_gamma=True
        )

    outputs = residual.residual_stages(inputs, [Stage(3, 8)], block)
    model = keras.Model(inputs, outputs)
    x = rng.standard_normal((4, 6, 6, 8)).astype("float32")
    y = np.array(model(x, training=training))
    np.testing.assert_array_equal(y, np.maximum(x, 0))


@pytest.mark.parametrize("stack", [True, False])
def test_a_fresh_deep_network_is_that_of_its_shortcuts(rng, stack):
    blocks = (60, 2) if stack else (6, 2)
    model = keras_deep.CifarResNet(
        blocks=blocks,
        input_shape=(8, 8, 3),
        stack=stack,
        zero_gamma=True,
        include_top=False,
    )
    stem = keras.Model(model.input, model.get_layer("conv1_relu").output)
    x = rng.standard_normal((2, 8, 8, 3)).astype("float32")
    y = np.array(model(x))
    # Option A: every other pixel, and zeros around the channels.
    expected = np.pad(np.array(stem(x))[:, ::2, ::2], [(0, 0)] * 3 + [(8, 8)])
    np.testing.assert_array_equal(y, expected)


def test_gammas_of_zero_train():
    model = keras_deep.CifarResNet(**SMALL, zero_gamma=True)
    model.compile("sgd", "sparse_categorical_crossentropy")
    rng = np.random.default_rng(0)
    x = rng.standard_normal((8, 8, 8, 3)).astype("float32")
    model.train_on_batch(x, np.arange(8))
    assert not _zeros(model)


@pytest.mark.parametrize(
    "name, arguments",
    [
        ("CifarResNet", {**SMALL, "version": 2}),
        ("ResNet", {**LARGE, "version": 2}),
        ("WideResNet", SMALL),
        ("PreRoR", SMALL),
        ("WideRoR", SMALL),
        ("CifarPlainNet", SMALL),
        ("DenseNetBC", {"blocks": (1, 1)}),
    ],
)
def test_is_refused_where_no_branch_ends_in_normalisation(name, arguments):
    with pytest.raises(ValueError, match="Expected `zero_gamma=False`"):
        keras_deep.create_model(name, zero_gamma=True, **arguments)


def test_layers_of_templates_are_found():
    flat = keras_deep.CifarResNet(**SMALL)
    stacked = keras_deep.CifarResNet(
        blocks=(2, 3), input_shape=(8, 8, 3), stack=True
    )
    sums = [
        [x.name for x in single_layers(m) if isinstance(x, keras.layers.Add)]
        for m in (flat, stacked)
    ]
    assert len(sums[0]) == 4
    # Both blocks of the first stage, and two of the second, are stacked.
    assert sums[1] == ["conv2_block_add", "conv3_block1_add", "conv3_block_add"]
