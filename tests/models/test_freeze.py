"""Names, kinds and places mean the same layers in both forms of a network."""

import re

import keras
import numpy as np
import pytest

import keras_deep
from tests.support import stacks
from tests.support.frozen import NORM
from tests.support.frozen import trained

SHAPE = (8, 8, 3)


def first_words(names):
    return {name.partition("_")[0] for name in names}


WHAT = {
    NORM: "_bn/",
    "BatchNormalization": "_bn/",
    "batch_normalization layers": "_bn/",
    "normalisation": "_bn/",
    "Batch Norm": "_bn/",
    "BN": "_bn/",
    keras.layers.BatchNormalization: "_bn/",
    "convolutions": "_conv/",
    "convolutional layers": "_conv/",
    "Conv2D": "_conv/",
    "dense layers": "predictions/",
    "*_bn": "_bn/",
    "*_bn/*": "_bn/",
    "conv3_block?_1_conv": "conv3.*_1_conv/",
    "conv3": "conv3_",
    "conv2_block1_to_block3": "conv2_",
    "predictions": "predictions/",
    "*": "/",
}


@pytest.mark.parametrize("what", WHAT, ids=str)
def test_both_forms_freeze_the_same(what, both_forms):
    stacked, flat = both_forms
    assert stacks.stacks_in(stacked)
    if what == "conv2_block1_to_block3":  # The stack, there a nested model.
        flat = keras_deep.unstacked(stacked)
    all_of_them = trained(flat)
    found = [keras_deep.freeze(model, what) for model in (stacked, flat)]
    assert sorted(found[0]) == sorted(found[1]) and found[0]
    left = trained(stacked)
    assert left == trained(flat)
    assert left == [
        name for name in all_of_them if not re.search(WHAT[what], name)
    ]
    sizes = [
        sum(int(np.prod(w.shape)) for w in model.trainable_weights)
        for model in (stacked, flat)
    ]
    assert sizes[0] == sizes[1]
    keras_deep.freeze(stacked, what, trainable=True)
    assert trained(stacked) == all_of_them


@pytest.mark.parametrize("what", [NORM, "up to conv2", "*"])
def test_the_profile_counts_what_is_trained(what, both_forms):
    for model in both_forms:
        keras_deep.freeze(model, what)
    profiles = [keras_deep.profile(model) for model in both_forms]
    assert profiles[0] == profiles[1]
    weights = both_forms[1].trainable_weights
    expected = sum(int(np.prod(w.shape)) for w in weights)
    assert profiles[0].total.trainable == expected


@pytest.mark.parametrize(
    "what, stages",
    [
        ("conv1", ["conv2", "conv3", "predictions"]),
        ("conv2", ["conv3", "predictions"]),
        ("conv2_block3_out", ["conv3", "predictions"]),
        ("conv3_end", ["predictions"]),
        ("conv?_block3_out", ["predictions"]),
        ("avg_pool", ["predictions"]),
    ],
)
def test_up_to_a_place_freezes_it_and_what_is_before(what, stages, both_forms):
    for model in both_forms:
        keras_deep.freeze(model, f"up to {what}")
        assert sorted(first_words(trained(model))) == [
            *stages[:-1],
            "predictions/bias",
            "predictions/kernel",
        ]
    assert trained(both_forms[0]) == trained(both_forms[1])


def test_up_to_a_layer_freezes_what_it_is_computed_from(flat_form):
    keras_deep.freeze(flat_form, "up to conv3_block2_1_conv")
    left = trained(flat_form)
    assert "conv3_block1_2_conv/kernel" not in left
    assert "conv3_block2_1_conv/kernel" not in left
    assert "conv3_block2_1_bn/gamma" in left
    assert "conv3_block3_1_conv/kernel" in left


@pytest.mark.parametrize(
    "what",
    [
        "conv2_block2",
        "conv3_block3_1_conv",
        "up to conv3_block2",
        "up to conv2_block2_out",
        "up to conv?_block2_out",
        "conv2_block[12]_1_conv",
        "conv2_block2_1_bn/*",
    ],
)
def test_a_part_of_a_stack_is_refused_with_the_way_out(what, both_forms):
    stacked, flat = both_forms
    with pytest.raises(ValueError, match="frozen together.*stack=False"):
        keras_deep.freeze(stacked, "conv1", what)
    assert len(trained(stacked)) == len(trained(flat))
    assert keras_deep.freeze(flat, what)


def test_parts_that_make_a_whole_are_taken(both_forms):
    names = [f"conv2_block{number}_1_conv" for number in (1, 2, 3)]
    assert keras_deep.freeze(both_forms[0], *names) == names


def test_a_weight_alone_is_refused(flat_form):
    with pytest.raises(ValueError, match="frozen as a whole.*moving_mean"):
        keras_deep.freeze(flat_form, "conv1_bn/gamma")
    assert keras_deep.freeze(flat_form, "conv1_bn/*") == ["conv1_bn"]


@pytest.mark.parametrize(
    "what, message",
    [
        (["batchnormalisatoin"], "Did you mean 'BatchNormalization'"),
        (["conv7"], "matches none of.*Did you mean"),
        (["up to conv9"], "matches none"),
        (["up to"], "matches none"),
        (["dropout"], "no kind of"),
        (["avg_pool"], "with weights"),
        (["conv4_block*_3_conv"], "matches none"),
        ([], "Received: nothing"),
        ([3], "Received: 3"),
        ([""], "Received: ''"),
    ],
)
def test_what_matches_nothing_is_an_error(what, message, both_forms):
    for model in both_forms:
        with pytest.raises(ValueError, match=message):
            keras_deep.freeze(model, *what)
        with pytest.raises(ValueError):
            keras_deep.freeze(model, "conv1", *(what or [None]))
        assert "conv1_conv/kernel" in trained(model)


def test_a_name_is_that_layer_and_not_those_that_begin_so():
    layers = [keras.layers.Dense(2, name=f"dense{i}") for i in ("", "_1")]
    model = keras.Sequential([keras.Input((2,)), *layers])
    assert keras_deep.freeze(model, "dense") == ["dense"]
    assert keras_deep.freeze(model, "Dense") == ["dense", "dense_1"]
