"""Dropout whose rate changes from block to block."""

import functools
import zipfile

import keras
import numpy as np
import pytest

import keras_deep
from keras_deep.layers import conv
from keras_deep.layers.dropout import Dropout
from keras_deep.layers.names import flat_layers
from keras_deep.layers.position import Stage
from keras_deep.layers.residual import basic
from keras_deep.layers.residual import block_v1
from keras_deep.layers.residual import residual_stages
from keras_deep.layers.stacks.stacked import StackedBlocks

BLOCKS = 4
RATES = [0.0, 0.2, 0.5, 0.8]


def network(block, stack=True, channels=4):
    inputs = keras.Input((8, 8, channels))
    x = residual_stages(inputs, [Stage(BLOCKS, channels)], block, stack)
    return keras.Model(inputs, x)


def stack_of(model):
    (layer,) = (x for x in model.layers if isinstance(x, StackedBlocks))
    return layer


def only_dropout(rate, stack=True):
    """Blocks that drop and do nothing else; `rate` is a function of `at`."""
    return network(
        lambda x, at: conv.dropout(x, rate(at), at.name), stack, channels=64
    )


def at_own_rates(at):
    """The rate of each block, for a stack or for one."""
    return np.take(RATES, at.number - 1)


def growing(stack=True):
    """Residual blocks whose dropout grows with the depth."""
    block = functools.partial(
        block_v1,
        shortcut="A",
        branch=lambda at: basic(at, dropout_rate=0.4 * at.progress),
    )
    return network(block, stack)


def drop_layers(model):
    return {
        layer.name: layer
        for layer in flat_layers(model)
        if isinstance(layer, keras.layers.Dropout)
    }


ALONE = {
    "stacked": lambda layer, i, x: layer(
        x, training=True, block_mask=np.arange(BLOCKS) == i
    ),
    "copied": lambda layer, i, x: layer.get_block(i + 1)(x, training=True),
}


@pytest.mark.parametrize("way", ALONE)
def test_every_block_drops_at_its_own_rate(way):
    """Each block is computed alone: the others hand their input on."""
    layer = stack_of(only_dropout(at_own_rates))
    x = np.full((8, 8, 8, 64), 3.0, "float32")
    masks = []
    for i, rate in enumerate(RATES):
        y = np.array(ALONE[way](layer, i, x))
        # 32,768 entries: four standard deviations are 0.011.
        assert (y == 0).mean() == pytest.approx(rate, abs=0.011)
        np.testing.assert_allclose(y[y != 0], 3.0 / (1 - rate), rtol=1e-6)
        masks.append(y == 0)
    both = masks[1] & masks[2]
    assert both.mean() == pytest.approx(0.2 * 0.5, abs=0.007)
    np.testing.assert_array_equal(layer(x), x)


def test_dropout_grows_with_the_depth_stacked_and_flat(rng):
    expected = {
        f"conv2_block{i}_2_drop": pytest.approx(0.1 * i) for i in range(1, 5)
    }
    stacked, flat = growing(), growing(stack=False)
    layer = stack_of(stacked)
    (drop,) = drop_layers(layer.get_template()).values()
    assert type(drop) is Dropout
    assert drop.rate == pytest.approx([0.1, 0.2, 0.3, 0.4])
    copies = [keras_deep.unstacked(stacked), flat]
    copies += [
        keras.Sequential([layer.get_block(i) for i in range(1, 1 + BLOCKS)])
    ]
    for model in copies:
        found = {name: x.rate for name, x in drop_layers(model).items()}
        assert found == expected
        assert all(isinstance(rate, float) for rate in found.values())
    x = rng.standard_normal((2, 8, 8, 4)).astype("float32")
    ours, theirs = (
        np.array(model(x, training=True)) for model in (stacked, copies[0])
    )
    np.testing.assert_allclose(ours, theirs, atol=1e-5 * np.abs(theirs).max())


def test_every_block_has_a_seed_of_its_own():
    (seeds,) = stack_of(only_dropout(at_own_rates)).seeds
    state = keras.ops.convert_to_numpy(seeds.state)
    assert len({tuple(row) for row in state.tolist()}) == BLOCKS


@pytest.mark.parametrize("stack", [True, False])
def test_rates_of_zero_add_no_layer(stack):
    def block(x, at):
        return conv.relu(conv.dropout(x, 0.0 * at.progress, at.name), at.name)

    model = network(block, stack)
    inner = stack_of(model).get_template() if stack else model
    assert not drop_layers(inner)
    assert len(inner.layers) == 2 + (0 if stack else BLOCKS)


WRONG = (-0.1, 1.0, 1.5, float("nan"))


@pytest.mark.parametrize("rate", WRONG)
@pytest.mark.parametrize("stack", [True, False])
def test_other_rates_are_refused(rate, stack):
    with pytest.raises(ValueError, match=r"`rate` to be in \[0, 1\)"):
        only_dropout(lambda at: rate * (at.number > 0), stack)
    with pytest.raises(ValueError, match="Received: rate="):
        Dropout([0.1, rate] if stack else rate)


def test_rates_of_several_axes_are_refused():
    with pytest.raises(ValueError, match="one such number for every block"):
        Dropout([[0.1, 0.2]])


def test_many_rates_outside_a_stack_are_refused():
    layer = Dropout([0.1, 0.2])
    with pytest.raises(ValueError, match="2 values, one for every block"):
        layer(np.ones((2, 3), "float32"), training=True)


def test_noise_shape_is_that_of_keras():
    y = Dropout(0.5, noise_shape=(None, 1, 1, 6))(
        np.ones((5, 4, 4, 6), "float32"), training=True
    )
    y = np.array(y)
    np.testing.assert_array_equal(y, y[:, :1, :1] * np.ones((1, 4, 4, 1)))
    assert set(y.ravel()) == {0.0, 2.0}
    assert len({tuple(row) for row in y[:, 0, 0]}) > 1


def test_seeds_decide_what_is_dropped():
    x = np.ones((4, 64), "float32")
    first, again, other = (
        np.array(Dropout(0.5, seed=seed)(x, training=True))
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_a_file_has_the_rates_and_goes_on_drawing(tmp_path, rng):
    model = growing()
    model.save(tmp_path / "a.keras")
    loaded = keras.models.load_model(tmp_path / "a.keras")
    (drop,) = drop_layers(stack_of(loaded).get_template()).values()
    assert type(drop) is Dropout and drop.rate == pytest.approx(
        [0.1, 0.2, 0.3, 0.4]
    )
    x = rng.standard_normal((2, 8, 8, 4)).astype("float32")
    for training in (False, True):
        np.testing.assert_array_equal(
            loaded(x, training=training), model(x, training=training)
        )


def test_a_portable_file_has_the_dropout_of_keras(tmp_path, rng):
    model = growing()
    keras_deep.save(model, tmp_path / "a.keras", portable=True)
    with zipfile.ZipFile(tmp_path / "a.keras") as archive:
        assert b"keras_deep" not in archive.read("config.json")
    found = drop_layers(keras.models.load_model(tmp_path / "a.keras"))
    assert {type(layer) for layer in found.values()} == {keras.layers.Dropout}
    assert [layer.rate for layer in found.values()] == pytest.approx(
        [0.1, 0.2, 0.3, 0.4]
    )
