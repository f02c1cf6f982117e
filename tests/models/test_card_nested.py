"""The card and the stages of a model are found in a model around it."""

import keras
import numpy as np
import pytest

import keras_deep
from keras_deep.models.card import Card
from keras_deep.models.card import attach_card
from keras_deep.models.classes import class_names
from tests.support import cards
from tests.support.cards import NEEDS
from tests.support.cards import model_around
from tests.support.cards import with_needs


@pytest.fixture
def inner():
    return with_needs(cards.network())


@pytest.fixture
def other():
    return with_needs(cards.network(name="b"), {"mean": [5.0]})


AROUND = {
    "functional": model_around,
    "sequential": lambda inner: keras.Sequential(
        [inner, keras.layers.Dense(3)]
    ),
    "two levels": lambda inner: model_around(model_around(inner)),
    "augmented": lambda inner: model_around(
        inner,
        before=[
            keras.layers.Resizing(*inner.input_shape[1:3]),
            keras.Sequential([keras.layers.RandomFlip()]),
            keras.layers.RandomRotation(0.1),
        ],
    ),
}


def images(model):
    x = np.random.default_rng(0).standard_normal((2, *model.input_shape[1:]))
    return x.astype("float32")


@pytest.mark.parametrize("around", AROUND)
def test_a_model_around_one_finds_its_card_and_features(around, inner):
    outer = AROUND[around](inner)
    assert keras_deep.card(outer) is keras_deep.card(inner)
    assert keras_deep.preprocessing_for(outer) == NEEDS
    clone = keras.models.clone_model(outer)
    assert keras_deep.preprocessing_for(clone) == NEEDS
    x = images(inner)
    ours, theirs = (
        keras_deep.features(model)(x, training=False)
        for model in (outer, inner)
    )
    for one, two in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("way", ["plainly_saved", "loaded", "kept"])
def test_files_of_a_model_around_one_have_its_card(way, inner, tmp_path):
    outer = getattr(cards, way)(model_around(inner), tmp_path)
    assert keras_deep.preprocessing_for(outer) == NEEDS
    assert keras_deep.card(outer) == keras_deep.card(inner)


def test_features_of_a_model_around_one_take_any_size(inner):
    maps = keras_deep.features(AROUND["functional"](inner))
    shapes = [y.shape[1:3] for y in maps(np.zeros((1, 16, 24, 3)))]
    assert shapes == [(16, 24), (8, 12), (4, 6)]


@pytest.fixture
def scaled(inner):
    """A model that prepares images before the network."""
    return model_around(inner, before=[keras.layers.Rescaling(1 / 255)])


def test_what_may_prepare_images_before_is_not_guessed(scaled, inner):
    with pytest.raises(ValueError, match=r"\['rescaling.*get_layer"):
        keras_deep.preprocessing_for(scaled)
    assert keras_deep.card(scaled) is keras_deep.card(inner)
    x = images(inner)
    for one, two in zip(
        keras_deep.features(scaled)(x), keras_deep.features(inner)(x / 255)
    ):
        np.testing.assert_allclose(one, two, 1e-3, 1e-5)


@pytest.mark.parametrize("way", ["plainly_saved", "loaded", "kept"])
def test_nor_is_it_in_files(way, scaled, tmp_path):
    other = getattr(cards, way)(scaled, tmp_path)
    with pytest.raises(ValueError, match=r"\['rescaling"):
        keras_deep.preprocessing_for(other)


def test_nor_in_portable_files(scaled, tmp_path):
    keras_deep.save(scaled, tmp_path / "a.keras", portable=True)
    other = keras_deep.load(tmp_path / "a.keras")
    assert keras_deep.card(other).builder == "CifarResNet"
    with pytest.raises(ValueError, match="Set `preprocessing`"):
        keras_deep.preprocessing_for(other)


def test_a_card_of_what_prepares_images_is_not_that_of_the_network(
    scaled, inner, tmp_path
):
    attach_card(scaled, Card("X", preprocessing={"mean": [0.0]}))
    assert keras_deep.preprocessing_for(scaled) == {"mean": [0.0]}
    assert keras_deep.preprocessing_for(inner) == NEEDS
    other = cards.kept(scaled, tmp_path)
    assert keras_deep.preprocessing_for(other) == {"mean": [0.0]}


def test_flat_copies_of_what_prepares_images_do_not_guess_either():
    deep = cards.network("CifarResNet", blocks=(3, 3), stack=True)
    scaled = model_around(
        with_needs(deep), before=[keras.layers.Rescaling(1 / 255)]
    )
    flat = keras_deep.unstacked(scaled)
    assert keras_deep.card(flat).arguments["stack"] is False
    with pytest.raises(ValueError, match=r"\['rescaling"):
        keras_deep.preprocessing_for(flat)


def test_two_models_that_differ_are_an_error_that_says_so(
    inner, other, tmp_path
):
    outer = model_around(inner, other)
    for ask in (
        keras_deep.card,
        keras_deep.preprocessing_for,
        keras_deep.features,
    ):
        with pytest.raises(ValueError, match="model.get_layer"):
            ask(outer)
    loaded = cards.kept(outer, tmp_path)
    assert keras_deep.card(loaded.get_layer("b")) == keras_deep.card(other)
    attach_card(outer, Card("Ensemble", preprocessing={"mean": [7.0]}))
    assert keras_deep.preprocessing_for(outer) == {"mean": [7.0]}
    assert keras_deep.preprocessing_for(other) == {"mean": [5.0]}


def test_models_that_agree_are_clear(inner, other):
    with_needs(inner, class_names=["a", "b", "c"], training={"seed": 1})
    with_needs(other, class_names=["a", "b", "c"], training={"seed": 2})
    inputs = keras.Input(inner.input_shape[1:])
    x = keras.layers.Average()([inner(inputs), other(inputs)])
    outer = keras.Model(inputs, x)
    assert keras_deep.preprocessing_for(outer) == NEEDS
    assert class_names(outer) == [("0", "a"), ("1", "b"), ("2", "c")]
    with_needs(other, class_names=["c", "b", "a"])
    assert class_names(outer) is None


def test_names_of_a_network_are_not_those_of_another_classifier(inner):
    with_needs(inner, class_names=["a", "b", "c"])
    assert class_names(model_around(inner)) is None
    softmax = keras.Sequential([inner, keras.layers.Softmax()])
    assert class_names(softmax) == class_names(inner)


def test_a_new_card_of_a_model_around_one_is_that_of_its_copies(inner):
    outer = model_around(inner)
    attach_card(outer, Card("X", preprocessing={"mean": [9.0]}))
    clone = keras.models.clone_model(outer)
    assert keras_deep.preprocessing_for(clone) == {"mean": [9.0]}


def test_what_has_no_graph_is_told_where_to_ask(inner):
    class Mine(keras.Model):
        def __init__(self):
            super().__init__()
            self.inner = inner

    for ask in (keras_deep.card, keras_deep.preprocessing_for):
        with pytest.raises(ValueError, match="functional model in it"):
            ask(Mine())
