"""The four oracles: budgets, limits and resuming, with a pretended training."""

import itertools
import json
import math

import pytest

pytest.importorskip("keras_tuner")

from keras_deep import tuning
from keras_deep.training import Config
from keras_deep.tuning import Choice
from keras_deep.tuning import Floats
from keras_deep.tuning import oracle_state
from keras_deep.tuning import run
from keras_deep.tuning.training import TrialTraining
from tests.support.searches import data_of
from tests.support.searches import scores
from tests.support.searches import search

TUNERS = ("random", "hyperband", "bayesian", "grid")
# Units of 8 and more are over the limit of parameters.
SPACE = {
    "units": [4, 6, 8, 9],
    "optimizer": Choice(("sgd", "adam")),
    "momentum": Choice((0.9, 0.5), when={"optimizer": ("sgd",)}),
    "learning_rate": Floats(1e-3, 1.0, log=True, default=0.1),
}
LIMIT = 1400


class Killed(BaseException):
    """A process that ends at once."""


@pytest.fixture
def pretended(monkeypatch):
    """Trainings that measure a function of their hyperparameters.

    Its items are the trials that were trained, and `kill` is a set of those
    that are killed, once.
    """
    trained = []
    kill = set()

    def train(self, trial_id, hyperparameters):
        trained.append(trial_id)
        values = self.hypermodel.values(hyperparameters)
        if trial_id in kill:
            kill.remove(trial_id)
            raise Killed
        epochs = hyperparameters.values.get("tuner/epochs", 9)
        quality = values["units"] / 10 - abs(
            math.log10(values["learning_rate"])
        )
        measured = {"val_accuracy": quality + epochs / 100, "seconds": 1.0}
        return {**measured, "best_epoch": epochs, "epochs": epochs}

    monkeypatch.setattr(TrialTraining, "train", train)
    monkeypatch.setattr(run, "write_best", lambda *args: None)
    monkeypatch.setattr(run, "_draw", lambda *args: None)
    trained_by = lambda *args, **kwargs: search(  # noqa: E731
        *args,
        **{"search": SPACE, "max_parameters": LIMIT, "epochs": 9, **kwargs},
    )
    return trained, kill, trained_by


@pytest.mark.parametrize("tuner", TUNERS)
def test_a_search_has_exactly_the_trials_that_were_asked_for(
    tuner, pretended, images, tmp_path
):
    trained, _, searched = pretended
    found = searched(images, tmp_path / "run", tuner, 14)
    ids = [f"{number:04d}" for number in range(14)]
    assert [row["trial"] for row in found.trials] == ids == trained
    for row in found.trials:
        assert row["values"]["units"] in (4, 6)
        assert ("momentum" in row["values"]) == (
            row["values"]["optimizer"] == "sgd"
        )
    # What is over the limit was no trial, and is told.
    assert {row["values"]["units"] for row in found.rejected} <= {8, 9}
    for row in found.rejected:
        assert (
            "trainable parameters, over max_parameters=1,400" in row["reason"]
        )
    written = json.loads((tmp_path / "run" / "trials.json").read_text())
    assert written["rejected"] == found.rejected
    assert found.rejected or tuner == "grid"
    assert found.trials[0]["values"] == {
        "units": 4, "transform_bias": -2.0, "optimizer": "sgd", "momentum": 0.9,
        "learning_rate": 0.1,
    }  # fmt: skip


@pytest.mark.parametrize("tuner", TUNERS)
def test_a_killed_search_has_the_trials_of_an_undisturbed_one(
    tuner, pretended, images, tmp_path
):
    trained, kill, searched = pretended
    space = {**SPACE, "transform_bias": -1.0, "learning_rate": [0.1, 0.01, 0.5]}
    if tuner == "bayesian":  # Two entries, of which its model needs 6 trials.
        space = {"units": [4, 6, 8], "learning_rate": SPACE["learning_rate"]}
        space["transform_bias"] = -1.0
    settings = {"trials": 8, "search": space}
    whole = searched(images, tmp_path / "whole", tuner, **settings)
    trained.clear()
    kill |= {"0000", "0004", "0007"}
    killed = sorted(kill)
    for _ in killed:
        with pytest.raises(Killed):
            searched(images, tmp_path / "run", tuner, **settings)
    found = searched(images, tmp_path / "run", tuner, **settings)
    assert scores(found) == scores(whole) and found.best == whole.best
    assert found.rejected == whole.rejected
    # The trial that was killed is trained again, and no other.
    ids = [row["trial"] for row in whole.trials]
    assert sorted(trained) == sorted([*ids, *killed])


@pytest.mark.parametrize("tuner", ["hyperband", "grid"])
def test_a_kill_after_any_write_loses_nothing(
    tuner, pretended, images, tmp_path, monkeypatch
):
    trained, _, searched = pretended
    settings = {"trials": 4, "epochs": 3, "search": {**SPACE}}
    settings["search"]["learning_rate"] = [0.1, 0.01, 0.5]
    whole = searched(images, tmp_path / "whole", tuner, **settings)
    save, number = oracle_state.Searching.save, 0
    while True:  # The first write is the last one, then the second one.
        number += 1
        left = iter([True] * (number - 1))

        def killed_after(self, left=left):
            save(self)
            if self._changed is None and not next(left, False):
                raise Killed

        output = tmp_path / f"run{number}"
        monkeypatch.setattr(oracle_state.Searching, "save", killed_after)
        try:
            searched(images, output, tuner, **settings)
            break
        except Killed:
            monkeypatch.setattr(oracle_state.Searching, "save", save)
        found = searched(images, output, tuner, **settings)
        assert scores(found) == scores(whole), number
    assert number > 8  # A trial is written when it begins and ends.


