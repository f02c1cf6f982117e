"""Stacked networks of the registry: files, conversions, tools."""

import itertools
import json
import re
import subprocess
import sys
import zipfile

import keras
import numpy as np
import pytest

import keras_deep
from keras_deep.convert import load_keras
from keras_deep.layers import stage
from keras_deep.layers.residual import residual_stages
from keras_deep.models.depths import BLOCKS
from keras_deep.models.depths import cifar_stages
from keras_deep.models.registry import arguments_of
from keras_deep.training.optimizers import check_optimizer
from tests.support import stacks
from tests.support.backends import only_tensorflow
from tests.support.small import networks
from tests.support.small import small_arguments
from tests.support.small import small_model
from tests.support.small import stacked_arguments
from tests.support.starts import zero_start

# Every network that can be stacked, and forms that are no defaults.
NETWORKS = {
    name: (name, stacked_arguments(name))
    for name in networks(stacked_arguments, needs=("stack",))
}
NETWORKS |= {
    "CifarResNet version 2": (
        "CifarResNet",
        {**stacked_arguments("CifarResNet"), "version": 2},
    ),
    "ResNet keras": (
        "ResNet50V2",
        {**stacked_arguments("ResNet50V2"), "convention": "keras"},
    ),
}


def build(name, stack, **arguments):
    registered, given = NETWORKS[name]
    if "classifier_activation" in arguments_of(registered, {}):
        given = {**given, "classifier_activation": None}
    return keras_deep.create_model(
        registered, **{**given, "stack": stack, **arguments}
    )


def images(model):
    return stacks.data(model)[0]


@pytest.fixture
def deep():
    """A network with two stages of four blocks, stacked."""
    return build("CifarResNet", True, blocks=(4, 4), classes=stacks.CLASSES)


@pytest.mark.parametrize("name", NETWORKS)
def test_both_forms_are_one_network(name, tmp_path, rng):
    stacked, flat = build(name, True), build(name, False)
    assert stacks.stacks_in(stacked) and not stacks.stacks_in(flat)
    assert list(stacks.values(stacked)) == list(stacks.values(flat))
    assert stacked.count_params() == flat.count_params()
    x = images(stacked)
    for source, target in ((stacked, flat), (flat, stacked)):
        stacks.randomised(source, rng)
        path = tmp_path / f"{source.name}{len(source.layers)}.keras"
        keras_deep.save(source, path)
        load_keras(target, path)
        stacks.assert_equal_weights(target, source, 0)
    # `stacked` was the last that took weights.
    expected = flat(x)
    stacks.assert_equal(stacked(x), expected, 1e-5)
    path = tmp_path / "stacked.weights.h5"
    stacked.save_weights(path)
    load_keras(stacks.randomised(flat, rng), path)
    stacks.assert_equal(flat(x), expected, 1e-5)


@pytest.mark.proof
@pytest.mark.parametrize("name", NETWORKS)
def test_stacked_networks_train(name):
    model = stacks.compiled(build(name, True))
    assert np.isfinite(stacks.train(model, 2)).all()


def test_every_builder_of_equal_blocks_has_the_switch():
    """Blocks that follow each other are equal only if they keep the shape."""
    pairs = []
    for name in networks(needs=("blocks",)):
        if "stack" in arguments_of(name, {}):
            continue
        blocks = tuple(2 for _ in small_arguments(name)["blocks"])
        shapes = {}
        for layer in small_model(name, blocks=blocks).layers:
            block = re.match(r"(conv\d+)_block\d+", layer.name)
            if block:
                of_stage = shapes.setdefault(block[1], {})
                of_stage[block[0]] = layer.output.shape
        for of_stage in shapes.values():
            pairs += itertools.pairwise(of_stage.values())
    assert pairs and all(a != b for a, b in pairs)


