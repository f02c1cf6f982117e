"""Recipes against the numbers of the papers, and changes of them."""

import math

import numpy as np
import pytest

from keras_deep.training import Config
from keras_deep.training.recipes import RECIPES
from keras_deep.training.recipes import recipe
from keras_deep.training.schedules import rate_of
from keras_deep.utils.errors import UnknownNameError

RESNET = "resnet_cifar"
# What the papers state, see the sources of the recipes: batch size, penalty,
# whether the momentum is Nesterov's, images held out of 50,000, updates of the
# weights, and the rate from which of these on.
PAPERS = {
    "resnet_cifar": (
        *(128, 1e-4, False, 5000, 64_000),
        {0: 0.1, 32_000: 0.01, 48_000: 0.001},
    ),
    "resnet110_cifar": (
        *(128, 1e-4, False, 5000, 64_000),
        {0: 0.01, 400: 0.1, 32_000: 0.01, 48_000: 0.001},
    ),
    "wrn_cifar": (
        *(128, 5e-4, True, 0, 200 * 391),
        {0: 0.1, 60 * 391: 0.02, 120 * 391: 0.004, 160 * 391: 0.0008},
    ),
    "densenet_cifar": (
        *(64, 1e-4, True, 0, 300 * 782),
        {0: 0.1, 150 * 782: 0.01, 225 * 782: 0.001},
    ),
    "stochastic_depth_cifar": (
        *(128, 1e-4, True, 5000, 500 * 352),
        {0: 0.1, 250 * 352: 0.01, 375 * 352: 0.001},
    ),
}


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_is_that_of_its_paper(name):
    batch, penalty, nesterov, held, steps, changes = PAPERS[name]
    config, data = recipe(name)
    assert data == {
        "name": "cifar10",
        "batch_size": batch,
        "augment": "crop4_flip",
        "validation": held / 50_000,
    }
    batches = math.ceil((50_000 - held) / batch)
    assert config.steps(batches) == steps
    assert (config.optimizer, config.momentum) == ("sgd", 0.9)
    assert config.weight_decay == pytest.approx(penalty / (1 - 0.9))
    assert config.decay == "all"
    optimizer = config.make_optimizer(steps)
    assert optimizer.nesterov is nesterov
    rate = optimizer._learning_rate
    ends = [*list(changes)[1:], steps]
    for (first, expected), end in zip(changes.items(), ends):
        for step in (first, end - 1):
            assert float(rate(step)) == pytest.approx(expected), step


def test_the_default_configuration_is_the_recipe_of_densenet():
    config, _ = recipe("densenet_cifar", epochs=30, boundaries=None)
    assert config == Config()


@pytest.mark.parametrize("nesterov", [False, True])
def test_the_decay_takes_as_much_as_the_penalty(nesterov):
    """By the formulas, on weights that have no other gradient."""
    rate, penalty, momentum, steps = 0.1, 1e-4, 0.9, 20_000
    weight, velocity, sizes = 1.0, 0.0, []
    for _ in range(steps):
        gradient = penalty * weight
        velocity = momentum * velocity - rate * gradient
        step = velocity
        if nesterov:
            step = momentum * velocity - rate * gradient
        weight += step
        sizes.append(weight)
    decay = recipe(RESNET)[0].weight_decay
    assert decay == pytest.approx(1e-3)
    ours = (1 - rate * decay) ** np.arange(1, steps + 1)
    # In a third of a recipe's steps, up to terms of a higher order.
    assert math.log(sizes[-1]) == pytest.approx(math.log(ours[-1]), rel=2e-3)
    # Behind by the steps that the velocity is, once it has settled.
    behind = momentum / (1 - momentum) * (momentum if nesterov else 1)
    settled = np.array(sizes)[100:300] / ours[100:300]
    expected = (1 - rate * decay) ** -behind
    np.testing.assert_allclose(settled, expected, rtol=4e-5)


