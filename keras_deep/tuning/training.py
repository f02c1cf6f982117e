"""Trains the candidates of a search, each in a folder of its own."""

import contextlib
import copy
import shutil
import time
import traceback

import keras

from keras_deep.training.fit import fit
from keras_deep.training.run_folder import RESULT
from keras_deep.training.state.lock import Lock
from keras_deep.tuning.events import write_events
from keras_deep.tuning.pause import PauseAt
from keras_deep.tuning.pause import Paused
from keras_deep.tuning.search_folder import LOGS
from keras_deep.tuning.search_folder import TRIALS
from keras_deep.tuning.trial_folder import LOG
from keras_deep.tuning.trial_folder import best_row
from keras_deep.tuning.trial_folder import note_failure
from keras_deep.tuning.trial_folder import read_history

_PATIENCE = 60.0  # seconds, for a process of a trial that has to end
_PAUSE = 0.1


class TrialTraining:
    """Trains candidates by `training.fit`.

    The test images are not looked at. What a training prints goes to the file
    `log.txt` of its folder.

    Args:
        folder: `SearchFolder`, or path, of the search.
        hypermodel: what `keras_deep.tuning.hypermodel` returns.
        data: `TrialData`.
        config: `Config` with the settings that are not searched.
        objective: `keras_tuner.Objective`.
        strategy: as in `training.fit`.
        callbacks: sequence of Keras callbacks, copied for every trial.
    """

    def __init__(
        self, folder, hypermodel, data, config, objective, strategy, callbacks
    ):
        self.folder = folder
        self.hypermodel = hypermodel
        self.data = data
        self.config = config
        self.objective = objective
        self.strategy = strategy
        self.callbacks = list(callbacks)

    def train(self, trial_id, hyperparameters):
        """Trains a candidate, or goes on where it was stopped.

        Hyperband's trials of a later round go on with an earlier trial.

        Args:
            trial_id: string.
            hyperparameters: `keras_tuner.HyperParameters`.

        Returns:
            Dict of what was measured in the best epoch, the number of that
            epoch, `"best_epoch"`, all `"epochs"`, and `"seconds"`, those of
            the training.
        """
        path = self.folder / TRIALS / trial_id
        given = hyperparameters.values
        earlier = given.get("tuner/trial_id")
        if earlier and not path.exists():
            _copy(self.folder / TRIALS / earlier, path)
        values = self.hypermodel.values(hyperparameters)
        rows, begun = [], time.monotonic()
        try:
            if not (path / RESULT).exists():  # It may have ended untold.
                epochs = given.get("tuner/epochs", self.config.epochs)
                self._fit(path, self.hypermodel.candidate(values), epochs)
            seconds = time.monotonic() - begun
            rows = read_history(path)
            best = best_row(rows, self.objective)
        except Exception as error:
            note_failure(path, error, traceback.format_exc())
            self._write_events(trial_id, values, rows, failed=True)
            raise
        finally:
            keras.utils.clear_session(free_memory=True)
        self._write_events(trial_id, values, rows)
        return {
            **{name: best[name] for name in best if name != "epoch"},
            "best_epoch": best["epoch"],
            "epochs": len(rows),
            "seconds": seconds,
        }

    def _write_events(self, trial_id, values, rows, failed=False):
        folder = self.folder / LOGS / trial_id
        write_events(folder, trial_id, values, rows, failed)

    def _fit(self, path, candidate, epochs):
        path.mkdir(parents=True, exist_ok=True)
        _wait_for(path)
        callbacks = [*copy.deepcopy(self.callbacks), PauseAt(epochs)]
        with (
            open(path / LOG, "a", encoding="utf-8") as log,
            contextlib.redirect_stdout(log),
            contextlib.suppress(Paused),
        ):
            fit(
                (candidate.name, candidate.arguments),
                self.data.of(candidate),
                candidate.config(self.config),
                output=path,
                callbacks=callbacks,
                strategy=self.strategy,
            )


def _copy(earlier, path):
    """Copies the folder of a trial, which is whole or not there."""
    temporary = path.with_name(f".{path.name}")
    shutil.rmtree(temporary, ignore_errors=True)
    shutil.copytree(earlier, temporary)
    temporary.rename(path)


def _wait_for(path):
    """Waits until no process trains there: one that has to end may do so."""
    lock, end = Lock(path), time.monotonic() + _PATIENCE
    while not lock.take() and time.monotonic() < end:
        time.sleep(_PAUSE)
    lock.release()