@only_tensorflow("JAX on the CPU does not stack by itself.")
def test_only_many_equal_blocks_are_stacked_by_themselves():
    assert max(max(blocks) for blocks in BLOCKS.values()) < stage.MANY
    assert not stacks.stacks_in(cheap(49, 49))
    model = cheap(50, 50, 51)
    assert [x.blocks for x in stacks.stacks_in(model)] == [50, 50]
    assert [x.first for x in stacks.stacks_in(model)] == [1, 2]
    assert [x.name for x in stacks.stacks_in(model)] == [
        "conv2_block1_to_block50",
        "conv4_block2_to_block51",
    ]


def test_slow_loops_are_avoided_by_default(monkeypatch):
    monkeypatch.setattr("keras_deep.backend.slow_loops", lambda: False)
    assert stacks.stacks_in(cheap(60, 2))
    monkeypatch.setattr("keras_deep.backend.slow_loops", lambda: True)
    assert not stacks.stacks_in(cheap(60, 2))


def cheap(*blocks):
    """Builds stages of blocks of one layer, as an image model does."""

    def block(x, at):
        name = f"{at.name}_1"
        if at.projects:
            return keras.layers.Conv2D(at.filters, 1, at.stride, name=name)(x)
        return keras.layers.ReLU(name=name)(x)

    inputs = keras.Input((8, 8, 16))
    x = residual_stages(inputs, cifar_stages(None, blocks), block)
    return keras.Model(inputs, x)


