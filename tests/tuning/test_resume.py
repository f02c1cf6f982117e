"""Hyperband's rounds are one training, and a search goes on where it was."""

import copy
import json
import re

import keras
import numpy as np
import pytest

pytest.importorskip("keras_tuner")

import keras_deep
from keras_deep import training
from keras_deep.training.callbacks import Progress
from keras_deep.training.callbacks import StepTimer
from keras_deep.training.guard import Guard
from keras_deep.training.stop_after import StopAfter
from keras_deep.tuning import training as trial_training
from keras_deep.tuning.pause import PauseAt
from keras_deep.tuning.trial_folder import read_history
from keras_deep.utils.errors import Terminated
from tests.support.searches import scores
from tests.support.searches import search

SETTINGS = {"tuner": "hyperband", "trials": 4, "epochs": 3}


@pytest.fixture(scope="module")
def whole(images, tmp_path_factory):
    """Three candidates of one epoch, and the best one with all three."""
    return search(images, tmp_path_factory.mktemp("whole") / "run", **SETTINGS)


def test_a_trial_of_a_later_round_is_the_rest_of_a_full_training(
    whole, tmp_path
):
    epochs = [row["epochs"] for row in whole.trials]
    assert epochs == [1, 1, 1, 3] and whole.trial == "0003"
    row = whole.trials[3]
    earlier = next(r for r in whole.trials if r["trial"] == row["continues"])
    assert earlier["values"] == row["values"]
    assert earlier["score"] == max(r["score"] for r in whole.trials[:3])
    folder = whole.config.parent / "trials"
    facts = json.loads((folder / "0003" / "result.json").read_text())
    full = training.fit(
        (facts["builder"], facts["arguments"]),
        facts["training"]["data"],
        training.Config(**facts["training"]["config"]),
        output=tmp_path / "full",
    )
    rows = read_history(folder / "0003")
    assert rows == read_history(tmp_path / "full") and len(rows) == 3
    # The rate of an early round is the first part of the schedule of all.
    assert read_history(folder / earlier["trial"]) == rows[:1]
    found = keras_deep.load(whole.model)
    for a, b in zip(found.get_weights(), full.model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


class StopAt(keras.callbacks.Callback):
    """Stops a training in the middle of an epoch."""

    def __init__(self, epoch, kind):
        super().__init__()
        self.epoch, self.kind = epoch, kind
        self.now = None

    def get_state(self):
        return {}

    def set_state(self, state):
        pass

    def on_epoch_begin(self, epoch, logs=None):
        self.now = epoch

    def on_train_batch_end(self, batch, logs=None):
        if (self.now, batch) == (self.epoch, 1):
            raise self.kind


def test_a_search_that_was_stopped_goes_on(
    whole, images, tmp_path, monkeypatch
):
    fit, trained = trial_training.fit, []
    # In a first round, and in the rest of the best one.
    stops = {"0001": (0, KeyboardInterrupt), "0003": (2, Terminated)}

    def stopped(build, *args, output, callbacks, **kwargs):
        trained.append(output.name)
        if output.name in stops:
            callbacks = [*callbacks, StopAt(*stops.pop(output.name))]
        return fit(build, *args, output=output, callbacks=callbacks, **kwargs)

    monkeypatch.setattr(trial_training, "fit", stopped)
    output = tmp_path / "run"
    message = "Stopped after 1 trials, within trial 0001. The same call goes on"
    with pytest.raises(KeyboardInterrupt, match=re.escape(message)):
        search(images, output, **SETTINGS)
    with pytest.raises(Terminated, match="after 3 trials, within trial 0003"):
        search(images, output, **SETTINGS)
    found = search(images, output, **SETTINGS)
    assert trained == ["0000", "0001", "0001", "0002", "0003", "0003"]
    assert scores(found) == scores(whole)
    one, other = (
        read_history(result.config.parent / "trials" / "0003")
        for result in (found, whole)
    )
    assert one == other


def test_a_training_that_ended_untold_is_not_repeated(
    whole, images, tmp_path, monkeypatch
):
    """As of a process that was killed between its end and the note of it."""
    output, calls = tmp_path / "run", []
    settings = {**SETTINGS, "tuner": "random", "trials": 1, "epochs": 1}
    events = trial_training.write_events

    def killed(*args):
        calls.append(args)
        if len(calls) == 1:
            raise KeyboardInterrupt
        return events(*args)

    monkeypatch.setattr(trial_training, "write_events", killed)
    with pytest.raises(KeyboardInterrupt):
        search(images, output, **settings)
    monkeypatch.setattr(trial_training, "fit", None)
    assert len(search(images, output, **settings).trials) == 1


@pytest.mark.parametrize(
    "callback",
    [
        *(Progress(3), StepTimer(), Guard(), StopAfter(1, 5), PauseAt(2)),
        training.first_statistics.FirstStatistics(),
        training.best_weights.BestWeights(),
    ],
    ids=lambda callback: type(callback).__name__,
)
def test_callbacks_are_copied(callback):
    """keras-tuner copies those that are given for all trials."""
    copied = copy.deepcopy(callback)
    assert type(copied) is type(callback) and copied is not callback
    assert vars(copied).keys() == vars(callback).keys()


def test_the_callbacks_of_a_search_are_copied_for_every_trial(
    images, tmp_path, monkeypatch
):
    fit, given = trial_training.fit, []

    def noted(*args, callbacks, **kwargs):
        given.append(callbacks[0])
        return fit(*args, callbacks=callbacks, **kwargs)

    monkeypatch.setattr(trial_training, "fit", noted)
    # Better is worse, so that the second epoch is no improvement.
    stop = keras.callbacks.EarlyStopping("val_loss", patience=0, mode="max")
    found = search(
        images, tmp_path / "run", trials=2, epochs=3, callbacks=[stop]
    )
    assert stop not in given and given[0] is not given[1]
    # The first one has not counted epochs for the second one.
    assert [row["epochs"] for row in found.trials] == [2, 2]
