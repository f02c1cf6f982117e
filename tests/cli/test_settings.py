"""`--set`, `--recipe` and `--strategy`, and the table of recipes."""

import json
import os
import subprocess
import sys
import time

import pytest
from typer.testing import CliRunner

from keras_deep.cli.app import app
from keras_deep.cli.settings import checked_settings
from keras_deep.cli.settings import with_changes
from keras_deep.cli.train import _resolve
from keras_deep.training import Config
from keras_deep.training.run_card import read_run
from keras_deep.utils.recipes import RECIPES
from tests.support.backends import only_tensorflow
from tests.support.command_line import ROOT
from tests.support.command_line import Context
from tests.support.command_line import run_here

pytestmark = pytest.mark.xdist_group("cli")
SMALL = ["DenseNetBC", "--blocks", "(1, 1)", "--growth-rate", "4"]
# Refused without Keras, in the time that the start of Python takes.
QUICK = """
import sys
from keras_deep.cli import main
for words, message in {cases}:
    sys.argv[1:] = words
    try:
        main()
    except SystemExit as end:
        assert end.code == 1, end.code
assert "keras" not in sys.modules, "Keras was imported."
"""
REFUSED = [
    (["--recipe", "resnet_cifr"], "Did you mean 'resnet_cifar'"),
    (["--set", "momentun=0.8"], "Did you mean 'momentum'"),
    (["--set", "batchsize=8"], "Did you mean 'batch_size'"),
    (["--set", "momentum=1.5"], "`momentum` to be in [0, 1)"),
    (["--set", "batch_size=0"], "`--batch-size` to be a positive int"),
    (["--set", "augment=flip"], "`augment` to be one of"),
    (["--set", "warmup=-3"], "`warmup` to be an int of steps"),
    (["--set", "momentum"], "NAME=VALUE after --set"),
    (["--set", "=3"], "NAME=VALUE after --set"),
    (["--set", "epochs=3", "--epochs", "2"], "Expected `--epochs` once"),
    (["--set", "ema=0.9", "--set", "ema=0.8"], "Expected `ema` once"),
    (["--set", "power=2"], "`power` with `--schedule` 'polynomial' only"),
    (["--strategy", "miror"], "Did you mean 'mirrored'"),
    (["--set", "optimizer=adan"], "Did you mean 'adam'"),
    (
        ["--recipe", "wrn_cifar", "--set", "schedule=cosine"],
        "`boundaries` with `--schedule` 'step' only",
    ),
    (
        ["--recipe", "wrn_cifar", "--config", "a.json"],
        "Expected --recipe or --config",
    ),
    (
        ["--set", "epochs=3", "--recipe", "wrn_cifar", "--set", "iterations=3"],
        "Expected `--epochs` or `iterations`",
    ),
]


@pytest.mark.parametrize(
    "words, message", REFUSED, ids=[" ".join(words) for words, _ in REFUSED]
)
def test_a_wrong_setting_is_refused(words, message, tmp_path):
    words = ["train", "ResNet20", "--data", "cifar10", *words]
    error = run_here(*words, folder=tmp_path, code=1)
    text = " ".join(error.split())
    assert text.startswith("Error: Expected ") and message in text
    assert not list(tmp_path.iterdir())


def test_all_of_that_is_known_before_keras_is_there(tmp_path):
    start = ["train", "ResNet20", "--data", "cifar10"]
    cases = [([*start, *words], message) for words, message in REFUSED]
    begin = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", QUICK.format(cases=cases)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("Error: Expected ") == len(cases)
    # A second each, by far, though others may need the processor.
    assert time.perf_counter() - begin < len(cases)


def test_values_are_literals_or_strings():
    words = ["boundaries=0.25,0.5", "precision=none", "strategy=tpu"]
    words += ["jit-compile=true", "weight_decay=1e-4", "data_dir=a=b"]
    assert with_changes({"epochs": 3}, words) == {
        "epochs": 3,
        "boundaries": (0.25, 0.5),
        "precision": None,
        "strategy": "tpu",
        "jit_compile": True,
        "weight_decay": 1e-4,
        "data_dir": "a=b",
    }


