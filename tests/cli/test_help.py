"""What the command line answers from the catalogue, without Keras."""

import dataclasses
import os
import pathlib
import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

import keras_deep
from keras_deep import catalogue
from keras_deep.cli.app import app
from keras_deep.cli.arguments import builder_arguments
from keras_deep.cli.arguments import complete_model
from keras_deep.cli.messages import options_of
from keras_deep.cli.messages import with_options
from tests.support.command_line import Context

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMMANDS = [
    *("list", "show", "recipes", "train", "tune", "convert", "evaluate")
]
COMMANDS += ["predict", "export", "serve", "launch"]
HEAVY = {"keras", "tensorflow", "jax", "numpy", "PIL"}
RUN = """
import sys
from typer.testing import CliRunner
from keras_deep.cli.app import app
for words in {calls}:
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    found = {heavy} & {{name.split(".")[0] for name in sys.modules}}
    assert not found, (words, found)
"""


def help_of(*words):
    result = CliRunner().invoke(app, [*words, "--help"], env={"COLUMNS": "100"})
    assert result.exit_code == 0, result.output
    return " ".join(result.output.replace("│", " ").split())


def test_help_and_list_import_no_keras():
    calls = [
        ["--help"],
        ["list"],
        ["recipes"],
        ["list", "ResNet*", "--family", "ResNet", "--dataset", "cifar10"],
        *([command, "--help"] for command in COMMANDS),
        ["train", "DenseNetBC", "--help"],
        ["convert", "a.pth", "--to", "ResNet50", "--help"],
    ]
    done = subprocess.run(
        [sys.executable, "-c", RUN.format(calls=calls, heavy=HEAVY)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["train", "DenseNetBC"],
        ["show", "--batch-size", "8", "DenseNetBC"],
        ["convert", "a.pth", "--to", "DenseNetBC"],
        ["convert", "a.pth", "--to=DenseNetBC"],
    ],
    ids=" ".join,
)
def test_help_lists_the_options_of_the_model(words):
    text = help_of(*words)
    assert "Options of DenseNetBC" in text
    assert "--growth-rate int. Channels that each layer adds" in text
    assert "[default: 12]" in text and "--stem" in text
    # The name of the model is not an option.
    assert "--name" not in text
    assert "Options of" not in help_of(words[0])


def test_help_shows_the_defaults_of_a_variant():
    text = help_of("show", "ResNet50V2")
    assert "pre-activation blocks. [default: 2]" in text
    assert '`"timm"`, `"keras"`, `"pytorchcv"`' in text


def test_options_of_a_model_that_the_catalogue_lacks(monkeypatch):
    monkeypatch.delitem(catalogue.models(), "ResNet44")
    words = ["--depth", "56", "--shortcut=B", "--include-top", "false"]
    expected = {"depth": 56, "shortcut": "B", "include_top": False}
    assert builder_arguments("ResNet44", Context(*words)) == expected
    with pytest.raises(ValueError, match="Did you mean '--depth'"):
        builder_arguments("ResNet44", Context("--dept", "56"))


def test_misspelt_options_of_the_command_have_near_misses():
    with pytest.raises(ValueError, match="Did you mean '--epochs'"):
        builder_arguments("ResNet44", Context("--epoch", "2"))


@pytest.mark.parametrize(
    "words, message",
    [
        (["--depth", "abc"], "`--depth` to be an int, such as 44.*'abc'"),
        (["--depth", "2.5"], "`--depth` to be an int.*2.5"),
        (["--depth", "true"], "`--depth` to be an int.*True"),
        (["--depth", "none"], "`--depth` to be an int.*None"),
        (["--depth", "{[1]: 2}"], "`--depth` to be an int.*1"),
        (["--include-top", "7"], "`--include-top` to be a bool.*7"),
        (["--depth"], "a value after --depth"),
        (["more"], "nothing but options beside `ResNet44`.*more"),
    ],
)
def test_values_of_another_type_are_refused(words, message):
    with pytest.raises(ValueError, match=message):
        builder_arguments("ResNet44", Context(*words))


