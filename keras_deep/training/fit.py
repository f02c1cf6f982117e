"""Trains a model: build, fit, restore the best weights, test once."""

import dataclasses
import math
import time

import keras

from keras_deep.models.card import Card
from keras_deep.models.card import attach_card
from keras_deep.models.card import card
from keras_deep.training.best_weights import BestWeights
from keras_deep.training.build import build_in_precision
from keras_deep.training.callbacks import Progress
from keras_deep.training.callbacks import StepTimer
from keras_deep.training.callbacks import interruptible
from keras_deep.training.check_callbacks import averaging
from keras_deep.training.check_callbacks import check_monitors
from keras_deep.training.check_callbacks import checked_callbacks
from keras_deep.training.config import Config
from keras_deep.training.curve import require_matplotlib
from keras_deep.training.data import describe
from keras_deep.training.data import load_data
from keras_deep.training.ending import Run
from keras_deep.training.ending import diverged
from keras_deep.training.ending import interrupted
from keras_deep.training.ending import write_result
from keras_deep.training.evaluate import measure
from keras_deep.training.first_statistics import FirstStatistics
from keras_deep.training.guard import Guard
from keras_deep.training.history import logging
from keras_deep.training.loss import loss_and_metrics
from keras_deep.training.optimizers import check_optimizer
from keras_deep.training.optimizers import with_scaled_loss
from keras_deep.training.run_card import run_card
from keras_deep.training.run_folder import BEST
from keras_deep.training.run_folder import RunFolder
from keras_deep.utils.errors import Diverged
from keras_deep.utils.settings import FIELDS
from keras_deep.utils.text import print_lines

# Fields of `Config` that this function does not read yet.
_UNREAD = ("accumulate_steps", "label_smoothing", "strategy", "batch_norm")
_UNREAD += ("checkpoint_steps", "checkpoint_minutes")


@dataclasses.dataclass(frozen=True)
class Result:
    """The result of a training run.

    Args:
        model: `keras.Model` with the weights of the best epoch.
        card: `Card` of the model, also written to `result.json`.
        history: dict of lists, one value per epoch.
    """

    model: keras.Model
    card: Card
    history: dict


def fit(build, data, config=None, output=None, overwrite=False, callbacks=()):
    """Trains a model and evaluates it once on the test images.

    The loss follows from the model's outputs, which may be probabilities or
    logits: the cross-entropy of the classes, or of two classes for a single
    output. The validation images select the best epoch; epochs count from 1.
    `best.keras`, `result.json`, `history.csv`, `learning_curve.png` and
    TensorBoard's `logs` are written to the folder `output`. SIGINT or SIGTERM
    stops the training after the current step and writes `last.keras`. A loss
    that is not finite stops it, too: the model and `last.keras` then have the
    last finite weights.

    A folder that holds a file of an earlier run, however that ended, is
    refused unless `overwrite` is set. Where a checkpoint cannot be written,
    the training goes on with the weights in memory and tries again.

    A step is traced once, with variables made beforehand. In the statistics of
    batch normalisation that a fresh network is first validated with, its
    initial ones have no share, see `training.first_statistics`.

    Args:
        build: registered name, pair of a name and a dict of arguments,
            function that returns a model, or `keras.Model`.
        data: `Data` of `keras_deep.data.load`, or a dict of its arguments.
            With a dict, images of more than 64 pixels are brought to the
            model's own size, unless `image_size` or `large_size` is given.
        config: `Config`, or `None` for the defaults.
        output: string or path of a folder, or `None` to write nothing.
        overwrite: bool. Whether the files of an earlier run there may be
            replaced.
        callbacks: sequence of additional Keras callbacks, or one. What cannot
            work is refused before the training: see `checked_callbacks`.

    Returns:
        `Result`.

    Raises:
        FileExistsError: if the folder holds files of an earlier run.
        ValueError: if the model does not fit the data, its outputs are of no
            kind that a loss is known for, it has another precision
            than the configuration, or a callback cannot work.
        FloatingPointError: if the losses or the weights are not finite.
        OSError: if the result cannot be written; it says where the weights
            are.
        KeyboardInterrupt: after SIGINT, with what was written; its subclass
            `keras_deep.utils.errors.Terminated` after SIGTERM.
    """
    config = config or Config()
    _refuse_unread(config)
    callbacks = checked_callbacks(callbacks, config)
    folder = _folder(output, overwrite)
    start = time.perf_counter()
    model, data, config = _build(build, data, config, callbacks)
    needed = config.callbacks(data.validation is not None)
    # The card is complete before the first checkpoint is written.
    attach_card(model, run_card(model, data, config, build))
    if folder is not None:
        folder.begin()
    first = model.get_weights() if model is build else None
    run = Run(model, config, folder, first)
    with interruptible() as stop, data.named_errors():
        history, measured = _train(run, data, [*needed, *callbacks], stop)
        measured["seconds"] = time.perf_counter() - start
        found = card(model)
        found.training["result"] = measured
        write_result(folder, model, history)
    if not math.isfinite(measured["test_loss"]):
        raise Diverged(
            "Expected a finite loss of the test images. Received: "
            f"test_loss={measured['test_loss']}, after a training whose "
            "losses are finite. Look for images that are not."
        )
    return Result(model, found, history)