def test_a_grid_has_all_combinations_within_the_limit(
    pretended, images, tmp_path
):
    _, _, searched = pretended
    space = {**SPACE, "learning_rate": [0.1, 0.3], "transform_bias": -1.0}
    found = searched(images, tmp_path / "run", "grid", 100, search=space)
    rest = (("sgd", 0.9), ("sgd", 0.5), ("adam", None))
    expected = itertools.product((4, 6), rest, (0.1, 0.3))
    values = [row["values"] for row in found.trials]
    assert len(values) == 12
    assert {
        (v["units"], (v["optimizer"], v.get("momentum")), v["learning_rate"])
        for v in values
    } == {*expected}


def test_hyperband_gives_more_epochs_to_the_better_ones(
    pretended, images, tmp_path
):
    _, _, searched = pretended
    found = searched(images, tmp_path / "run", "hyperband", 17)
    # Brackets of 9 epochs: 1, 3 and 9 epochs, then 3 and 9.
    epochs = [row["epochs"] for row in found.trials]
    assert epochs == [1] * 9 + [3] * 3 + [9] + [3] * 4
    rows = {row["trial"]: row for row in found.trials}
    for some in (found.trials[9:12], found.trials[12:13]):
        for row in some:
            assert rows[row["continues"]]["values"] == row["values"]
    by_score = sorted(found.trials[:9], key=lambda r: -r["score"])
    assert {r["continues"] for r in found.trials[9:12]} == {
        r["trial"] for r in by_score[:3]
    }


def test_bayesian_search_looks_where_it_is_better(pretended, images, tmp_path):
    _, _, searched = pretended
    space = {"units": [4, 6, 8, 9], "transform_bias": -1.0}
    space["learning_rate"] = Floats(1e-3, 1.0, log=True, default=0.01)
    found = searched(images, tmp_path / "run", "bayesian", 9, search=space)
    # Random at first, then near a learning rate of 1. Most units are best,
    # and over the limit.
    first, later = found.trials[:6], found.trials[6:]
    rates = [row["values"]["learning_rate"] for row in later]
    assert min(rates) > 0.2
    best = max(row["score"] for row in first)
    assert max(row["score"] for row in later) > best
    assert all(row["values"]["units"] in (4, 6) for row in later)


def test_a_hypermodel_is_searched(pretended, images, tmp_path):
    space = {"units": [4, 6], "learning_rate": [0.1, 0.2]}
    given = {"search": space, "depth": 2, "transform_bias": -1.0}
    model = tuning.hypermodel(
        "HighwayMLP", (8, 8, 3), 3, config=Config(epochs=3), **given
    )
    settings = {"tuner": "grid", "output": tmp_path / "run"}
    found = tuning.search(model, data_of(images), trials=9, **settings)
    assert len(found.trials) == 4
    facts = json.loads((tmp_path / "run" / "search.json").read_text())
    assert facts["call"]["config"]["epochs"] == 3
    assert facts["call"]["build"]["arguments"]["depth"] == 2
    for more in ({"max_parameters": 10**6}, {"depth": 3}, {"recipe": True}):
        with pytest.raises(ValueError, match="to `tuning.hypermodel`, or"):
            tuning.search(model, data_of(images), **settings, **more)


def test_no_trial_begins_after_the_time(
    pretended, images, tmp_path, monkeypatch
):
    _, _, searched = pretended
    clock = itertools.count(0.0, 0.5)
    monkeypatch.setattr(oracle_state.time, "monotonic", lambda: next(clock))
    found = searched(
        images, tmp_path / "run", "random", None, max_seconds=100.0
    )
    assert 3 < len(found.trials) < 50
    assert found.trials[-1]["ended_at"] < 102
    assert found.trials[-2]["ended_at"] < 100


def test_a_search_without_candidates_ends_and_says_why(
    pretended, images, tmp_path, monkeypatch
):
    _, _, searched = pretended
    monkeypatch.setattr(oracle_state, "_PATIENCE", 20)
    space = {"units": Choice((4, *range(8, 400))), "learning_rate": [0.1]}
    found = searched(images, tmp_path / "run", "random", 5, search=space)
    assert len(found.trials) < 5 and found.why_ended.startswith(
        "20 candidates in a row were over a limit, the last one: "
    )


def test_the_default_is_checked_before_anything_is_written(
    pretended, images, tmp_path
):
    _, _, searched = pretended
    with pytest.raises(ValueError, match="default configuration.*over max_pa"):
        searched(images, tmp_path / "run", max_parameters=10)
    assert not (tmp_path / "run").exists()


def test_a_search_of_failures_says_the_first_reason(
    images, tmp_path, pretended, monkeypatch
):
    _, _, searched = pretended

    def fails(self, trial_id, hyperparameters):
        raise MemoryError(f"no room in {trial_id}")

    monkeypatch.setattr(TrialTraining, "train", fails)
    with pytest.raises(RuntimeError, match="2 trials, none.*no room in 0000"):
        searched(images, tmp_path / "run", trials=2)