def test_the_rate_follows_the_batch_and_that_is_said(capsys):
    config, data = recipe(RESNET, batch_size=256)
    said = capsys.readouterr().out
    assert said.count("\n") == 1
    assert "256 images instead of 128" in said and "arXiv:1706.02677" in said
    assert "learning_rate=0.2 instead of 0.1" in said
    assert "iterations=32000 instead of 64000" in said
    assert (config.learning_rate, config.iterations) == (0.2, 32_000)
    assert data["batch_size"] == 256
    # As many images as before, at all boundaries.
    rate = rate_of(config, 32_000)
    found = [float(rate(step)) for step in (15_999, 16_000, 23_999, 24_000)]
    assert found == pytest.approx([0.2, 0.02, 0.02, 0.002])


@pytest.mark.parametrize(
    "name, changes, expected",
    [
        (RESNET, {"batch_size": 128}, {"learning_rate": 0.1}),
        (RESNET, {"batch_size": 32, "accumulate_steps": 4}, {}),
        (
            RESNET,
            {"accumulate_steps": 2},
            {"learning_rate": 0.2, "iterations": 32_000},
        ),
        (
            RESNET,
            {"batch_size": 64, "learning_rate": 0.3},
            {"learning_rate": 0.3, "iterations": 128_000},
        ),
        (
            RESNET,
            {"batch_size": 64, "iterations": 10},
            {"learning_rate": 0.05, "iterations": 10},
        ),
        (
            RESNET,
            {"batch_size": 64, "epochs": 10},
            {"learning_rate": 0.05, "epochs": 10, "iterations": None},
        ),
        (
            "resnet110_cifar",
            {"batch_size": 64},
            {"warmup": 800, "warmup_rate": 0.005, "learning_rate": 0.05},
        ),
        ("densenet_cifar", {"batch_size": 64}, {"learning_rate": 0.1}),
        (
            "densenet_cifar",
            {"batch_size": 128},
            {"learning_rate": 0.2, "epochs": 300, "iterations": None},
        ),
    ],
)
def test_changes_of_a_recipe(name, changes, expected):
    config, _ = recipe(name, **changes)
    for key, value in expected.items():
        assert getattr(config, key) == pytest.approx(value), key


def test_the_length_is_given_once():
    config, _ = recipe(RESNET, epochs=10)
    assert (config.epochs, config.iterations) == (10, None)
    config, _ = recipe("wrn_cifar", iterations=100)
    assert (config.epochs, config.iterations) == (30, 100)
    assert config.with_epochs(50).epochs == 2
    with pytest.raises(ValueError, match="`epochs` or `iterations`"):
        recipe(RESNET, epochs=10, iterations=100)


def test_the_data_are_changed_too():
    config, data = recipe(RESNET, name="cifar100", seed=3, augment=None)
    assert (data["name"], data["augment"]) == ("cifar100", None)
    assert config.seed == data["seed"] == 3


@pytest.mark.parametrize(
    "name, changes, message",
    [
        ("resnet_cifr", {}, "Did you mean 'resnet_cifar'"),
        ("WRN", {}, "Did you mean 'wrn_cifar'"),
        (RESNET, {"batchsize": 3}, "batchsize=3.*Did you mean 'batch_size'"),
        (RESNET, {"epoch": 3}, "Did you mean 'epochs'"),
        (RESNET, {"batch_size": 0}, "`batch_size` to be a positive int"),
        (RESNET, {"augment": "crop4flip"}, "Did you mean 'crop4_flip'"),
        (RESNET, {"momentum": 2}, r"`momentum` to be in \[0, 1\)"),
        (RESNET, {"schedule": "cosine"}, "`boundaries` with `schedule` 'step'"),
    ],
)
def test_wrong_names_and_values_are_refused(name, changes, message):
    with pytest.raises(ValueError, match=message) as error:
        recipe(name, **changes)
    if not changes:
        assert isinstance(error.value, UnknownNameError)


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_says_where_it_is_from(name):
    found = RECIPES[name]
    assert found.address.startswith("https://arxiv.org/abs/")
    assert found.sources and found.notes
    with pytest.raises(TypeError):
        found.settings["epochs"] = 3
