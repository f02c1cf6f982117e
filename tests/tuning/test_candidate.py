"""What the names and values of a search mean for a training."""

import pytest

from keras_deep.training import Config
from keras_deep.tuning import Candidate
from keras_deep.tuning import Choice
from keras_deep.tuning import Floats
from keras_deep.tuning import candidate_of
from keras_deep.tuning import recipe_space
from keras_deep.tuning.candidate import place_of
from keras_deep.tuning.recipe import KNOWN
from keras_deep.tuning.searched import searched
from tests.support.spaces import random_points


def test_values_go_where_they_belong():
    values = {
        "depth": 40,
        "model.growth_rate": 4,
        "learning_rate": 0.01,
        "config.schedule": "cosine",
        "batch_size": 32,
        "data.augment": None,
    }
    assert candidate_of("DenseNetBC", {"classes": 5}, values) == Candidate(
        "DenseNetBC",
        {"classes": 5, "depth": 40, "growth_rate": 4},
        {"learning_rate": 0.01, "schedule": "cosine"},
        {"batch_size": 32, "augment": None},
    )


@pytest.mark.parametrize(
    "name, key, message",
    [
        ("DenseNetBC", "dept", "'dept'. Did you mean 'depth'"),
        ("DenseNetBC", "learning_rates", "Did you mean 'learning_rate'"),
        ("DenseNetBC", "config.depth", "Received: 'config.depth'"),
        # Other data, or another place, are no candidates.
        ("DenseNetBC", "validation", "Received: 'validation'"),
        ("DenseNetBC", "seed", "Received: 'seed'"),
        ("DenseNetBC", "classes", "Received: 'classes'"),
        ("SwapoutResNet", "schedule", "'model.schedule' or 'config.schedule'"),
    ],
)
def test_refused_names(name, key, message):
    with pytest.raises(ValueError, match=f"Expected .*{message}"):
        place_of(name, key)


def test_settings_that_others_leave_unread_are_dropped():
    base = Config(momentum=0.95, boundaries=(0.5,), epochs=3)
    candidate = candidate_of("DenseNetBC", {}, {"optimizer": "adamw"})
    assert candidate.config(base) == Config(
        optimizer="adamw", boundaries=(0.5,), epochs=3
    )
    candidate = candidate_of("DenseNetBC", {}, {"schedule": "cosine"})
    expected = Config(momentum=0.95, schedule="cosine", epochs=3)
    assert candidate.config(base) == expected
    assert candidate_of("DenseNetBC", {}, {}).config(base) == base
    # What is searched is never dropped.
    values = {"optimizer": "adamw", "momentum": 0.5}
    with pytest.raises(ValueError, match="`momentum` with `optimizer`"):
        candidate_of("DenseNetBC", {}, values).config(base)


def test_usual_recipe():
    space = recipe_space("DenseNetBC")
    assert list(space) == ["learning_rate", "weight_decay", "schedule"]
    assert space.defaults() == {
        "learning_rate": 0.1,
        "weight_decay": 1e-3,
        "schedule": "step",
    }
    assert space["learning_rate"].log and space["weight_decay"].log
    # The names of fields that the builder has, too, say so.
    assert "config.schedule" in recipe_space("SwapoutResNet")


def test_ranges_follow_the_optimizer():
    def rates(**arguments):
        entry = recipe_space("VGG", **arguments)["learning_rate"]
        return entry.low, entry.high, entry.default

    assert rates() == (0.01, 1.0, 0.1)
    assert rates(config=Config(learning_rate=0.3)) == (0.01, 1.0, 0.3)
    adam = Config(optimizer="adam", learning_rate=3e-4)
    assert rates(config=adam) == (1e-4, 1e-2, 3e-4)
    names = ("learning_rate", "optimizer")
    assert rates(names=names) == (1e-4, 1.0, 0.1)
    low, high, default = rates(names=names, optimizers=("adamw", "lamb"))
    assert (low, high, default) == (1e-4, 0.1, 1e-3)