def test_settings_are_those_of_the_training_or_of_the_data():
    options = {"epochs": 10, "learning_rate": 0.05, "validation": 0.2}
    settings, data, lines = checked_settings(options, "resnet_cifar", False)
    assert settings["learning_rate"] == 0.05 and settings["epochs"] == 10
    assert "iterations" not in settings and not lines
    assert (data["name"], data["validation"]) == ("cifar10", 0.2)
    _, _, lines = checked_settings({"batch_size": 64}, "resnet_cifar", False)
    assert len(lines) == 1 and "learning_rate=0.05" in lines[0]
    # What is left out of a repeated run may be in its file.
    settings, _, _ = checked_settings({"power": 2.0}, None, True)
    assert settings == {"power": 2.0}


def test_the_recipes_are_listed(tmp_path):
    output = run_here("recipes", folder=tmp_path)
    for name in RECIPES:
        assert output.count(name) == 2
    row = next(x for x in output.splitlines() if "resnet110_cifar" in x)
    text = " ".join(row.split())
    assert "64,000 steps 128 0.01 for 400 steps, then 0.1" in text
    assert "times 0.1 at 50%, 75%" in text and "decay 0.001" in text
    assert "arxiv.org/abs/1605.07146" in output


@pytest.fixture
def before(tmp_path):
    """The file of a run of iterations."""

    def before(**config):
        training = {
            "config": {"iterations": 64_000, "epochs": 182, **config},
            "data": {"name": "cifar10", "large_size": 32},
        }
        path = tmp_path / "result.json"
        run = {"builder": "ResNet20", "arguments": {}, "training": training}
        path.write_text(json.dumps(run))
        return read_run(path)

    return before


@pytest.mark.parametrize(
    "given, expected",
    [
        ({}, Config(iterations=64_000)),
        ({"epochs": 3}, Config(epochs=3)),
        ({"iterations": 9}, Config(iterations=9)),
        ({"seed": 3}, Config(iterations=64_000, seed=3)),
    ],
)
def test_a_repeated_run_has_the_length_that_is_given(before, given, expected):
    _, _, config = _resolve(before(), None, Context(), {}, given)
    assert config == expected


def test_a_size_for_large_images_is_kept_when_given(before):
    _, data, _ = _resolve(before(), None, Context(), {}, {})
    assert "large_size" not in data
    _, data, _ = _resolve(before(), None, Context(), {"large_size": 64}, {})
    assert data["large_size"] == 64


@only_tensorflow("The command line is tested on TensorFlow.")
def test_a_recipe_is_written_and_repeated(tmp_path):
    words = ["--data", "digits", "--recipe", "resnet110_cifar", "--seed", "1"]
    for change in ("iterations=30", "warmup=5", "nesterov=true", "ema=0.9"):
        words += ["--set", change]
    words += ["--batch-size", "64", "--output", "run"]
    output = run_here("train", *SMALL, *words, folder=tmp_path)
    said = "Steps are of 64 images instead of 128"
    assert said in output and "learning_rate=0.05 instead of 0.1" in output
    written = json.loads((tmp_path / "run/result.json").read_text())
    config = written["training"]["config"]
    expected = Config(
        **{"iterations": 30, "epochs": 2, "warmup": 5, "warmup_rate": 0.005},
        **{"learning_rate": 0.05, "boundaries": (0.5, 0.75), "ema": 0.9},
        **{"seed": 1, "precision": "float32"},
    )
    assert Config(**config) == expected
    data = written["training"]["data"]
    assert (data["augment"], data["validation"]) == ("crop4_flip", 0.1)
    assert data["batch_size"] == 64 and data["seed"] == 1

    words = ["--config", "run/result.json", "--output", "again"]
    output = run_here("train", *words, folder=tmp_path)
    again = json.loads((tmp_path / "again/result.json").read_text())
    assert said not in output
    for key in ("config", "data"):
        assert again["training"][key] == written["training"][key]
    key = "validation_accuracy"
    results = [x["training"]["result"] for x in (written, again)]
    assert results[0][key] == results[1][key]
    assert results[0]["test_loss"] == results[1]["test_loss"]


def test_the_help_names_recipes_and_strategies():
    result = CliRunner().invoke(app, ["train", "--help"], env={"COLUMNS": "99"})
    text = " ".join(result.output.replace("│", " ").split())
    assert "--recipe" in text and "stochastic_depth_cifar" in text
    assert "--set NAME=VALUE" in text and "multi_worker" in text
