"""Nothing is cut off tables, in a pipe or on a narrow terminal."""

import collections
import re

import numpy as np
import pytest
from PIL import Image
from rich.table import Table

import keras_deep
from keras_deep.cli.tables import add_row
from keras_deep.cli.tables import print_table
from keras_deep.cli.train import print_summary
from keras_deep.models.card import Card
from tests.support.backends import only_tensorflow
from tests.support.command_line import run_here

LONG = "/home/somebody/" + "/".join("a folder with a long name" for _ in "abcd")
HASH = "0123456789abcdef" * 4
ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
STATUS = re.compile(r"[⠀-⣿] [\w ]+ \.\.\.")  # What is shown meanwhile.


def characters(text):
    """Counts letters and digits, wherever they stand."""
    text = STATUS.sub("", ANSI.sub("", text))
    assert "…" not in text and "..." not in text
    return collections.Counter(re.sub(r"\W|_", "", text))


@pytest.fixture
def printed(capsys, monkeypatch):
    """Prints to a pipe, or to a terminal of a width."""

    def printed(function, width=None):
        monkeypatch.setenv("COLUMNS", str(width or 80))
        if width is None:
            monkeypatch.delenv("FORCE_COLOR", raising=False)
        else:
            monkeypatch.setenv("FORCE_COLOR", "1")  # As a terminal.
        capsys.readouterr()
        found = function()
        return found or capsys.readouterr().out

    return printed


def long_table():
    table = Table("name", title="A title of several words")
    table.add_column("value", no_wrap=True)
    add_row(table, "path", LONG)
    add_row(table, "hash", HASH)
    add_row(table, "[bold]", "[/nothing] is a [name] or :x:")
    return table


def test_rows_of_a_pipe_are_lines(printed):
    text = printed(lambda: print_table(long_table()))
    assert LONG in text and HASH in text
    assert "[bold]" in text and "[/nothing] is a [name] or :x:" in text


@pytest.mark.parametrize("width", [12, 20, 40, 80])
def test_a_narrow_terminal_goes_on_below(printed, width):
    def show():
        print_table(long_table())

    text = printed(show, width)
    assert max(map(len, ANSI.sub("", text).splitlines())) <= width
    assert characters(text) == characters(printed(show))


def test_the_summary_of_a_training_is_whole(printed):
    found = Card(
        "CifarResNet",
        {"depth": 8},
        training={
            "data": {"name": LONG},
            "config": {"epochs": 2, "seed": 1},
            "result": {
                **dict.fromkeys(("validation_accuracy", "test_accuracy"), 0.5),
                **dict.fromkeys(("seconds", "seconds_per_step"), 1.0),
                "best_epoch": 2,
            },
        },
    )

    def show():
        print_summary(found, f"runs/{HASH}")

    wide = printed(show)
    assert LONG in wide and HASH in wide
    assert characters(printed(show, 30)) == characters(wide)


@only_tensorflow("The command line is tested on TensorFlow.")
@pytest.mark.parametrize(
    "words",
    [
        ["list", "ResNet*"],
        ["show", "ResNet18"],
        ["predict", "model.keras", f"{HASH}.png"],
        ["convert", "model.keras", "--to", "CifarResNet", "--depth", "8"],
    ],
    ids=lambda words: words[0],
)
def test_commands_cut_nothing(words, printed, tmp_path):
    model = keras_deep.CifarResNet(8)
    keras_deep.card(model).preprocessing = {
        "shape": [32, 32, 3],
        "mean": [0.0] * 3,
        "std": [1.0] * 3,
        "resize": "stretch",
    }
    keras_deep.save(model, tmp_path / "model.keras")
    image = np.zeros((32, 32, 3), "uint8")
    Image.fromarray(image).save(tmp_path / f"{HASH}.png")
    force = ["--force"] if words[0] == "convert" else []

    def run():
        return run_here(*words, *force, folder=tmp_path, columns=None)

    assert characters(printed(run, 40)) == characters(printed(run))
