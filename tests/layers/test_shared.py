"""Blocks that share their weights are one block that is applied again."""

import functools

import keras
import numpy as np
import pytest
from keras import layers

import keras_deep
from keras_deep.layers.conv import batch_norm
from keras_deep.layers.conv import conv2d
from keras_deep.layers.conv import dropout
from keras_deep.layers.conv import relu
from keras_deep.layers.position import Position
from keras_deep.layers.stacks.nesting import part
from keras_deep.layers.stacks.shared import SharedBlocks
from keras_deep.layers.stacks.stacked import StackedBlocks
from tests.support import equality
from tests.support import stacks
from tests.support.numpy_words import convolved
from tests.support.numpy_words import normalised

BLOCKS, FIRST = 4, 2
SHAPE = (6, 6, 4)
KERNEL = "conv2_block_1_conv/kernel"


def step(x, at, rate=0.0):
    """`relu(x + dropout(bn(conv(x))))`"""
    y = batch_norm(conv2d(x, at.filters, name=f"{at.name}_1"), f"{at.name}_1")
    y = dropout(y, rate * at.progress, at.name)
    return relu(layers.Add(name=f"{at.name}_add")([x, y]), at.name)


def network(block=step, kind=SharedBlocks):
    """A classifier with blocks 2 to 5, which share their weights."""
    inputs = keras.Input(SHAPE, name="image")
    progress = np.arange(1, BLOCKS + 1) / BLOCKS
    at = Position("conv2", "conv2_block", SHAPE[-1], progress=progress)
    template = part(inputs, "conv2_block", [at], block)
    x = kind(template, BLOCKS, FIRST, name="conv2_blocks")(inputs)
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    x = layers.Dense(stacks.CLASSES, name="predictions")(x)
    return keras.Model(inputs, x, name="network")


def shared_in(model):
    return model.get_layer("conv2_blocks")


@pytest.fixture
def model(rng):
    return stacks.randomised(network(), rng)


dropping = functools.partial(step, rate=0.5)


def recurrence(x, given, training):
    """Computes the blocks in NumPy.

    Returns:
        The output, and the moving statistics after a step of training.
    """
    moved = {}
    for i in range(FIRST, FIRST + BLOCKS):
        name = f"conv2_block{i}_1_bn"
        y = convolved(x, given[KERNEL], pad=((1, 1), (1, 1)))
        affine = given[f"{name}/gamma"], given[f"{name}/beta"]
        kinds = [f"{name}/moving_{kind}" for kind in ("mean", "variance")]
        for kind, new in zip(kinds, (y.mean((0, 1, 2)), y.var((0, 1, 2)))):
            moved[kind] = 0.9 * given[kind] + 0.1 * new
        statistics = None if training else [given[kind] for kind in kinds]
        y = normalised(y, (0, 1, 2), 1e-5, *affine, statistics)
        x = np.maximum(x + y, 0)
    return x, moved


@pytest.mark.parametrize("training", [False, True])
def test_equals_a_recurrence_in_numpy(model, training):
    x, _ = stacks.data(model)
    before = stacks.values(model)
    expected, moved = recurrence(x, before, training)
    outputs = shared_in(model)(x, training=training)
    stacks.assert_equal(outputs, expected, 1e-5)
    after = stacks.values(model)
    moved = moved if training else {}
    assert len(moved) == 2 * BLOCKS * training
    for name, value in {**before, **moved}.items():
        stacks.assert_equal(after[name], value, 1e-5, name)


def test_holds_a_kernel_once_and_statistics_for_every_step(model):
    layer = shared_in(model)
    shapes = [tuple(w.shape) for w in layer.weights]
    assert shapes == [(3, 3, 4, 4)] + 4 * [(BLOCKS, 4)]
    assert layer.count_params() == 9 * 16 + 4 * 4 * BLOCKS
    assert len(layer.trainable_weights) == 3
    names = [name for name, _ in keras_deep.named_weights(model)]
    assert len(names) == len(set(names)) == 1 + 4 * BLOCKS + 2
    assert names.count(KERNEL) == 1
    numbered = [f"conv2_block{i}_1_bn/gamma" for i in range(2, 6)]
    assert [n for n in names if n.endswith("gamma")] == numbered
    handles = dict(keras_deep.named_weights(model))
    assert handles[KERNEL].trainable
    assert not handles["conv2_block3_1_bn/moving_mean"].trainable


def test_flat_form_calls_one_convolution(model):
    flat = keras_deep.unstacked(model)
    assert flat.count_params() == model.count_params()
    assert list(stacks.values(flat)) == list(stacks.values(model))
    inner = shared_in(flat)
    convs = [x for x in inner.layers if isinstance(x, layers.Conv2D)]
    assert [x.name for x in convs] == ["conv2_block_1_conv"]
    x, _ = stacks.data(model)
    stacks.assert_equal(flat(x), model(x), 1e-6)


