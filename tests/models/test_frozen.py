"""What is frozen in a stack stays so, as in the flat network."""

import keras
import numpy as np
import pytest

import keras_deep
from tests.support import stacks
from tests.support.frozen import NORM
from tests.support.frozen import build
from tests.support.frozen import trained


def compiled(model):
    # What is not normalised anew in every step learns more slowly.
    return stacks.compiled(model, keras.optimizers.SGD(1e-3, momentum=0.9))


def changed(before, after):
    return {name for name in after if (after[name] != before[name]).any()}


def with_statistics(model, rng):
    """Sets the weights and statistics of batch normalisation to others."""
    for name, handle in sorted(keras_deep.named_weights(model)):
        if "_bn/" in name:
            handle.set(rng.uniform(0.5, 1.5, handle.shape))
    return model


def test_frozen_normalisation_trains_as_in_the_flat_network(rng):
    stacked = with_statistics(build(True), rng)
    flat = keras_deep.unstacked(stacked)
    x, y = stacks.data(stacked)
    before, losses = stacks.values(stacked), []
    for model in (stacked, flat):
        keras_deep.freeze(model, NORM)
        fitted = compiled(model).fit(
            x, y, batch_size=2, shuffle=False, verbose=0
        )
        losses += fitted.history["loss"]
    np.testing.assert_allclose(*losses, rtol=1e-5)
    stacks.assert_equal_weights(stacked, flat, 1e-5)
    for model in (stacked, flat):
        found = changed(before, stacks.values(model))
        assert found == set(trained(flat))  # Statistics are bit-equal, too.
        stacks.assert_equal(
            model(x, training=True), flat(x, training=False), 1e-5
        )


def test_all_but_what_is_frozen_is_trained_also_from_a_file(tmp_path):
    model = build(True)
    keras_deep.freeze(model, "conv3_block*_2_conv", "up to conv2")
    before = stacks.values(model)
    stacks.train(compiled(model), 2)
    found = changed(before, stacks.values(model))
    learnt = {name for name in found if "/moving_" not in name}
    assert learnt <= {*trained(model)}
    assert "conv3_block2_1_conv/kernel" in learnt
    assert "conv3_block2_2_bn/moving_mean" in found
    assert not any(name.startswith("conv2") for name in found)
    keras_deep.save(model, tmp_path / "a.keras")
    loaded = keras_deep.load(tmp_path / "a.keras")
    for one in (loaded, model):
        stacks.train(one, 1)
    stacks.assert_equal_weights(loaded, model, 0)


def saved(load, save):
    def copy(model, folder):
        save(model, folder / "a.keras")
        return load(folder / "a.keras")

    return copy


COPIES = {
    "clone_model": lambda model, folder: keras.models.clone_model(model),
    "keras_deep.save": saved(keras_deep.load, keras_deep.save),
    "model.save": saved(keras.models.load_model, keras.Model.save),
    "unstacked": lambda model, folder: keras_deep.unstacked(model),
}


@pytest.mark.parametrize("way", COPIES)
@pytest.mark.parametrize("what", [NORM, "up to conv3"])
def test_copies_are_frozen_too(way, what, tmp_path, rng):
    model = stacks.randomised(build(True), rng)
    keras_deep.freeze(model, what)
    other = COPIES[way](model, tmp_path)
    assert trained(other) == trained(model)
    if way == "clone_model":
        other.set_weights(model.get_weights())
    stacks.assert_equal_weights(other, model, 0)
    x = stacks.data(model)[0]
    stacks.assert_equal(other(x, training=True), model(x, training=True), 1e-4)


def test_a_stack_that_is_frozen_as_a_whole_stays_so():
    model = build(True)
    for layer in stacks.stacks_in(model):
        layer.trainable = False
    for copy in (keras_deep.unstacked(model), keras.models.clone_model(model)):
        assert trained(copy) == trained(model)
    block = stacks.stacks_in(model)[0].get_block(2)
    assert not block.trainable_weights
    for layer in stacks.stacks_in(model):
        layer.trainable = True
    assert trained(model) == trained(build(True))