def _train(run, data, callbacks, stop):
    """Returns the history and what was measured; the best weights are in."""
    guard, timer, shown = Guard(), StepTimer(), Progress(run.config.epochs)
    best = BestWeights(run.folder and run.folder / BEST, shown.say)
    logs = logging(run.folder, shown.say)
    try:
        history = run.model.fit(
            data.train,
            epochs=run.config.epochs,
            validation_data=data.validation,
            shuffle=False,  # The pipeline shuffles.
            verbose=0,
            callbacks=[
                timer,
                FirstStatistics(),
                guard,
                *averaging(run.config),
                *callbacks,
                # These write what the others made of an epoch.
                *logs,
                shown,
                best,
                stop,
            ],
        ).history
        if best.epoch is None:
            raise Diverged("no epoch whose losses are finite")
        best.restore()
        measured = _evaluate(run.model, data, stop)
    except KeyboardInterrupt as error:
        raise interrupted(run, best, guard, type(error)) from None
    except Diverged as error:
        raise diverged(run, best, error) from None
    finally:
        shown.close()
        for callback in logs:
            callback.close()
    return history, {
        **measured,
        "validation_accuracy": best.accuracy,
        "best_epoch": best.epoch,
        "seconds_per_step": timer.median,
    }


def _refuse_unread(config):
    for name in _UNREAD:
        value = getattr(config, name)
        if value not in (FIELDS[name], "one_device"):
            raise ValueError(
                f"Expected `{name}` to be {FIELDS[name]!r}, as nothing reads "
                f"it yet. Received: {name}={value!r}"
            )


def _folder(output, overwrite):
    if output is None:
        return None
    require_matplotlib()
    return RunFolder(output, overwrite)


def _build(build, data, config, callbacks):
    """Returns the compiled model, the data, and what precision it has."""
    if config.seed is not None:
        keras.utils.set_random_seed(config.seed)
        if keras.backend.backend() == "tensorflow":
            import tensorflow as tf

            tf.config.experimental.enable_op_determinism()
    data = load_data(build, data)
    print_lines(describe(data))
    check_monitors(callbacks, data.validation is not None)
    model, precision = build_in_precision(build, data, config.precision)
    config = dataclasses.replace(config, precision=precision)
    config = config.with_epochs(len(data.train))
    optimizer = config.make_optimizer(config.steps(len(data.train)), model)
    check_optimizer(model, optimizer)
    loss, metrics = loss_and_metrics(model)
    optimizer = with_scaled_loss(model, optimizer)
    model.compile(
        optimizer,
        loss,
        metrics=metrics,
        jit_compile=config.jit_compile,
        steps_per_execution=config.steps_per_execution,
    )
    # TensorFlow traces a step twice that makes variables, those of metrics
    # too, which are therefore no names.
    model.optimizer.build(model.trainable_variables)
    return model, data, config


def _evaluate(model, data, stop):
    with data.named_errors():
        measured = measure(model, data.test, [stop])
    return {f"test_{name}": value for name, value in measured.items()}