def test_numbers_and_nothing_are_taken():
    found = builder_arguments(
        "DenseNetBC", Context("--compression", "1", "--blocks", "none")
    )
    assert found == {"compression": 1, "blocks": None}


def test_version_is_printed():
    result = CliRunner().invoke(app, ["--version"])
    assert result.output.strip() == f"keras-deep {keras_deep.__version__}"


def test_list_finds_names_in_any_case():
    result = CliRunner().invoke(app, ["list", "densenet121"])
    assert "DenseNet121" in result.output
    result = CliRunner().invoke(app, ["list", "ResNet*"])
    assert "WideResNet" not in result.output


def test_list_shows_a_model_without_counts_or_paper(monkeypatch):
    bare = dataclasses.replace(
        catalogue.models()["ResNet18"],
        **{"trainable": None, "multiply_adds": None, "papers": []},
    )
    monkeypatch.setitem(catalogue.models(), "Wonder", bare)
    result = CliRunner().invoke(app, ["list", "Wonder"])
    assert result.exit_code == 0, result.output
    row = next(x for x in result.output.splitlines() if "Wonder" in x)
    assert row.split()[:3] == ["Wonder", "-", "-"]


def test_the_shell_completes_names_of_models():
    assert complete_model("resnet15") == ["ResNet152", "ResNet152V2"]


@pytest.mark.parametrize(
    "text, expected",
    [
        ("`data_dir` to be a folder", "`--data-dir` to be a folder"),
        ("`name` (`--data`) to be", "`--data` to be"),
        ("pass `overwrite=True` (`--force`)", "pass `--force`"),
        ("`--image-size` (`image_size`)", "`--image-size`"),
        ("use `depth=20` or `classes=`", "use `--depth 20` or `--classes`"),
        ('use `convention="timm"`', "use `--convention timm`"),
        ("Received: depth=21", "Received: --depth 21"),
        ("one of `keras_deep.list_models()`", "one of `keras-deep list`"),
        # No options of the command, but what else they are.
        ("`x_train`, `weights.h5`, a=1", "`x_train`, `weights.h5`, a=1"),
        ("`block` of `name`", "`block` of `name`"),
    ],
)
def test_errors_speak_of_options(text, expected):
    options = options_of(app, ["train", "DenseNetBC", "--depth", "21"])
    assert with_options(text, options) == expected


def test_options_are_those_of_the_command_and_its_model():
    assert "growth_rate" in options_of(app, ["show", "DenseNetBC"])
    assert "growth_rate" not in options_of(app, ["show", "ResNet50"])
    # Of which model, the file says.
    assert "growth_rate" in options_of(app, ["train", "--config=a.json"])
    # The weights are the argument.
    assert "weights" not in options_of(app, ["convert", "--to", "ResNet50"])
    assert options_of(app, ["evaluate", "ResNet50"]) & {"depth"} == set()
    assert options_of(app, []) == set()


@pytest.mark.parametrize(
    "words",
    [
        ["--depth", "20", "DenseNetBC", "--epochs", "2"],
        ["--epochs", "2", "--depth=20", "DenseNetBC"],
        ["DenseNetBC", "--epochs=2", "--depth", "20"],
    ],
    ids=" ".join,
)
def test_options_of_the_model_may_stand_anywhere(words):
    command = typer.main.get_command(app).commands["train"]
    context = command.make_context("train", words)
    assert context.params["model"] == "DenseNetBC"
    assert context.params["epochs"] == 2
    assert builder_arguments("DenseNetBC", context) == {"depth": 20}


def test_a_misspelt_option_is_no_model():
    words = ["train", "--dept", "--config", "a.json"]
    command = typer.main.get_command(app).commands["train"]
    context = command.make_context("train", words[1:])
    assert context.params["model"] is None and context.args == ["--dept"]


def test_training_without_data_names_the_data_sets():
    with pytest.raises(ValueError, match="--data.*cifar10.*digits"):
        CliRunner().invoke(app, ["train", "ResNet20"], catch_exceptions=False)
