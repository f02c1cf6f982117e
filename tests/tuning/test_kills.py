"""Processes that are killed in the middle of a trial, which is not lost."""

import json
import sys

import pytest

pytest.importorskip("keras_tuner")

from tests.support.killed_searches import started
from tests.support.killed_searches import trained_by
from tests.support.loopback import run_on_loopback
from tests.support.searches import write_images

pytestmark = pytest.mark.proof

EPOCHS = 9


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kills")
    write_images(folder / "images.npz", train=4000)
    return folder


def words_of(output, *others, trials=6):
    return [
        *("tune", "HighwayMLP", "--data", "images.npz", "--output", output),
        *("--epochs", EPOCHS, "--seed", 1, "--depth", 2, "--trials", trials),
        *("--search", "units=4,6", "--search", "batch_size=16,32"),
        *("--set", "augment=none", *others),
    ]


def run(words, folder):
    assert started(words, folder).wait() == 0


def rows_of(path):
    """What the trials of two searches that are the same have in common."""
    found = json.loads((path / "trials.json").read_text())
    names = ("trial", "status", "score", "best_epoch", "epochs", "continues")
    return [
        {**{name: row[name] for name in names}, **row["values"]}
        for row in found["trials"]
    ]


@pytest.mark.parametrize("tuner, trials", [("random", 6), ("hyperband", 13)])
def test_a_killed_search_ends_as_an_undisturbed_one(folder, tuner, trials):
    others = ("--tuner", tuner)
    run(words_of(f"{tuner}-whole", *others, trials=trials), folder)
    words, killed = words_of(tuner, *others, trials=trials), []
    for first in (1, trials - 4, trials - 1):
        process = started(words, folder)
        trial, pid = trained_by(folder / tuner, process, first)
        assert pid == process.pid
        process.kill()
        process.wait()
        killed.append(trial)
    run(words, folder)
    assert len({*killed}) == 3
    assert rows_of(folder / tuner) == rows_of(folder / f"{tuner}-whole")
    for trial in killed:
        log = folder / tuner / "trials" / trial / "log.txt"
        assert "The training goes on" in log.read_text()


@pytest.mark.parametrize("whom", ["worker", "chief"])
def test_no_trial_is_lost_when_one_of_two_is_killed(folder, whom):
    words = words_of(whom, "--tuner", "random", "--workers", 2)
    done = run_on_loopback(
        *(sys.executable, "-m", "tests.support.killed_searches"),
        *(folder, whom, whom, *words),
        timeout=400,
    )
    assert done.returncode == 0, done.stderr
    trial = done.stdout.partition(f"killed {whom} in ")[2].split()[0]
    if whom == "worker":
        assert "was ended by SIGKILL. It is started again." in done.stderr
    else:
        assert "trainings left: []" in done.stdout
    log = folder / whom / "trials" / trial / "log.txt"
    assert "The training goes on" in log.read_text()
    # Random candidates do not depend on who is first.
    whole = folder / "random-whole"
    if not whole.exists():
        run(words_of(whole.name, "--tuner", "random"), folder)
    found, expected = rows_of(folder / whom), rows_of(whole)
    for row, other in zip(found, expected, strict=True):
        # Another number of threads may round otherwise.
        assert row.pop("score") == pytest.approx(other.pop("score"), abs=0.02)
        row["best_epoch"] = other["best_epoch"]
        assert row == other
    assert len(found) == 6
