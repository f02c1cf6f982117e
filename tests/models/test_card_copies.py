"""The card goes with copies of a model, and is found in nested ones."""

import copy
import dataclasses
import functools
import pickle

import keras
import numpy as np
import pytest

import keras_deep
from keras_deep.layers import BatchNormalization
from keras_deep.models.card import Card
from keras_deep.models.card import attach_card
from tests.support import stacks
from tests.support.keras_alone import keras_alone
from tests.support.small import small_model

NEEDS = {"mean": [1.0]}
NETWORKS = ("CifarResNet", "PreRoR", "VGG", "DenseNetBC", "IRNN")


def with_needs(model, needs=NEEDS, **changes):
    found = dataclasses.replace(
        keras_deep.card(model), preprocessing=needs, **changes
    )
    attach_card(model, found)
    return model


@functools.cache
def backbone(name="CifarResNet"):
    """Built once; the tests attach what they need anew."""
    return small_model(name)


@pytest.fixture
def inner():
    return with_needs(backbone())


def through(load, model, folder):
    model.save(folder / "a.keras")
    return load(folder / "a.keras")


COPIES = {
    "clone_model": lambda model, folder: keras.models.clone_model(model),
    "recursive": lambda model, folder: keras.models.clone_model(
        model, recursive=True
    ),
    "deepcopy": lambda model, folder: copy.deepcopy(model),
    "pickle": lambda model, folder: pickle.loads(pickle.dumps(model)),
    "config": lambda model, folder: keras.Model.from_config(model.get_config()),
    "json": lambda model, folder: keras.models.model_from_json(model.to_json()),
    "model.save": functools.partial(through, keras.models.load_model),
    "keras_deep.load": functools.partial(through, keras_deep.load),
}


@pytest.mark.parametrize("way", COPIES)
def test_every_copy_has_a_card_of_its_own(way, inner, tmp_path):
    with_needs(inner, class_names=["a", "b"], training={"epochs": 3})
    other = COPIES[way](inner, tmp_path)
    assert keras_deep.card(other) == keras_deep.card(inner)
    assert keras_deep.preprocessing_for(other) == NEEDS
    keras_deep.card(other).preprocessing = {"mean": [2.0]}
    assert keras_deep.preprocessing_for(inner) == NEEDS


@pytest.mark.parametrize("name", NETWORKS)
def test_clones_of_all_kinds_of_networks_have_it(name):
    model = with_needs(backbone(name))
    clone = keras.models.clone_model(model)
    assert keras_deep.card(clone) == keras_deep.card(model)
    assert keras_deep.card(clone).builder == keras_deep.card(model).builder


def test_a_changed_card_is_the_one_that_is_copied(inner, tmp_path):
    keras_deep.card(inner).class_names = ["late"]
    for way in ("clone_model", "model.save"):
        other = COPIES[way](inner, tmp_path)
        assert keras_deep.card(other).class_names == ["late"]


@pytest.mark.parametrize("layer", ["conv1_conv", "conv3_end", "avg_pool"])
def test_parts_share_it(inner, layer):
    part = keras.Model(inner.input, inner.get_layer(layer).output)
    assert keras_deep.card(part) is keras_deep.card(inner)
    assert keras_deep.card(keras_deep.features(inner)) is keras_deep.card(inner)


def test_stacks_and_their_copies_have_it(tmp_path):
    deep = with_needs(small_model("CifarResNet", blocks=(3, 3), stack=True))
    assert stacks.stacks_in(deep)
    for way in ("clone_model", "model.save"):
        other = COPIES[way](deep, tmp_path)
        assert keras_deep.card(other) == keras_deep.card(deep)
    assert keras_deep.preprocessing_for(keras_deep.unstacked(deep)) == NEEDS


def test_keras_alone_reads_what_carries_a_card(inner, tmp_path):
    inner.save(tmp_path / "a.keras")
    code = (
        "model = keras.models.load_model('a.keras')\n"
        "model.save('b.keras')\n"
        "print(model.count_params())"
    )
    found = keras_alone(code, tmp_path).split()[-1]
    assert int(found) == inner.count_params()
    again = keras.models.load_model(tmp_path / "b.keras")
    assert BatchNormalization not in {type(x) for x in again.layers}
    assert keras_deep.card(again) is None


