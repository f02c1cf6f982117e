"""The card goes with copies of a model."""

import copy
import pickle

import keras
import pytest

import keras_deep
from tests.support import cards
from tests.support import stacks
from tests.support.cards import NEEDS
from tests.support.cards import with_needs

COPIES = {
    "clone_model": lambda model, folder: keras.models.clone_model(model),
    "recursive": lambda model, folder: keras.models.clone_model(
        model, recursive=True
    ),
    "deepcopy": lambda model, folder: copy.deepcopy(model),
    "pickle": lambda model, folder: pickle.loads(pickle.dumps(model)),
    "config": lambda model, folder: keras.Model.from_config(model.get_config()),
    "json": lambda model, folder: keras.models.model_from_json(model.to_json()),
    "model.save": cards.plainly_saved,
    "keras_deep.load": cards.loaded,
}


@pytest.fixture
def model():
    return with_needs(cards.network())


@pytest.mark.parametrize("way", COPIES)
def test_every_copy_has_a_card_of_its_own(way, model, tmp_path):
    with_needs(model, class_names=["a", "b"], training={"epochs": 3})
    other = COPIES[way](model, tmp_path)
    assert keras_deep.card(other) == keras_deep.card(model)
    assert keras_deep.preprocessing_for(other) == NEEDS
    keras_deep.card(other).preprocessing = {"mean": [2.0]}
    assert keras_deep.preprocessing_for(model) == NEEDS


@pytest.mark.parametrize("name", ["PreRoR", "DenseNetBC", "IRNN"])
def test_clones_of_all_kinds_of_networks_have_it(name):
    model = with_needs(cards.network(name))
    clone = keras.models.clone_model(model)
    assert keras_deep.card(clone) == keras_deep.card(model)
    assert keras_deep.preprocessing_for(clone) == NEEDS


def test_a_changed_card_is_the_one_that_is_copied(model, tmp_path):
    keras_deep.card(model).class_names = ["late"]
    for way in ("config", "model.save"):
        other = COPIES[way](model, tmp_path)
        assert keras_deep.card(other).class_names == ["late"]


def test_numbers_that_json_has_not_are_no_obstacle(model, tmp_path):
    with_needs(model, training={"loss": float("nan")})
    for way in ("config", "model.save"):
        other = COPIES[way](model, tmp_path)
        assert keras_deep.card(other).training == {"loss": None}


@pytest.mark.parametrize("layer", ["conv1_conv", "conv3_end", "avg_pool"])
def test_parts_share_it(model, layer):
    part = keras.Model(model.input, model.get_layer(layer).output)
    assert keras_deep.card(part) is keras_deep.card(model)
    assert keras_deep.card(keras_deep.features(model)) is keras_deep.card(model)


def test_a_part_without_the_beginning_has_none(model):
    middle = model.get_layer("conv2_end").output
    part = keras.Model(middle, model.output)
    assert keras_deep.card(part) is None


def test_stacks_and_their_copies_have_it(tmp_path):
    deep = with_needs(
        cards.network("CifarResNet", blocks=(3, 3), stack=True), class_names=[1]
    )
    assert stacks.stacks_in(deep)
    for way in ("config", "model.save"):
        other = COPIES[way](deep, tmp_path)
        assert keras_deep.card(other) == keras_deep.card(deep)
    flat = keras_deep.unstacked(deep)
    assert keras_deep.preprocessing_for(flat) == NEEDS
    assert keras_deep.card(flat).arguments["stack"] is False
    assert keras_deep.card(deep).arguments["stack"] is True
