"""Memory and time that a search needs beside its trainings."""

import gc
import json
import subprocess
import sys
import time

import pytest

pytest.importorskip("keras_tuner")

from keras_deep.tuning import training as trial_training
from tests.support.command_line import ROOT
from tests.support.searches import search

pytestmark = pytest.mark.proof
TRIALS = 50


def memory():
    """The bytes of this process in memory."""
    gc.collect()
    with open("/proc/self/status") as file:
        found = next(line for line in file if line.startswith("VmRSS"))
    return 1024 * int(found.split()[1])


@pytest.fixture(scope="module")
def measured(images, tmp_path_factory):
    """Memory before each trial, seconds of the trainings and of the search.

    They are those of the processor, which other processes do not lengthen.
    """
    fit, sizes = trial_training.TrialTraining._fit, []
    seconds = {"training": 0.0, "measuring": 0.0}

    def noted(*args):
        begun = time.process_time()
        sizes.append(memory())
        measured = time.process_time()
        fit(*args)
        seconds["training"] += time.process_time() - measured
        seconds["measuring"] += measured - begun

    output = tmp_path_factory.mktemp("long") / "run"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trial_training.TrialTraining, "_fit", noted)
        begun = time.process_time()
        found = search(images, output, trials=TRIALS, epochs=1)
        whole = time.process_time() - begun - seconds["measuring"]
    assert len(found.trials) == TRIALS
    return sizes, seconds["training"], whole


def test_memory_is_flat(measured):
    sizes, _, _ = measured
    early, late = sizes[10], sizes[-1]
    print(f"memory: {early / 1e6:.0f} MB, then {late / 1e6:.0f} MB")
    assert late - early < 0.02 * early


def test_little_is_done_beside_the_trainings(measured):
    _, training, whole = measured
    beside = (whole - training) / TRIALS
    print(f"{beside:.3f} s beside a training of {training / TRIALS:.3f} s")
    # Of a trial that takes ten seconds it is 5 %, whatever it trains.
    assert beside < 0.5


def test_trials_are_trained_on_several_devices(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.mirrored_search", tmp_path],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    one, two = json.loads(done.stdout.splitlines()[-1])
    assert len(one) == 4
    for row, other in zip(one, two, strict=True):
        assert row.pop("score") == pytest.approx(other.pop("score"), abs=1e-6)
        assert row == other
