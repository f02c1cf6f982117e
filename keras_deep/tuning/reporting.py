"""Reports the epochs of a training to a trial of Optuna."""

import keras


class Reporting(keras.callbacks.Callback):
    """Reports every epoch to a trial, and stops where its pruner says so.

    Args:
        trial: `optuna.trial.Trial`.
        objective: string, what is reported.
    """

    def __init__(self, trial, objective):
        super().__init__()
        self.trial = trial
        self.objective = objective
        self.epochs = 0
        self.pruned = False

    def on_epoch_end(self, epoch, logs=None):
        self.epochs = epoch + 1
        self.trial.report(float(logs[self.objective]), epoch)
        if self.trial.should_prune():
            self.pruned = True
            self.model.stop_training = True