@pytest.mark.parametrize("training", [False, True])
def test_gradients_are_those_of_the_flat_form(rng, training):
    model = stacks.randomised(network(dropping), rng)
    flat = keras_deep.unstacked(model)
    x = equality.normal(rng, (3, *SHAPE))
    seed = rng.normal(size=(3, stacks.CLASSES)).astype("float32")
    found = []
    for one in (model, flat):
        names = [n for n, h in keras_deep.named_weights(one) if h.trainable]
        assert names[0] == KERNEL
        values = equality.gradients(one, x, seed, training=training)
        found.append(values)
    # Of the inputs, of the kernel, and of the classifier.
    ours, theirs = ([g[0], g[1], *g[-2:]] for g in found)
    equality.assert_near(ours, theirs, 1e-5)
    # Those of batch normalisation stand in one variable, here, or in many.
    (gamma, beta), norms = found[0][2:-2], found[1][2:-2]
    norms = [np.stack([equality.array(g) for g in norms[i::2]]) for i in (0, 1)]
    for one, several in zip((gamma, beta), norms):
        stacks.assert_equal(equality.array(one), several, 1e-5)


def test_gradient_of_the_kernel_is_the_sum_over_the_steps(model, rng):
    """The steps of a stack that shares nothing have a gradient each."""
    own = network(kind=StackedBlocks)
    given = stacks.values(model)
    for name, handle in keras_deep.named_weights(own):
        handle.set(given.get(name, given[KERNEL]))
    x = equality.normal(rng, (3, *SHAPE))
    seed = rng.normal(size=(3, stacks.CLASSES)).astype("float32")
    ours, theirs = (
        equality.array(equality.gradients(one, x, seed, training=True)[1])
        for one in (model, own)
    )
    assert theirs.shape == (BLOCKS, 3, 3, 4, 4)
    assert np.abs(theirs).max(axis=(1, 2, 3, 4)).min() > 0
    stacks.assert_equal(ours, theirs.sum(0), 1e-5)


def test_training_is_that_of_the_flat_form(rng):
    model = stacks.randomised(network(dropping), rng)
    flat = keras_deep.unstacked(model)
    losses = [stacks.train(stacks.compiled(one), 3) for one in (model, flat)]
    np.testing.assert_allclose(*losses, rtol=1e-4)
    stacks.assert_equal_weights(model, flat, 1e-4)


def test_stock_keras_loads_the_file(tmp_path, rng):
    model = stacks.randomised(network(dropping), rng)
    model.save(tmp_path / "a.keras")
    loaded = keras.models.load_model(tmp_path / "a.keras")
    assert type(shared_in(loaded)) is SharedBlocks
    stacks.assert_equal_weights(loaded, model, 0)
    x, _ = stacks.data(model)
    for training in (False, True):
        np.testing.assert_array_equal(
            loaded(x, training=training), model(x, training=training)
        )


def test_get_block_is_a_copy_of_one_step(model):
    layer, y = shared_in(model), stacks.data(model)[0]
    x = y
    for number in range(FIRST, FIRST + BLOCKS):
        block = layer.get_block(number)
        assert block.layers[1].name == f"conv2_block{number}_1_conv"
        y = block(y)
    stacks.assert_equal(layer(x), y, 1e-6)


@pytest.mark.parametrize("trainable", [True, False])
def test_profile_counts_shared_parameters_once(model, trainable):
    flat = keras_deep.unstacked(model)
    for one in (model, flat):
        shared_in(one).trainable = trainable
    profile = keras_deep.profile(model)
    assert profile == keras_deep.profile(flat)
    total = profile.total.trainable + profile.total.non_trainable
    assert total == model.count_params()
    assert profile.rows[0].convolutions == BLOCKS


def test_frozen_layers_are_shared_too(rng):
    """Frozen weights are no statistics."""

    def block(x, at):
        conv = layers.Conv2D(
            4, 3, padding="same", trainable=False, name=f"{at.name}_1_conv"
        )
        y = batch_norm(conv(x), f"{at.name}_1")
        return layers.Add(name=f"{at.name}_add")([x, y])

    model = stacks.randomised(network(block), rng)
    shapes = [tuple(w.shape) for w in shared_in(model).weights]
    assert sorted(shapes) == sorted([(3, 3, 4, 4), (4,)] + 4 * [(BLOCKS, 4)])
    (kernel,) = (w for w in shared_in(model).weights if len(w.shape) == 4)
    before = keras.ops.convert_to_numpy(kernel)
    stacks.train(stacks.compiled(model), 1)
    np.testing.assert_array_equal(kernel, before)
    flat = keras_deep.unstacked(model)
    x, _ = stacks.data(model)
    stacks.assert_equal(flat(x), model(x), 1e-6)


def test_training_is_that_of_the_flat_form_when_frozen(model):
    shared_in(model).trainable = False
    flat = keras_deep.unstacked(model)
    shared_in(flat).trainable = False
    before = stacks.values(model)
    for one in (model, flat):
        stacks.train(stacks.compiled(one), 2)
    stacks.assert_equal_weights(model, flat, 1e-5)
    after = stacks.values(model)
    changed = {name for name in after if (after[name] != before[name]).any()}
    assert changed == {"predictions/kernel", "predictions/bias"}


def test_a_kind_is_frozen_in_all_blocks_by_the_names_of_the_flat_form(model):
    flat = keras_deep.unstacked(model)
    for what, count in (
        ("batch normalisation", BLOCKS),
        ("convolution", 1),
        ("up to conv2", BLOCKS + 1),
    ):
        for one in (model, flat):
            keras_deep.freeze(one, "*", trainable=True)
            assert len(keras_deep.freeze(one, what)) == count
        names = [
            [n for n, h in keras_deep.named_weights(one) if h.trainable]
            for one in (model, flat)
        ]
        assert names[0] == names[1]
    assert names[0] == ["predictions/kernel", "predictions/bias"]