def functional(*models, before=(), **arguments):
    """Makes a model around others, as users do."""
    inputs = keras.Input(models[0].input_shape[1:])
    x = inputs
    for layer in before:
        x = layer(x)
    outputs = [model(x) for model in models]
    x = outputs[0] if len(outputs) == 1 else keras.layers.Average()(outputs)
    return keras.Model(inputs, keras.layers.Dense(3)(x), name="outer")


AROUND = {
    "functional": functional,
    "sequential": lambda inner: keras.Sequential(
        [inner, keras.layers.Dense(3)]
    ),
    "two levels": lambda inner: functional(functional(inner)),
    "augmented": lambda inner: functional(
        inner,
        before=[
            keras.layers.Resizing(*inner.input_shape[1:3]),
            keras.Sequential([keras.layers.RandomFlip()]),
            keras.layers.RandomRotation(0.1),
        ],
    ),
}


@pytest.mark.parametrize("around", AROUND)
def test_a_model_around_one_finds_its_card_and_features(
    around, inner, tmp_path
):
    outer = AROUND[around](inner)
    assert keras_deep.card(outer) is keras_deep.card(inner)
    assert keras_deep.preprocessing_for(outer) == NEEDS
    x = np.random.default_rng(0).standard_normal((2, *inner.input_shape[1:]))
    ours, theirs = (
        keras_deep.features(model)(x, training=False)
        for model in (outer, inner)
    )
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(one, other)
    for way in ("clone_model", "model.save", "keras_deep.load"):
        other = COPIES[way](outer, tmp_path)
        assert keras_deep.preprocessing_for(other) == NEEDS
    path = tmp_path / "b.keras"
    keras_deep.save(outer, path)
    assert keras_deep.card(keras_deep.load(path)) == keras_deep.card(inner)


def test_features_of_a_model_around_one_take_any_size(inner):
    maps = keras_deep.features(AROUND["functional"](inner))
    shapes = [y.shape[1:3] for y in maps(np.zeros((1, 16, 24, 3)))]
    assert shapes == [(16, 24), (8, 12), (4, 6)]


def test_what_may_prepare_images_before_is_not_guessed(inner):
    outer = functional(inner, before=[keras.layers.Rescaling(1 / 255)])
    with pytest.raises(ValueError, match=r"\['rescaling.*get_layer"):
        keras_deep.preprocessing_for(outer)
    assert keras_deep.card(outer) is keras_deep.card(inner)
    x = np.random.default_rng(0).standard_normal((2, *inner.input_shape[1:]))
    for one, other in zip(
        keras_deep.features(outer)(x), keras_deep.features(inner)(x / 255)
    ):
        np.testing.assert_allclose(one, other, 1e-3, 1e-5)


def test_two_models_that_differ_are_an_error_that_says_so(inner, tmp_path):
    other = with_needs(small_model("CifarResNet", name="b"), {"mean": [5.0]})
    outer = functional(inner, other)
    for ask in (
        keras_deep.card,
        keras_deep.preprocessing_for,
        keras_deep.features,
    ):
        with pytest.raises(ValueError, match="model.get_layer"):
            ask(outer)
    keras_deep.save(outer, tmp_path / "a.keras")
    loaded = keras_deep.load(tmp_path / "a.keras")
    assert keras_deep.card(loaded.get_layer("b")) == keras_deep.card(other)
    attach_card(outer, Card("Ensemble", preprocessing={"mean": [7.0]}))
    assert keras_deep.preprocessing_for(outer) == {"mean": [7.0]}
    assert keras_deep.preprocessing_for(other) == {"mean": [5.0]}


def test_two_models_that_need_the_same_are_clear(inner):
    other = with_needs(small_model("CifarResNet", name="b"))
    assert keras_deep.preprocessing_for(functional(inner, other)) == NEEDS


def test_a_new_card_of_a_model_around_one_is_that_of_its_copies(inner):
    outer = functional(inner)
    attach_card(outer, Card("X", preprocessing={"mean": [9.0]}))
    clone = keras.models.clone_model(outer)
    assert keras_deep.preprocessing_for(clone) == {"mean": [9.0]}
