"""Trains to the end with all callbacks of a run, then tests once, if at all."""

import time

import keras

from keras_deep.training.best_weights import BestWeights
from keras_deep.training.callbacks import Progress
from keras_deep.training.callbacks import StepTimer
from keras_deep.training.check_callbacks import averaging
from keras_deep.training.ending import diverged
from keras_deep.training.ending import interrupted
from keras_deep.training.evaluate import measure
from keras_deep.training.first_statistics import FirstStatistics
from keras_deep.training.guard import Guard
from keras_deep.training.history import logging
from keras_deep.training.run_folder import BEST
from keras_deep.training.state.checkpointer import Checkpointer
from keras_deep.training.state.options import Every
from keras_deep.training.state.trained import Trained
from keras_deep.training.targets import has_vectors
from keras_deep.utils.errors import Diverged


def train(run, loop, place, state, callbacks, stop):
    """Trains a model; the best weights are in it then, on all workers.

    Args:
        run: `Run`.
        loop: see `loop_of`.
        place: `Place`.
        state: `State` to go on with, or `None`.
        callbacks: list of the user's Keras callbacks.
        stop: what `interruptible` yields.

    Returns:
        Dict of lists, the history, and dict of what was measured.
    """
    config, data = run.config, loop.data
    guard, timer = Guard(), StepTimer()
    shown = Progress(config.epochs, quiet=not place.is_chief)
    best = BestWeights(run.folder and run.folder / BEST, shown.say)
    logs = logging(run.folder, shown.say)
    history = keras.callbacks.History()
    callbacks = [
        *(timer, FirstStatistics(), guard, *averaging(config), *callbacks),
        # These write what the others made of an epoch.
        *(*logs, shown, best, history),
    ]
    saver, begun = None, time.monotonic()
    try:
        start, savers = (0, 0), []
        if run.checkpoints is not None:
            run.checkpoints.say = shown.say
            saver = _checkpointer(run, loop, place, callbacks, stop)
            start, savers = saver.resume(state, config.epochs), [saver]
        loop.fit([*callbacks, *savers, stop], start)
        if best.epoch is None:
            raise Diverged("no epoch whose losses are finite")
        if place.is_chief:
            best.restore()
        place.share(run.model)
        measured = {}
        if data.test is not None:
            with data.named_errors():
                vectors = has_vectors(data, run.model)
                measured = measure(run.model, data.test, [stop], vectors)
    except KeyboardInterrupt as error:
        raise interrupted(run, best, guard, type(error)) from None
    except Diverged as error:
        raise diverged(run, best, error) from None
    finally:
        shown.close()
        for callback in logs:
            callback.close()
    return history.history, {
        **{f"test_{name}": value for name, value in measured.items()},
        "validation_accuracy": best.accuracy,
        "best_epoch": best.epoch,
        "seconds_per_step": timer.median,
        "seconds": saver.seconds if saver else time.monotonic() - begun,
    }


def _checkpointer(run, loop, place, callbacks, stop):
    """Returns the callback that writes checkpoints."""
    trained = Trained(run.model, callbacks, loop.parts, loop.read, loop.write)
    config = run.config
    every = Every(
        config.checkpoint_steps, config.checkpoint_minutes, loop.within
    )
    return Checkpointer(trained, run.checkpoints, every, stop, place.workers())
