"""Freezing means the same in both forms of a network."""

import warnings

import keras
import numpy as np
import pytest

import keras_deep
from tests.support import stacks

NORM = "batch normalisation"
BLOCKS = (3, 3, 3)


def build(stack, **arguments):
    given = {
        "blocks": BLOCKS,
        "input_shape": (8, 8, 3),
        "classes": stacks.CLASSES,
        "classifier_activation": None,
    }
    return keras_deep.CifarResNet(stack=stack, **{**given, **arguments})


def both(**arguments):
    stacked = build(True, **arguments)
    assert stacks.stacks_in(stacked)
    return stacked, build(False, **arguments)


def trained(model):
    """Returns the names of the weights that are trained."""
    return [n for n, h in keras_deep.named_weights(model) if h.trainable]


def size(model):
    return sum(int(np.prod(w.shape)) for w in model.trainable_weights)


def steps(model, count=2):
    # What is not normalised anew in every step learns more slowly.
    stacks.compiled(model, keras.optimizers.SGD(1e-3, momentum=0.9))
    losses = stacks.train(model, count)
    assert np.isfinite(losses).all()
    return losses


def changed_by(model, count=2):
    """Trains a model and returns the names of the weights that changed."""
    before = stacks.values(model)
    steps(model, count)
    after = stacks.values(model)
    return {name for name in after if (after[name] != before[name]).any()}


WHAT = {
    NORM: "_bn/",
    "BatchNormalization": "_bn/",
    "batch_normalization layers": "_bn/",
    "normalisation": "_bn/",
    "Batch Norm": "_bn/",
    keras.layers.BatchNormalization: "_bn/",
    "convolutions": "_conv/",
    "Conv2D": "_conv/",
    "dense layers": "predictions/",
    "*_bn": "_bn/",
    "*_bn/*": "_bn/",
    "conv3_block?_1_conv": "_1_conv/",
    "conv3": "conv3_",
    "predictions": "predictions/",
    "*": "/",
}


@pytest.mark.parametrize("what", WHAT, ids=str)
def test_both_forms_freeze_the_same(what):
    stacked, flat = both()
    count = len(trained(flat))
    found = [keras_deep.freeze(model, what) for model in (stacked, flat)]
    assert sorted(found[0]) == sorted(found[1]) and found[0]
    assert trained(stacked) == trained(flat)
    assert len(trained(flat)) < count
    assert size(stacked) == size(flat)
    frozen = set(dict(keras_deep.named_weights(flat))) - set(trained(flat))
    statistics = {name for name in frozen if "/moving_" in name}
    assert all(WHAT[what] in name for name in frozen - statistics)
    assert keras_deep.profile(stacked) == keras_deep.profile(flat)
    keras_deep.freeze(stacked, what, trainable=True)
    assert len(trained(stacked)) == count


@pytest.mark.parametrize("what", ["conv1", "conv2", "conv3"])
def test_up_to_a_stage_freezes_it_and_what_is_before(what):
    stacked, flat = both()
    for model in (stacked, flat):
        keras_deep.freeze(model, f"up to {what}")
    assert trained(stacked) == trained(flat)
    rest = {name.partition("_")[0] for name in trained(flat)}
    stages = ["conv1", "conv2", "conv3", "conv4"]
    assert rest & {*stages} == {*stages[stages.index(what) + 1 :]}
    assert "predictions/kernel" in trained(flat)


def test_up_to_a_layer_freezes_what_it_is_computed_from():
    model = build(False)
    keras_deep.freeze(model, "up to conv3_block2_1_conv")
    left = trained(model)
    assert "conv3_block1_2_conv/kernel" not in left
    assert "conv3_block2_1_conv/kernel" not in left
    assert "conv3_block2_1_bn/gamma" in left
    assert "conv3_block3_1_conv/kernel" in left


