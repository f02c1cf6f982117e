"""A run that is killed twenty times ends as one that never was."""

import json
import random
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

import keras_deep
from tests.support.backends import only_tensorflow
from tests.support.loopback import ROOT
from tests.support.noise import write_images
from tests.support.run_files import strict_json

pytest.importorskip("tensorflow")
pytestmark = [
    pytest.mark.proof,
    only_tensorflow("Other backends go on with the beginning of an epoch."),
]
STEPS, BATCHES = 6, 3  # Of an epoch, and of its validation.
# A checkpoint has about 65,000 bytes.
LARGEST = {
    "step's end": STEPS + 1,
    "step's begin": STEPS + 1,
    "validation": BATCHES,
    "epoch's end": 2,
    "epoch's begin": 2,
    "byte": 160_000,
    "moment": STEPS,
}
LAST = [("test", 2), ("result", 1)]
TIMES = ("seconds", "seconds_per_step")


def kills(rng):
    """Returns twenty pairs of a place and a number, most of them random."""
    places = [*LARGEST] * 2 + ["byte"] * 2 + ["validation"] * 2
    rng.shuffle(places)
    found = [(place, rng.randint(1, LARGEST[place])) for place in places]
    return [*found, *LAST]


def run(images, folder, place="none", number=1, seconds=0.0):
    """Returns the code of a process and what it printed."""
    words = ("tests.support.fit_and_die", images, folder, place, number)
    process = subprocess.Popen(
        [sys.executable, "-m", *map(str, words)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with process:
        lines = []
        for line in process.stdout:
            lines.append(line)
            if place == "moment" and lines.count("step\n") >= number:
                time.sleep(seconds)
                process.kill()
    return process.returncode, "".join(lines)


def found_in(folder):
    """Returns the weights, the table and the result of a run."""
    weights = keras_deep.load(folder / "best.keras").get_weights()
    facts = strict_json(folder / "result.json")
    for name in TIMES:
        del facts["training"]["result"][name]
    return weights, (folder / "history.csv").read_bytes(), facts


def test_twenty_kills_change_nothing(tmp_path):
    images = write_images(tmp_path / "images.npz", train=200, test=40)
    whole, folder = tmp_path / "whole", tmp_path / "killed"
    code, expected = run(images, whole)
    assert code == 0, expected
    rng = random.Random(0)
    planned, continued, cut = kills(rng), [], 0
    assert len(planned) == 20
    for place, number in planned:
        code, said = run(images, folder, place, number, rng.uniform(0, 0.02))
        assert code == -signal.SIGKILL, (place, number, said)
        if "The training goes on" in said:
            continued.append(said.split("The training goes on ")[1][:40])
        halves = (folder / "checkpoints").glob(".epoch*/*")
        cut += place == "byte" and any(p.stat().st_size for p in halves)
        print(place, number, *continued[-1:], sep="; ")
    code, found = run(images, folder)
    assert code == 0, found
    # Killed where this test means to kill it, and not at the beginning.
    assert len(continued) >= 15 and cut >= 2
    assert "with its end" in found

    weights, *others = found_in(folder)
    same, *others_of_whole = found_in(whole)
    for one, other in zip(weights, same, strict=True):
        np.testing.assert_array_equal(one, other)
    assert others == others_of_whole
    told, told_of_whole = (
        json.loads(text.splitlines()[-1]) for text in (found, expected)
    )
    for one in (told, told_of_whole):
        for name in TIMES:
            del one[name]
    assert told == told_of_whole
    assert told["test_loss"] < 0.5 and len(told["history"]["loss"]) == 24
    assert {p.name for p in folder.iterdir()} == {
        p.name for p in whole.iterdir()
    }
