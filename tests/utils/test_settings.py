"""Fields of a configuration: ranges, effects, JSON."""

import dataclasses
import inspect
import json
import math
import re

import pytest

from keras_deep.training import Config
from keras_deep.utils import recipe
from keras_deep.utils.recipe import check_recipe
from keras_deep.utils.settings import FIELDS
from keras_deep.utils.settings import Settings

COUNTS = (0, -1, 2.5, "3", True)
POSITIVE = (0, -0.1, math.nan, math.inf, "1", True)
WRONG = {
    "optimizer": ("Adam", None, 3, ["sgd"]),
    "nesterov": (1, "true", None),
    "decay": ("kernel", None),
    "warmup": (-1, 1.0, -0.1, "5", True, math.nan),
    "warmup_rate": POSITIVE,
    "boundaries": (
        *((), [3, 2], [3, 3], [0, 3], [0.5, 1.0], [0.0, 0.5]),
        *([0.5, 3], [True, 3], "32", 0.5, {3}, [math.nan]),
    ),
    "factor": (0, 1, -0.1, math.nan, "0.1", None),
    "power": (*POSITIVE, None),
    "patience": (*COUNTS, None),
    "iterations": COUNTS,
    "accumulate_steps": (*COUNTS, None),
    "clipnorm": POSITIVE,
    "global_clipnorm": POSITIVE,
    "clipvalue": POSITIVE,
    "label_smoothing": (1, -0.1, math.nan, "0", None, True),
    "class_weight": ("Balanced", 1.0, [1.0, 2.0], True),
    "steps_per_execution": (*COUNTS, None),
    "jit_compile": ("yes", None, 1),
    "strategy": ("mirror", "default", 3),
    "batch_norm": ("sync", None, True),
    "checkpoint_steps": COUNTS,
    "checkpoint_minutes": (*POSITIVE, None),
}
# Of every field another value than the default, with what it needs.
OTHERS = [
    {"epochs": 3},
    {"learning_rate": 1},
    {"schedule": "cosine"},
    {"momentum": 0},
    {"weight_decay": 0},
    {"precision": "float16"},
    {"seed": 0},
    {"ema": 0.5},
    *({"optimizer": name} for name in ("adam", "adamw", "lamb", "lars")),
    {"nesterov": False},
    {"decay": "kernels"},
    *({"warmup": value} for value in (0, 400, 0.0, 0.1)),
    {"warmup_rate": 0.01, "warmup": 400},
    {"boundaries": (0.25, 0.5)},
    {"boundaries": (32_000, 48_000), "iterations": 64_000},
    {"factor": 0.2},
    {"power": 2, "schedule": "polynomial"},
    {"patience": 3, "schedule": "plateau", "factor": 0.5},
    {"iterations": 64_000},
    {"accumulate_steps": 4},
    {"clipnorm": 1},
    {"global_clipnorm": 0.5},
    {"clipvalue": 0.5},
    {"label_smoothing": 0.1},
    {"class_weight": "balanced"},
    {"steps_per_execution": 10},
    {"jit_compile": True},
    {"jit_compile": False},
    *({"strategy": name} for name in recipe.STRATEGIES),
    {"batch_norm": "synchronized", "strategy": "mirrored"},
    {"checkpoint_steps": 100},
    {"checkpoint_minutes": 0.5},
]


@pytest.mark.parametrize(
    "name, value",
    [(k, value) for k, values in WRONG.items() for value in values],
)
def test_a_field_out_of_its_range_is_refused(name, value):
    message = f"Expected `{name}` to be.*Received: {name}="
    message += re.escape(repr(value))
    with pytest.raises(ValueError, match=message):
        Config(**{name: value})
    with pytest.raises(ValueError, match=message):
        check_recipe({name: value})


@pytest.mark.parametrize("fields", OTHERS, ids=str)
def test_json_brings_every_field_back(fields):
    config = Config(**fields)
    text = json.dumps(dataclasses.asdict(config))
    assert Config(**json.loads(text)) == config
    assert config != Config()


def test_every_field_is_tested_and_described():
    assert {name for fields in OTHERS for name in fields} == {*FIELDS}
    described = re.findall(r"^    (\w+): ", inspect.getdoc(Config), re.M)
    assert [*FIELDS] == [name for name in described if name in FIELDS]