def test_up_to_the_end_of_a_stack_is_the_whole_of_it():
    stacked, flat = both()
    for model in (stacked, flat):
        keras_deep.freeze(model, "up to conv2_block3_out")
    assert trained(stacked) == trained(flat)
    assert not any(name.startswith("conv2") for name in trained(flat))


@pytest.mark.parametrize(
    "what",
    [
        "conv2_block2",
        "conv3_block3_1_conv",
        "up to conv3_block2",
        "up to conv2_block2_out",
        "conv2_block[12]_1_conv",
        "conv2_block2_1_bn/*",
    ],
)
def test_a_part_of_a_stack_is_refused_with_the_way_out(what):
    stacked, flat = both()
    before = trained(stacked)
    with pytest.raises(ValueError, match="frozen together.*stack=False"):
        keras_deep.freeze(stacked, what)
    assert trained(stacked) == before
    assert keras_deep.freeze(flat, what)


def test_parts_that_make_a_whole_are_taken():
    stacked = build(True)
    names = [f"conv2_block{number}_1_conv" for number in (1, 2, 3)]
    assert keras_deep.freeze(stacked, *names) == names


def test_a_weight_alone_is_refused():
    model = build(False, convention="paper")
    with pytest.raises(ValueError, match="frozen as a whole.*moving_mean"):
        keras_deep.freeze(model, "conv1_bn/gamma")
    names = [n for n, _ in keras_deep.named_weights(model) if "1_bn/" in n]
    assert "conv1_bn" in keras_deep.freeze(model, *names)


@pytest.mark.parametrize(
    "what, message",
    [
        (["batchnormalisatoin"], "Did you mean 'BatchNormalization'"),
        (["conv7"], "matches none of.*Did you mean"),
        (["up to conv9"], "matches none"),
        (["dropout"], "no kind of"),
        (["conv4_block*_3_conv"], "matches none"),
        ([], "Received: nothing"),
        ([3], "Received: 3"),
    ],
)
def test_what_matches_nothing_is_an_error(what, message):
    model = build(False)
    with pytest.raises(ValueError, match=message):
        keras_deep.freeze(model, *what)
    with pytest.raises(ValueError):
        keras_deep.freeze(model, "conv1", *(what or [None]))
    assert "conv1_conv/kernel" in trained(model)


def test_frozen_normalisation_trains_as_in_the_flat_network():
    stacked = build(True)
    flat = keras_deep.unstacked(stacked)
    for model in (stacked, flat):
        keras_deep.freeze(model, NORM)
    losses = [steps(model) for model in (stacked, flat)]
    np.testing.assert_allclose(*losses, rtol=1e-5)
    stacks.assert_equal_weights(stacked, flat, 1e-5)
    assert not any("_bn/" in name for name in changed_by(stacked, 1))
    x = stacks.data(stacked)[0]
    stacks.assert_equal(
        stacked(x, training=True), stacked(x, training=False), 1e-6
    )


def test_all_but_what_is_frozen_is_trained():
    model = build(True)
    keras_deep.freeze(model, "conv3_block*_2_conv", "up to conv2")
    found = changed_by(model)
    learnt = {name for name in found if "/moving_" not in name}
    assert learnt <= {*trained(model)}
    assert "conv3_block2_1_conv/kernel" in learnt
    assert "conv3_block2_2_bn/moving_mean" in found
    assert not any(name.startswith("conv2") for name in learnt)


COPIES = {
    "clone_model": lambda model, path: keras.models.clone_model(model),
    "keras_deep.save": lambda model, path: (
        keras_deep.save(model, path),
        keras_deep.load(path),
    )[1],
    "unstacked": lambda model, path: keras_deep.unstacked(model),
    "portable": lambda model, path: (
        keras_deep.save(model, path, portable=True),
        keras.models.load_model(path),
    )[1],
}


