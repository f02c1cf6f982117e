"""Searches in one process: trials, limits, failures, and what they leave."""

import csv
import gc
import json
import re
import shutil
import weakref

import numpy as np
import pytest
from PIL import Image

import keras_deep
from keras_deep import training
from keras_deep.tuning import training as trial_training
from tests.support.command_line import run_here
from tests.support.searches import scores
from tests.support.searches import search

pytest.importorskip("keras_tuner")


@pytest.fixture(scope="module")
def models():
    """Weak references to the models of all trials of `found`."""
    return []


@pytest.fixture(scope="module")
def found(images, tmp_path_factory, models):
    """A search whose second trial fails."""
    fit, calls = trial_training.fit, []

    def noted(build, *args, **kwargs):
        calls.append(build)
        if len(calls) == 2:
            raise FloatingPointError("the loss\nis not finite")
        result = fit(build, *args, **kwargs)
        models.append(weakref.ref(result.model))
        return result

    output = tmp_path_factory.mktemp("search") / "run"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trial_training, "fit", noted)
        return search(images, output, trials=4)


def test_a_trial_is_a_training(found):
    """The same as `training.fit` without a search."""
    row = found.trials[2]
    folder = found.config.parent / "trials" / row["trial"]
    facts = json.loads((folder / "result.json").read_text())["training"]
    assert "test_accuracy" not in facts["result"]
    arguments = {"depth": 2, **row["values"]}
    rate = arguments.pop("learning_rate")
    result = training.fit(
        ("HighwayMLP", arguments),
        facts["data"],
        training.Config(learning_rate=rate, epochs=2, seed=1),
    )
    assert max(result.history["val_accuracy"]) == row["score"]


def test_the_first_candidate_is_the_default(found):
    values = {"units": 4, "transform_bias": -2.0, "learning_rate": 0.01}
    assert found.trials[0]["values"] == values


def test_a_failure_is_recorded_and_the_search_goes_on(found):
    status = [row["status"] for row in found.trials]
    assert status == ["COMPLETED", "FAILED", "COMPLETED", "COMPLETED"]
    row = found.trials[1]
    assert row["reason"] == "FloatingPointError: the loss is not finite"
    assert row["score"] is None and row["ended_at"] > 0
    path = found.config.parent / "trials" / "0001" / "failure.json"
    assert "Traceback" in json.loads(path.read_text())["traceback"]


def test_models_of_finished_trials_are_freed(found, models):
    gc.collect()
    assert len(models) == 3 and not any(model() for model in models)


def test_the_best_is_the_one_with_the_best_score(found):
    scores = [row["score"] for row in found.trials if row["score"]]
    best = next(row for row in found.trials if row["score"] == max(scores))
    assert (found.trial, found.score) == (best["trial"], best["score"])
    assert found.best == best["values"]
    written = json.loads(found.config.read_text())
    assert written["arguments"]["units"] == found.best["units"]
    told = written["training"]["search"]
    assert told["trial"] == found.trial and told["score"] == found.score
    model = keras_deep.load(found.model)
    assert keras_deep.card(model).arguments["units"] == found.best["units"]


def test_the_best_run_is_repeated_by_the_command_line(found, tmp_path):
    words = ("train", "--config", found.config, "--output", "again")
    run_here(*words, folder=tmp_path)
    again = json.loads((tmp_path / "again" / "result.json").read_text())
    result = again["training"]["result"]
    assert result["validation_accuracy"] == found.score
    one, other = (
        keras_deep.load(path).get_weights()
        for path in (found.model, tmp_path / "again" / "best.keras")
    )
    for a, b in zip(one, other, strict=True):
        np.testing.assert_array_equal(a, b)


def test_the_tables_hold_all_trials(found):
    folder = found.config.parent
    written = json.loads((folder / "trials.json").read_text())
    assert written["best"] == found.trial
    assert written["trials"] == json.loads(json.dumps(found.trials))
    with open(folder / "trials.csv", newline="") as file:
        rows = [*csv.DictReader(file)]
    assert [row["trial"] for row in rows] == [r["trial"] for r in found.trials]
    assert [row["score"] for row in rows] == [
        "" if row["score"] is None else str(row["score"])
        for row in found.trials
    ]
    assert float(rows[2]["learning_rate"]) == pytest.approx(
        found.trials[2]["values"]["learning_rate"]
    )


def test_tensorboard_has_hyperparameters_and_scalars(found):
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import (
        EventAccumulator,
    )
    from tensorboard.plugins.hparams import plugin_data_pb2

    logs = found.config.parent / "logs"
    for row in found.trials:
        events = EventAccumulator(str(logs / row["trial"])).Reload()
        tags = events.PluginTagToContent("hparams")
        start = plugin_data_pb2.HParamsPluginData.FromString(
            tags["_hparams_/session_start_info"]
        ).session_start_info
        told = {k: v.number_value for k, v in start.hparams.items()}
        assert told == row["values"] and start.group_name == row["trial"]
        end = plugin_data_pb2.HParamsPluginData.FromString(
            tags["_hparams_/session_end_info"]
        ).session_end_info
        assert end.status == (2 if row["status"] == "FAILED" else 1)
        if row["score"] is not None:
            values = [e.value for e in events.Scalars("val_accuracy")]
            assert max(values) == pytest.approx(row["score"])
    events = EventAccumulator(str(logs)).Reload()
    experiment = plugin_data_pb2.HParamsPluginData.FromString(
        events.PluginTagToContent("hparams")["_hparams_/experiment"]
    ).experiment
    known = {info.name: info for info in experiment.hparam_infos}
    assert {*known} == {*found.best}
    rate = known["learning_rate"].domain_interval
    assert (rate.min_value, rate.max_value) == (1e-3, 0.1)


def test_pictures_are_drawn(found):
    for name in ("parallel_coordinates.png", "objective_over_time.png"):
        with Image.open(found.config.parent / name) as picture:
            pixels = np.asarray(picture.convert("RGB"))
        # The best trial is drawn in red.
        assert (pixels == (214, 39, 40)).all(-1).sum() > 100


def test_what_a_trial_prints_is_in_its_folder(images, tmp_path, capsys, found):
    log = found.config.parent / "trials" / "0003" / "log.txt"
    assert "epoch 2/2" in log.read_text()
    # The same call again has nothing to do, and says the same.
    again = search(images, found.config.parent, trials=4)
    assert again.trials == found.trials and again.best == found.best
    assert "epoch" not in capsys.readouterr().out


@pytest.mark.parametrize(
    "change, message",
    [
        ({"seed": 2}, "data.seed=1 in its search.json"),
        ({"epochs": 3}, "config.epochs=2"),
        ({"depth": 3}, "build.arguments.depth=2"),
        ({"search": {"units": [4, 8]}}, "search.space.units"),
        ({"tuner": "bayesian"}, "search.tuner='random'"),
        ({"max_parameters": 10**6}, "search.limits.max_parameters=None"),
    ],
    ids=lambda value: [*value][0] if isinstance(value, dict) else "",
)
def test_another_search_is_refused(images, found, change, message):
    with pytest.raises(FileExistsError, match=re.escape(message)):
        search(images, found.config.parent, **change)


def test_a_larger_budget_goes_on(images, found, tmp_path):
    folder = tmp_path / "run"
    shutil.copytree(found.config.parent, folder)
    more = search(images, folder, trials=5)
    assert scores(more)[:4] == scores(found) and len(more.trials) == 5