@pytest.mark.parametrize(
    "fields, message",
    [
        (
            {"boundaries": (3, 4), "schedule": "cosine"},
            "`boundaries` with `schedule` 'step' only.*schedule='cosine'",
        ),
        ({"factor": 0.2, "schedule": "cosine"}, "'step' or 'plateau' only"),
        ({"power": 2.0}, "`power` with `schedule` 'polynomial'"),
        ({"patience": 3}, "`patience` with `schedule` 'plateau'"),
        ({"warmup": 3, "schedule": "plateau"}, "schedule='plateau', which"),
        (
            {"warmup_rate": 0.1, "warmup": 3, "schedule": "cosine"},
            "`warmup_rate` with `schedule` 'step' or 'constant' only",
        ),
        ({"warmup_rate": 0.1}, "Expected `warmup`, the steps"),
        ({"warmup_rate": 0.1, "warmup": 0}, "Expected `warmup`, the steps"),
        (
            {"momentum": 0.8, "optimizer": "adam"},
            "'sgd' or 'lars' only.*momentum=0.8 with.*Leave it at 0.9",
        ),
        ({"nesterov": False, "optimizer": "lamb"}, "nesterov=False with"),
        (
            {"clipnorm": 1.0, "clipvalue": 0.5},
            "at most one of.*clipnorm=1.0, clipvalue=0.5",
        ),
        (
            {"clipnorm": 1.0, "global_clipnorm": 0.5},
            "at most one of.*clipnorm=1.0, global_clipnorm=0.5",
        ),
        ({"decay": "kernels", "weight_decay": 0}, "Expected a `weight_decay`"),
        (
            {"batch_norm": "synchronized", "strategy": "one_device"},
            "`strategy` of several replicas",
        ),
        ({"warmup": 0, "schedule": "one_cycle"}, "`warmup` to be more than 0"),
        ({"iterations": 10, "warmup": 10}, "within the 10 steps.*warmup=10"),
        (
            {"iterations": 10, "boundaries": [5, 10]},
            r"within the 10 steps.*boundaries=\(5, 10\)",
        ),
    ],
)
@pytest.mark.parametrize("kind", [Config, Settings])
def test_a_field_without_effect_is_refused(kind, fields, message):
    with pytest.raises(ValueError, match=message):
        kind(**fields)


@pytest.mark.parametrize(
    "field, value, near",
    [
        ("optimizer", "adamv", "adamw"),
        ("schedule", "one_cycel", "one_cycle"),
        ("strategy", "multiworker", "multi_worker"),
        ("batch_norm", "synchronised", "synchronized"),
        ("decay", "kernel", "kernels"),
    ],
)
def test_names_have_near_misses(field, value, near):
    with pytest.raises(ValueError, match=f"Did you mean .*'{near}'"):
        Config(**{field: value})


def test_near_misses_of_fields_are_named():
    for kind in (Config, Settings):
        with pytest.raises(TypeError, match="Did you mean 'warmup'"):
            kind(warm_up=3)


def test_lists_of_boundaries_are_kept_as_tuples():
    config = Config(boundaries=[0.5, 0.75])
    assert config == Config(boundaries=(0.5, 0.75))
    assert hash(config) == hash(Config(boundaries=(0.5, 0.75)))


@pytest.mark.parametrize(
    "fields, batches, steps, epochs",
    [
        ({"epochs": 3}, 10, 30, 3),
        ({"epochs": 3, "accumulate_steps": 4}, 10, 9, 3),
        # 45,000 images in batches of 128.
        ({"iterations": 64_000}, 352, 64_000, 182),
        ({"iterations": 9, "accumulate_steps": 4}, 10, 9, 3),
        ({"iterations": 10, "accumulate_steps": 4}, 10, 10, 4),
    ],
)
def test_steps_and_epochs_follow_from_each_other(
    fields, batches, steps, epochs
):
    config = Config(**fields)
    assert config.steps(batches) == steps
    found = config.with_epochs(batches)
    assert type(found) is Config and found.epochs == epochs
    assert found.steps(batches) == steps
    assert found.with_epochs(batches) == found


def test_epochs_beside_iterations_are_refused():
    config = Config(epochs=5, iterations=100)
    with pytest.raises(ValueError, match="epochs=5 with iterations=100, .* 10"):
        config.with_epochs(10)
