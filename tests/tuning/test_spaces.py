"""Every registered network has a space of networks that can be built."""

import functools

import pytest

import keras_deep
from keras_deep.layers import cifar_stem
from keras_deep.models import registry
from keras_deep.models.image_model import image_model
from keras_deep.models.registry import arguments_of
from keras_deep.models.registry import entry_of
from keras_deep.tuning import Choice
from keras_deep.tuning import candidates
from keras_deep.tuning import model_space
from keras_deep.tuning.limits import profile_of
from keras_deep.tuning.rules import DEPTHS
from keras_deep.tuning.spaces import stem_arguments
from tests.support.small import small_arguments
from tests.support.spaces import random_points

NAMES = keras_deep.list_models()
BUILDERS = [name for name in NAMES if entry_of(name).builder == name]


def small_inputs(name):
    """Returns the arguments that make the inputs of a network small."""
    given = small_arguments(name)
    return {k: given[k] for k in ("input_shape", "classes") if k in given}


def check_builds(name, arguments, count=3):
    """Counts the networks of random points; the default is counted first."""
    found = candidates(name, arguments)
    for values in random_points(found.space, count):
        candidate = found.candidate(values)
        assert not set(candidate.arguments) - set(arguments_of(name, {}))
        total = profile_of(functools.partial(found.build, candidate), 1)
        assert total.trainable > 0, values
    return found.space


@pytest.mark.parametrize("name", BUILDERS)
def test_small_networks_of_every_builder(name):
    check_builds(name, small_arguments(name))


@pytest.mark.proof
@pytest.mark.parametrize("name", BUILDERS)
def test_networks_of_every_builder(name):
    space = check_builds(name, small_inputs(name), 6)
    assert len(space), f"{name} has nothing to search: see `tuning/rules.py`."


@pytest.mark.proof
@pytest.mark.parametrize("name", BUILDERS)
def test_every_depth_is_one(name):
    common = small_inputs(name)
    space = model_space(name, common)
    for key in {"depth", "blocks", "block"} & set(space):
        for value in space[key].values:
            given = {**common, key: value}
            build = functools.partial(keras_deep.create_model, name, **given)
            assert profile_of(build, 1).trainable


def test_the_default_is_the_network_itself():
    for name in NAMES:
        space = model_space(name)
        own = arguments_of(name, {})
        for key, value in space.defaults().items():
            assert own[key.removeprefix("model.")] == value, (name, key)
        assert len(space), name


def test_depths_are_of_builders():
    assert set(DEPTHS) <= set(BUILDERS)
    for name in BUILDERS:
        if own_depth(name) is not None:
            assert name in DEPTHS, f"Add {name} to `tuning/rules.py`."


def own_depth(name):
    arguments = arguments_of(name, {})
    return None if arguments.get("blocks") else arguments.get("depth")


def test_given_arguments_are_not_searched():
    assert "depth" in model_space("DenseNetBC")
    space = model_space("DenseNetBC", {"depth": 40, "compression": 1.0})
    assert list(space) == ["growth_rate", "dropout_rate"]
    # Blocks leave the depth unread.
    assert "depth" not in model_space("CifarResNet", {"blocks": (1, 1)})


def test_blocks_of_both_kinds_have_common_depths():
    space = model_space("CifarResNet")
    assert space["block"].values == ("basic", "bottleneck")
    assert all(depth % 18 == 2 for depth in space["depth"].values)
    # 32 layers are of basic blocks only, 1001 of bottlenecks.
    assert "block" not in model_space("ResNet32")
    assert set(model_space("ResNet32")["depth"].values) >= {20, 32, 110}
    depths = model_space("ResNet1001V2")["depth"].values
    assert 1001 in depths and all(depth % 9 == 2 for depth in depths)


def test_large_images_get_the_stem_of_imagenet():
    large = {"input_shape": (96, 96, 3)}
    space = model_space("DenseNetBC", large)
    assert space["blocks"].default == (6, 12, 24, 16) and "depth" not in space
    space = model_space("WideResNet", large)
    assert space["depth"].values == (50, 101) and "dropout_rate" not in space
    assert stem_arguments("DenseNetBC", large) == {
        **large,
        "stem": "imagenet",
        "blocks": (6, 12, 24, 16),
        "growth_rate": 32,
    }
    # What is asked for, or the network's own, stays.
    for name, given in (
        ("DenseNetBC", {"input_shape": (64, 64, 3)}),
        ("DenseNetBC", {**large, "depth": 40}),
        ("DenseNetBC", {}),
        ("DenseNetBC100_12", large),
        ("WRN16_8", large),
        ("ResNet", large),
    ):
        assert stem_arguments(name, given) == given


def test_the_whole_default_of_a_stem_is_built():
    given = {"input_shape": (80, 80, 3), "growth_rate": 4}
    found = candidates("DenseNetBC", given, search=["compression"])
    assert found.arguments == {
        **given,
        "stem": "imagenet",
        "blocks": (6, 12, 24, 16),
    }
    assert list(found.space) == ["compression"]


@pytest.fixture
def new_family():
    """A builder that no table knows."""

    @image_model("New", "cifar10")
    def NewNet(
        inputs,
        depth=8,
        units=6,
        drop_path_rate=0.25,
        layers_per_stage=3,
        blocks=(2, 4),
    ):
        """Builds nothing of interest."""
        return cifar_stem(inputs)

    yield "NewNet"
    del registry._ENTRIES["NewNet"]


def test_a_new_family_has_a_space(new_family):
    space = model_space(new_family)
    assert space.entries == {
        "units": Choice((3, 6, 12), 6),
        "drop_path_rate": Choice((0.0, 0.1, 0.2, 0.25, 0.3, 0.5), 0.25),
        "blocks": Choice(((1, 2), (2, 4), (3, 6)), (2, 4)),
    }