@pytest.mark.parametrize("way", COPIES)
@pytest.mark.parametrize("what", [NORM, "up to conv3", "*"])
def test_copies_are_frozen_too(way, what, tmp_path, rng):
    model = stacks.randomised(build(True), rng)
    keras_deep.freeze(model, what)
    other = COPIES[way](model, tmp_path / "a.keras")
    assert trained(other) == trained(model)
    if way != "clone_model":
        x = stacks.data(model)[0]
        stacks.assert_equal(
            other(x, training=True), model(x, training=True), 1e-4
        )
    else:
        other.set_weights(model.get_weights())
        stacks.assert_equal_weights(other, model, 0)


def test_a_stack_that_is_frozen_as_a_whole_stays_so_unstacked():
    model = build(True)
    for layer in stacks.stacks_in(model):
        layer.trainable = False
    assert trained(keras_deep.unstacked(model)) == trained(model)
    block = stacks.stacks_in(model)[0].get_block(2)
    assert not block.trainable_weights


def test_optimizers_continue_from_a_file_of_a_frozen_network(tmp_path):
    model = build(True)
    keras_deep.freeze(model, NORM)
    steps(model)
    keras_deep.save(model, tmp_path / "a.keras")
    loaded = keras_deep.load(tmp_path / "a.keras")
    assert stacks.train(loaded, 2) == stacks.train(model, 2)


@pytest.mark.parametrize("stack", [True, False])
def test_models_nested_in_others_count(stack):
    backbone = build(stack)
    inputs = keras.Input((8, 8, 3))
    outer = keras.Model(inputs, keras.layers.Dense(2)(backbone(inputs)))
    names = keras_deep.freeze(outer, NORM)
    assert "conv2_block2_1_bn" in names
    assert not any("_bn/" in name for name in trained(outer))
    keras_deep.freeze(outer, "up to conv2")
    left = trained(outer)
    assert "conv2_block2_1_conv/kernel" not in left
    assert "conv3_block2_1_conv/kernel" in left


@pytest.mark.parametrize("stack", [True, False])
def test_a_frozen_model_is_opened_layer_by_layer(stack):
    backbone = build(stack)
    inputs = keras.Input((8, 8, 3))
    outer = keras.Model(
        inputs, keras.layers.Dense(2, name="new")(backbone(inputs))
    )
    backbone.trainable = False
    assert trained(outer) == ["new/kernel", "new/bias"]
    keras_deep.freeze(outer, "conv4_block*_conv", trainable=True)
    found = trained(outer)
    assert {name.partition("_")[0] for name in found} == {
        "conv4",
        "new/kernel",
        "new/bias",
    }
    assert size(outer) == sum(
        h.get().size for n, h in keras_deep.named_weights(outer) if h.trainable
    )


def frozen_as_in_guides(model):
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = False
    return model


def test_a_forgotten_stack_gives_a_warning_that_names_freeze():
    model = frozen_as_in_guides(build(True))
    x, y = stacks.data(model)
    stacks.compiled(model)
    with pytest.warns(UserWarning, match=r"keras_deep\.freeze\(model") as seen:
        model.fit(x, y, verbose=0)
    assert len(seen) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.predict(x, verbose=0)
        keras_deep.freeze(model, NORM)
        stacks.compiled(model).fit(x, y, verbose=0)


def test_a_forgotten_stack_in_a_nested_model_gives_it_too():
    backbone = frozen_as_in_guides(build(True))
    inputs = keras.Input((8, 8, 3))
    outer = keras.Model(inputs, backbone(inputs))
    x, y = stacks.data(outer)
    with pytest.warns(UserWarning, match="'batch normalisation'"):
        stacks.compiled(outer).fit(x, y, verbose=0)


@pytest.mark.parametrize("what", [[], ["up to conv2"], [NORM], ["*"]])
def test_what_is_frozen_on_purpose_gives_no_warning(what):
    model = build(True)
    if what:
        keras_deep.freeze(model, *what)
    x, y = stacks.data(model)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model(x, training=True)
