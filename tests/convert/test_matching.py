"""A file is matched with an implementation once, whatever loads it."""

import numpy as np
import pytest

import keras_deep
from keras_deep import convert
from keras_deep.convert import loading
from keras_deep.convert.families import family_of
from keras_deep.convert.matching import match
from keras_deep.convert.sources import open_source
from tests.convert.weights import cifar_resnet
from tests.convert.weights import state_dict

SMALL = {"blocks": (1, 1), "input_shape": (8, 8, 3)}


@pytest.fixture
def path(tmp_path):
    np.savez(tmp_path / "a.npz", **state_dict(cifar_resnet()))
    return tmp_path / "a.npz"


@pytest.fixture
def matches(monkeypatch):
    """What was matched, in order."""
    found = []

    def recorded(*arguments):
        found.append(match(*arguments))
        return found[-1]

    monkeypatch.setattr(loading, "match", recorded)
    return found


WAYS = {
    "from": lambda path: convert.from_pytorch(path, "CifarResNet", **SMALL),
    "builder": lambda path: keras_deep.CifarResNet(
        weights=path, convention="pytorchcv", **SMALL
    ),
    "load": lambda path: convert.load_pytorch(
        keras_deep.CifarResNet(convention="pytorchcv", **SMALL), path
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_every_way_matches_once(way, path, matches):
    WAYS[way](path)
    (found,) = matches
    assert found.origin.name.endswith("with projections")
    assert found.convention() == ("pytorchcv", False)
    assert found.layers[:3] == ["conv1", "bn1", "layer1.0.conv1"]


def test_only_what_builds_a_model_hashes_its_file(path, monkeypatch):
    hashed = []
    monkeypatch.setattr(
        "keras_deep.convert.hub.fetching.sha256_of",
        lambda path: hashed.append(path) or "0",
    )
    WAYS["load"](path)
    assert hashed == []
    WAYS["builder"](path)
    assert hashed == [path]


def test_names_without_a_model_keep_their_axes(path):
    source = open_source(path)
    found = match(source, family_of("CifarResNet", {}))
    assert found.named().shape("conv1_conv/kernel") == (16, 3, 3, 3)
    assert found.named().shape("predictions/kernel") == (10, 32)