def test_any_depth_builds_at_the_default_recursion_limit():
    assert sys.getrecursionlimit() == 1000
    with zero_start():
        model = keras_deep.CifarResNet(
            depth=9998, input_shape=(8, 8, 3), stack=True
        )
        clone = keras.models.clone_model(model)
    # Two 3x3 convolutions a block and 8 numbers a channel in two norms; the
    # first block of a stage has fewer input channels.
    expected = sum(
        1666 * (2 * 9 * c * c + 8 * c) - (9 * c * c // 2 if c > 16 else 0)
        for c in (16, 32, 64)
    )
    stem, top = 27 * 16 + 4 * 16, 64 * 10 + 10
    assert model.count_params() == expected + stem + top
    assert len(model.layers) < 50
    assert clone.count_params() == model.count_params()


def test_continues_as_if_never_interrupted(tmp_path):
    def fresh():
        keras.utils.set_random_seed(3)
        model = stacks.network("stochastic depth", blocks=4)
        return stacks.compiled(model, keras.optimizers.Adam(0.01))

    whole, part = fresh(), fresh()
    stacks.train(whole, 4)
    stacks.train(part, 2)
    keras_deep.save(part, tmp_path / "part.keras")
    loaded = keras_deep.load(tmp_path / "part.keras")
    stacks.train(loaded, 2)
    ours, theirs = stacks.values(loaded), stacks.values(whole)
    assert all((ours[name] == theirs[name]).all() for name in theirs)
    for a, b in zip(loaded.optimizer.variables, whole.optimizer.variables):
        np.testing.assert_array_equal(a, b)


@pytest.mark.filterwarnings("ignore:Skipping nested container")
def test_stock_keras_loads_weights_and_says_what_does_not_fit(deep, tmp_path):
    path = tmp_path / "a.weights.h5"
    deep.save_weights(path)
    again = build("CifarResNet", True, blocks=(4, 4), classes=stacks.CLASSES)
    again.load_weights(path)
    stacks.assert_equal_weights(again, deep, 0)
    other = keras_deep.CifarResNet(
        blocks=(5, 4), input_shape=(8, 8, 3), classes=3, stack=True
    )
    with pytest.raises(ValueError, match="conv2_block{1-5}_1_conv.kernel"):
        other.load_weights(path)


def test_a_portable_file_has_ordinary_layers_only(deep, tmp_path):
    keras_deep.save(deep, tmp_path / "a.keras", portable=True)
    with zipfile.ZipFile(tmp_path / "a.keras") as archive:
        assert b"keras_deep" not in archive.read("config.json")
        card = json.loads(archive.read("keras_deep.json"))
    assert card["arguments"]["stack"] is True
    loaded = keras.models.load_model(tmp_path / "a.keras")
    x = images(deep)
    stacks.assert_equal(loaded(x), deep(x), 1e-5)


def test_unstacked_is_the_flat_network(deep):
    flat = keras_deep.unstacked(deep)
    x = images(deep)
    stacks.assert_equal(flat(x), deep(x), 1e-6)
    assert keras_deep.card(flat).arguments["stack"] is False
    assert keras_deep.unstacked(flat) is flat
    stacks.train(stacks.compiled(flat), 1)
    assert np.abs(np.asarray(flat(x)) - np.asarray(deep(x))).max() > 0


def test_features_tap_the_ends_of_stages_at_any_size(deep):
    taps, flat = (
        keras_deep.features(model)
        for model in (deep, keras_deep.unstacked(deep))
    )
    x = np.random.default_rng(1).standard_normal((1, 12, 20, 3))
    found, expected = taps(x), flat(x)
    assert [y.shape[1:3] for y in found] == [(12, 20), (6, 10)]
    for ours, theirs in zip(found, expected):
        stacks.assert_equal(ours, theirs, 1e-5)


def test_tools_read_the_same_of_both_forms(deep):
    from keras_deep.analysis.blocks import blocks_of

    flat = build("CifarResNet", False, blocks=(4, 4), classes=stacks.CLASSES)
    assert keras_deep.profile(deep) == keras_deep.profile(flat)

    assert blocks_of(deep) == blocks_of(flat)


def test_verify_compares_every_layer_inside_a_stack(deep):
    from keras_deep.convert import verify
    from keras_deep.convert.outputs import outputs_of

    flat = keras_deep.unstacked(deep)
    x = images(deep)
    # Our names and those of the PyTorch code.
    names = {
        "conv2_block1_1_conv": "layer1.0.conv1",
        "conv2_block3_1_conv": "layer1.2.conv1",
        "conv3_block4_2_conv": "layer2.3.conv2",
    }
    stored = {
        names[name]: y.transpose(0, 3, 1, 2)
        for name, y in outputs_of(flat, set(names), x).items()
    }
    found = verify(deep, {"images": x, **stored})
    assert "conv2_block3_1_conv" in str(found)


@pytest.mark.parametrize(
    "optimizer",
    [
        keras.optimizers.Adafactor(),
        keras.optimizers.Lamb(),
        keras.optimizers.SGD(clipnorm=1.0),
    ],
    ids=lambda optimizer: optimizer.name,
)
def test_optimizers_that_mix_blocks_are_refused(deep, optimizer):
    with pytest.raises(ValueError, match="stack=False"):
        check_optimizer(deep, optimizer)
    check_optimizer(build("CifarResNet", False), optimizer)


def test_optimizers_that_do_not_mix_blocks_are_taken(deep):
    check_optimizer(deep, keras.optimizers.Adam(global_clipnorm=1.0))
    check_optimizer(deep, keras.optimizers.SGD(clipvalue=1.0))


@only_tensorflow("A SavedModel and a strategy are TensorFlow's.")
class TestTensorFlow:
    def test_a_saved_model_keeps_the_loop(self, deep, tmp_path):
        import tensorflow as tf

        path = keras_deep.export.saved_model(deep, tmp_path / "served")
        loaded = keras_deep.load(tmp_path / "served")
        x = images(deep)
        stacks.assert_equal(loaded(x), deep(x), 1e-5)
        graph = tf.saved_model.load(path).signatures["serving_default"].graph
        assert re.search('op: "(Stateless)?While"', str(graph.as_graph_def()))

    def test_learns_the_same_on_two_devices(self):
        """In a process of its own, whose CPU is two devices."""
        done = subprocess.run(
            [sys.executable, "-m", "tests.support.two_devices"],
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        assert float(done.stdout.split()[-1]) < 1e-5
