"""`keras-deep tune`."""

import json

import pytest

pytest.importorskip("keras_tuner")

from keras_deep.cli.amounts import amount_of
from keras_deep.cli.amounts import searched
from keras_deep.cli.amounts import seconds_of
from tests.support.backends import only_tensorflow
from tests.support.command_line import run_here
from tests.support.searches import write_images

pytestmark = [
    pytest.mark.xdist_group("cli"),
    only_tensorflow("The command line is tested on TensorFlow."),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tune")
    write_images(folder / "images.npz")
    return folder


TUNE = [
    *("tune", "HighwayMLP", "--data", "images.npz", "--output", "run"),
    *("--tuner", "random", "--trials", "2", "--epochs", "2", "--seed", "1"),
    *("--depth", "2", "--search", "units=4,6,40", "--max-parameters", "1.4k"),
    *("--search", "batch-size=16..32", "--set", "validation=0.25"),
    *("--set", "augment=none", "--set", "learning_rate=0.02"),
]


def test_a_search_prints_and_writes_what_it_found(folder):
    output = run_here(*TUNE, "--test", folder=folder, columns="200")
    lines = output.splitlines()
    assert lines[0].startswith("trial 0000  val_accuracy ")
    assert {"units=4", "transform_bias=-2"} <= set(lines[0].split())
    written = json.loads((folder / "run" / "trials.json").read_text())
    rows = written["trials"]
    best = max(rows, key=lambda row: row["score"])
    values = [row["values"] for row in rows]
    assert all(16 <= v["batch_size"] <= 32 and v["units"] < 40 for v in values)
    # What is given is not searched.
    assert {*values[0]} == {
        *("units", "transform_bias", "batch_size", "weight_decay", "schedule")
    }
    # The table has the best one first.
    table = [line.split() for line in lines if "COMPLETED" in line]
    assert table[0][0] == best["trial"] and len(table) == 2
    assert f"Best: trial {best['trial']}, val_accuracy" in output
    assert "keras-deep train --config run/best.json" in output
    facts = json.loads((folder / "run" / "best.json").read_text())["training"]
    assert facts["config"]["learning_rate"] == 0.02
    assert 0 <= facts["result"]["test_accuracy"] <= 1
    # The same command has nothing to do.
    assert "Best: trial" in run_here(*TUNE, folder=folder)
    error = run_here(*TUNE, "--set", "momentum=0.5", folder=folder, code=1)
    assert "config.momentum=0.9" in error and "--force" in error


@pytest.mark.parametrize(
    "words, message",
    [
        (["--tuner", "hyper"], "`--tuner` to be one of"),
        (["--objective", "accurracy"], "Did you mean 'accuracy'"),
        (["--budget", "30"], "--budget with a time, such as 2h"),
        (["--max-parameters", "1x"], "--max-parameters with a positive"),
        (["--max-latency", "0ms"], "--max-latency with a time"),
        (["--search", "growth_rate"], "Received: --search growth_rate"),
        (["--search", "depth=22..40:ln"], "LOW..HIGH:log"),
        (["--search", "momentum=0.5,0.9", "--set", "momentum=0.1"], "0.1 bes"),
        (["--set", "momentun=0.5"], "Did you mean 'momentum'"),
        (["--dept", "22"], "Did you mean '--depth'"),
    ],
    ids=lambda value: value[1] if isinstance(value, list) else "",
)
def test_what_cannot_be_is_refused_before_keras_is_there(
    words, message, folder
):
    command = ["tune", "DenseNetBC", "--data", "digits", *words]
    error = run_here(*command, folder=folder, code=1)
    assert message in " ".join(error.split())


def test_models_of_sequences_are_refused(folder):
    words = ["tune", "IRNN", "--data", "images.npz", "--output", "new"]
    assert "one of sequences" in run_here(*words, folder=folder, code=1)


def test_what_only_keras_knows_is_refused_by_the_search(folder):
    words = ["tune", "DenseNetBC", "--data", "images.npz", "--output", "new"]
    error = run_here(*words, "--max-parameters", "9", folder=folder, code=1)
    assert "default configuration" in error
    error = run_here(*words, "--search", "dpth=1,2", folder=folder, code=1)
    assert "Did you mean 'depth'" in error
    error = run_here(
        *(*words, "--strategy", "multi_worker"), folder=folder, code=1
    )
    assert "`--workers`" in error
    assert not (folder / "new").exists()


@pytest.mark.parametrize(
    "text, number",
    [
        *(("800k", 800_000), ("1.5M", 1_500_000), ("20_000", 20_000)),
        *(("1e6", 10**6), ("512MB", 512 * 10**6), ("2 G", 2 * 10**9)),
    ],
)
def test_amounts(text, number):
    assert amount_of("--max-parameters", text) == number


@pytest.mark.parametrize("text", ["", "0", "-1", "1m", "M", "1.2.3", "0.1"])
def test_what_is_no_amount(text):
    with pytest.raises(ValueError, match="Received: '"):
        amount_of("--max-parameters", text)


@pytest.mark.parametrize(
    "text, seconds",
    [
        *(("30m", 1800), ("2h", 7200), ("1h30m", 5400), ("90s", 90)),
        *(("20ms", 0.02), ("1.5h", 5400), ("1d", 86400)),
    ],
)
def test_times(text, seconds):
    assert seconds_of("--budget", text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "30", "0m", "2x", "h", "1h 5"])
def test_what_is_no_time(text):
    with pytest.raises(ValueError, match="such as 2h"):
        seconds_of("--budget", text)


def test_words_of_a_space():
    words = [
        *("depth=22,40", "growth-rate=8..16", "learning_rate=1e-3..1.0:log"),
        *("optimizer=sgd,adamw", "augment=standard,none", "depth2=40"),
        "blocks=(3,3),(5, 5)",
    ]
    assert searched(words) == {
        "depth": [22, 40],
        "growth_rate": (8, 16, False),
        "learning_rate": (1e-3, 1.0, True),
        "optimizer": ["sgd", "adamw"],
        "augment": ["standard", None],
        "depth2": [40],
        "blocks": [(3, 3), (5, 5)],
    }