def test_every_recipe_is_a_configuration():
    space = recipe_space("DenseNetBC", tuple(KNOWN))
    assert list(space)[0] == "optimizer" and set(space) == set(KNOWN)
    assert space["momentum"].when == (("optimizer", ("sgd",)),)
    for values in random_points(space, 20):
        config = candidate_of("DenseNetBC", {}, values).config()
        assert config.optimizer == values["optimizer"]
        assert config.schedule == values["schedule"]
        assert config.momentum == values.get("momentum", 0.9)
    with pytest.raises(ValueError, match="Did you mean 'learning_rate'"):
        recipe_space("DenseNetBC", ("learning_rates",))


def test_search_changes_the_default_space():
    space, fixed, _ = searched("DenseNetBC", {"classes": 5})
    assert list(space) == [
        "depth",
        "growth_rate",
        "compression",
        "dropout_rate",
    ]
    assert fixed == {}
    search = {
        "depth": [10, 16],
        "compression": 0.7,
        "learning_rate": Floats(0.1, 0.2),
        "momentum": [0.8, 0.9],
        "optimizer": ["adam", "sgd"],
        "batch_size": 32,
    }
    space, fixed, _ = searched("DenseNetBC", {}, search)
    assert fixed == {"compression": 0.7, "batch_size": 32}
    assert space["depth"] == Choice((10, 16))
    assert space["learning_rate"] == Floats(0.1, 0.2)
    assert "growth_rate" in space and "compression" not in space
    # Of two optimizers, one reads the momentum.
    names = list(space)
    assert names.index("optimizer") < names.index("momentum")
    assert space["momentum"].when == (("optimizer", ("sgd",)),)
    space, *_ = searched("DenseNetBC", {}, search, recipe=True)
    assert space["learning_rate"] == Floats(0.1, 0.2)
    assert {"weight_decay", "schedule"} <= set(space)


def test_the_default_space_is_around_what_is_searched():
    # Blocks leave the depth unread, and bottlenecks have other depths.
    space, *_ = searched("CifarResNet", {}, {"blocks": [[1, 1], [2, 2]]})
    assert "depth" not in space and "version" in space
    space, *_ = searched("CifarResNet", {"depth": 29}, {"block": "bottleneck"})
    assert list(space) == ["version"]
    # A depth that is searched says that the stem is CIFAR's.
    large = {"input_shape": (96, 96, 3)}
    space, _, given = searched("DenseNetBC", large, {"depth": [22, 40]})
    assert given == large and "blocks" not in space
    space, _, given = searched("DenseNetBC", large, {"growth_rate": 8})
    assert given == {**large, "stem": "imagenet"} and "blocks" in space


def test_search_of_names_is_nothing_else():
    names = ["learning_rate", "depth", "batch_size"]
    space, fixed, _ = searched("DenseNetBC", {}, names)
    assert list(space) == ["depth", "learning_rate", "batch_size"]
    assert fixed == {}
    with pytest.raises(ValueError, match="Did you mean 'depth'"):
        searched("DenseNetBC", {}, ["dept"])


@pytest.mark.parametrize(
    "search, message",
    [
        ({"depth": (10, 40)}, r"Integers\(low, high\).*Received: \(10, 40\)"),
        ({"depth": range(10)}, r"list of values.*Received: range\(0, 10\)"),
        ({"depths": [10]}, "Received: 'depths'. Did you mean 'depth'"),
        ({"classes": [5]}, "Received: 'classes'"),
        ({"growth_rate": [4]}, "or as an argument.*growth_rate=8 beside it"),
        ({"depth": []}, "one value or more"),
    ],
)
def test_refused_searches(search, message):
    with pytest.raises(ValueError, match=f"Expected .*{message}"):
        searched("DenseNetBC", {"growth_rate": 8}, search)
