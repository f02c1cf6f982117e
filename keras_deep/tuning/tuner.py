"""keras-tuner's loop over trials, with our training in it."""

import traceback

from keras_tuner import errors
from keras_tuner.engine import base_tuner

from keras_deep.tuning.search_folder import STATE


class Tuner(base_tuner.BaseTuner):
    """Trains the trials of an oracle of this process, or of another one.

    Args:
        oracle: oracle of `keras_deep.tuning.oracles`. That of another process
            is asked in its place where keras-tuner's variables of the
            environment say so.
        training: `TrialTraining`.
        folder: `pathlib.Path` of the search.
    """

    def __init__(self, oracle, training, folder):
        self.training = training
        super().__init__(
            oracle,
            training.hypermodel,
            directory=str(folder),
            project_name=STATE,
        )
        if self._is_worker():
            from keras_deep.tuning.client import with_patience

            with_patience(self.oracle)

    def run_trial(self, trial):
        """Trains a trial and returns what it measured."""
        return self.training.train(trial.trial_id, trial.hyperparameters)

    def _try_run_and_update_trial(self, trial, *args, **kwargs):
        """Trains a trial, without the traceback that keras-tuner prints."""
        try:
            self._run_and_update_trial(trial, *args, **kwargs)
            trial.status = "COMPLETED"
        except errors.FatalError:
            raise
        except Exception:
            trial.status, trial.message = "INVALID", traceback.format_exc()

    def save(self):
        """Does nothing: the oracle writes the state with every change."""

    def _populate_initial_space(self):
        if self._is_worker() or self.oracle.load():
            return
        # Without building a network for each of the conditions.
        space = self.oracle.get_space()
        self.hypermodel.declare_hyperparameters(space)
        self.oracle.update_space(space)
