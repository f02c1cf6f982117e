"""What the command line answers from the catalogue, without Keras."""

import os
import pathlib
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from keras_deep import catalogue
from keras_deep.cli.app import app
from keras_deep.cli.arguments import builder_arguments

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMMANDS = ["list", "show", "train", "convert", "evaluate", "predict", "export"]
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
    assert builder_arguments("ResNet44", words) == expected
    with pytest.raises(ValueError, match="Did you mean '--depth'"):
        builder_arguments("ResNet44", ["--dept", "56"])
