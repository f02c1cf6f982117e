"""Passes over the batches of an epoch, with Keras's callbacks."""

import keras
import numpy as np

from keras_deep.training.strategies import is_multi_worker
from keras_deep.training.trainer.loops import Loops
from keras_deep.training.trainer.replicas import average_statistics
from keras_deep.training.trainer.replicas import gathered
from keras_deep.training.trainer.steps import Steps


class Epochs:
    """Trains, measures and predicts on all batches of an iterator.

    Args:
        model: `keras.Model`, compiled.
        strategy: `tf.distribute.Strategy`.
        accumulate_steps: int, see `Trainer`.
    """

    def __init__(self, model, strategy, accumulate_steps):
        self.model = model
        self.accumulate_steps = accumulate_steps
        self.steps = Steps(model, strategy, accumulate_steps)
        self.average_statistics = average_statistics(model, strategy)
        self._loops = Loops(model, strategy, self.steps)
        self._strategy = strategy
        self._together = is_multi_worker(strategy)

    def fit(self, batches, held, frequency, start, end, callbacks):
        """Trains from one place to another; returns the last logs.

        Args:
            batches: `Batches`.
            held: `Batches` to validate with, or `None`.
            frequency: int, epochs between validations.
            start: tuple of an epoch and a step of it.
            end: tuple of the last epoch and the number of its steps.
            callbacks: `keras.callbacks.CallbackList`.
        """
        logs, (first, step), (last, steps) = {}, start, end
        for epoch in range(first, last + 1):
            if not step:
                self.model.reset_metrics()
            callbacks.on_epoch_begin(epoch)
            until = steps if epoch == last else batches.steps
            logs = self.train(batches, epoch, step, until, callbacks)
            step = 0
            if held is not None and (epoch + 1) % frequency == 0:
                found = self.evaluate(held, callbacks)
                logs |= {f"val_{name}": value for name, value in found.items()}
            callbacks.on_epoch_end(epoch, logs)
            if self._stops():
                break
        if last >= 0:
            weights = self.model.trainable_variables
            self.model.optimizer.finalize_variable_values(weights)
        return logs

    def train(self, batches, epoch, step, steps, callbacks):
        """Trains on the rest of an epoch; returns the logs.

        Args:
            batches: `Batches`.
            epoch: int, from 0.
            step: int, the first one.
            steps: int, where the epoch ends, or `None` if that is unknown.
            callbacks: `keras.callbacks.CallbackList`.
        """
        iterator = batches.of(epoch, step)
        while steps is None or step < steps:
            number = self._number(steps, step)
            callbacks.on_train_batch_begin(step)
            logs = _unless_ended(self._train, iterator, number)
            if logs is None:
                break
            step += number
            batches.passed(number)
            callbacks.on_train_batch_end(step - 1, logs)
            # A callback stops several workers together, after the epoch.
            if self.model.stop_training and not self._together:
                break
        if self.steps.pending:
            self._loops.apply_rest(float(self.steps.pending))
            self.steps.pending = 0
        self.average_statistics()
        return _floats(self._loops.results())

    def evaluate(self, batches, callbacks):
        """Measures the model; returns the logs."""
        self.model.stop_evaluating = False  # Callbacks set it.
        callbacks.on_test_begin()
        self.model.reset_metrics()
        iterator, step = batches.of(0), 0
        while batches.steps is None or step < batches.steps:
            callbacks.on_test_batch_begin(step)
            logs = _unless_ended(self._loops.test, iterator, 1)
            if logs is None:
                break
            callbacks.on_test_batch_end(step, logs)
            step += 1
            if self.model.stop_evaluating:
                break
        found = _floats(self._loops.results())
        callbacks.on_test_end(found)
        return found

    def predict(self, batches):
        """Returns the outputs of all batches as arrays."""
        iterator, found = batches.of(0), []
        while batches.steps is None or len(found) < batches.steps:
            outputs = _unless_ended(self._loops.predict, iterator)
            if outputs is None:
                break
            found.append(outputs)
        return keras.tree.map_structure(
            lambda *parts: np.concatenate([np.asarray(x) for x in parts]),
            *found,
        )

    def _stops(self):
        """Whether to stop: workers decide together."""
        if self._together:
            asked = gathered(self._strategy, self.model.stop_training)
            self.model.stop_training = bool(asked.max())
        return self.model.stop_training

    def _number(self, steps, step):
        """Returns how many steps to run in one call."""
        several = max(1, self.model.steps_per_execution)
        # Where the data end is not known they end between two calls.
        return 1 if steps is None else min(several, steps - step)

    def _train(self, iterator, number):
        """Trains on a number of batches and returns the metrics."""
        loops, batches = self._loops, self.accumulate_steps
        if batches == 1:
            return loops.train(iterator, number)
        while number:
            count = min(number, batches - 1 - self.steps.pending)
            if count:
                logs = loops.accumulate(iterator, count)
                self.steps.pending += count
            else:
                count = 1
                logs = loops.accumulate_and_apply(iterator, 1)
                self.steps.pending = 0
            number -= count
        return logs


def _unless_ended(call, *arguments):
    """Returns what a call returns, or `None` if the dataset has ended."""
    import tensorflow as tf

    try:
        return call(*arguments)
    except (StopIteration, tf.errors.OutOfRangeError):
        return None


def _floats(logs):
    return {
        name: np.asarray(value).tolist() if np.ndim(value) else float(value)
        for name, value in logs.items()
    }
