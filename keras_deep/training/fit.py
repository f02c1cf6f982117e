"""Trains a model: build, fit, restore the best weights, test once."""

import dataclasses
import math

import keras

from keras_deep.models.card import Card
from keras_deep.models.card import attach_card
from keras_deep.models.card import card
from keras_deep.training.callbacks import interruptible
from keras_deep.training.check_callbacks import checked_callbacks
from keras_deep.training.config import Config
from keras_deep.training.curve import require_matplotlib
from keras_deep.training.ending import Run
from keras_deep.training.ending import write_result
from keras_deep.training.loops import loop_of
from keras_deep.training.place import place_of
from keras_deep.training.prepare import prepare
from keras_deep.training.run_call import call_of
from keras_deep.training.run_call import with_seed
from keras_deep.training.run_card import run_card
from keras_deep.training.run_folder import RunFolder
from keras_deep.training.state.checkpoints import Checkpoints
from keras_deep.training.train import train
from keras_deep.utils.errors import Diverged


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


def fit(
    build,
    data,
    config=None,
    output=None,
    overwrite=False,
    callbacks=(),
    strategy=None,
):
    """Trains a model and evaluates it once on the test images, if there are.

    The loss follows from the model's outputs, which may be probabilities or
    logits: the cross-entropy of the classes, or of two classes for a single
    output. Targets of `Data` of one's own may be vectors with a value for each
    class: one-hot or soft labels with a softmax or logits, several labels of
    an image with a sigmoid of every output. The validation images select the
    best epoch; epochs count from 1. `best.keras`, `result.json`,
    `history.csv`, `learning_curve.png` and TensorBoard's `logs` are written to
    the folder `output`. SIGINT or SIGTERM stops the training after the current
    step and writes `last.keras`. A loss that is not finite stops it, too: the
    model and `last.keras` then have the last finite weights.

    Checkpoints are written to `output`, and the same call continues a run
    that did not end, whatever ended it: its result is that of a run that was
    never stopped, bit for bit on one device with a `seed`. The number of
    devices and workers may be another then. An earlier run that ended, or was
    called otherwise, is refused unless `overwrite` is set. Where a checkpoint
    cannot be written, the training goes on with the weights in memory and
    tries again.

    A step is traced once, with variables made beforehand. In the statistics of
    batch normalisation that a fresh network is first validated with, its
    initial ones have no share, see `training.first_statistics`.

    Args:
        build: registered name, pair of a name and a dict of arguments,
            function that returns a model, or `keras.Model`.
        data: `Data` of `keras_deep.data.load`, or a dict of its arguments.
            Nothing is tested with `Data.without_test()`, for choices that the
            test images must not influence.
            With a dict, images of more than 64 pixels are brought to the
            model's own size, unless `image_size` or `large_size` is given.
        config: `Config`, or `None` for the defaults.
        output: string or path of a folder, or `None` to write nothing.
        overwrite: bool. Whether the files of an earlier run there may be
            replaced.
        callbacks: sequence of additional Keras callbacks, or one. What cannot
            work is refused before the training: see `checked_callbacks`.
        strategy: what `training.strategy` takes, or `None` for that of the
            configuration, else the active one, else the best that there is.
            A batch is that of all devices together.

    Returns:
        `Result`.

    Raises:
        FileExistsError: if the folder holds files of another run.
        ValueError: if the model does not fit the data, its outputs are of no
            kind that a loss is known for, it has another precision
            than the configuration, a callback cannot work, or a batch is
            smaller than the number of devices.
        FloatingPointError: if the losses or the weights are not finite.
        OSError: if the result cannot be written; it says where the weights
            are.
        KeyboardInterrupt: after SIGINT, with what was written; its subclass
            `keras_deep.utils.errors.Terminated` after SIGTERM.
    """
    config = config or Config()
    callbacks = checked_callbacks(callbacks, config)
    place = place_of(build, strategy or config.strategy)
    call = call_of(build, data, config)
    place.check_batch(call["data"].get("batch_size"))
    folder, checkpoints = _folder(output, overwrite, call, place)
    seed = folder and folder.data_seed
    if config.seed is None:  # Else all workers draw the same one.
        seed = place.shared_seed(seed)
    data = data if seed is None else with_seed(data, seed)
    model, data, config = prepare(build, data, config, callbacks, place)
    callbacks = [*config.callbacks(data.validation is not None), *callbacks]
    # The card is complete before the first checkpoint is written.
    found = run_card(model, data, config, build)
    attach_card(model, found)
    first = model.get_weights() if model is build else None
    run = Run(model, config, folder, first, checkpoints)
    try:
        state = folder and folder.begin(found)
        with interruptible() as stop, data.named_errors():
            loop = loop_of(model, data, config, place)
            history, measured = train(run, loop, place, state, callbacks, stop)
            found = card(model)
            found.training["result"] = measured
            write_result(folder, model, history)
    finally:
        if folder is not None:
            folder.close()
    if not math.isfinite(measured.get("test_loss", 0.0)):
        raise Diverged(
            "Expected a finite loss of the test images. Received: "
            f"test_loss={measured['test_loss']}, after a training whose "
            "losses are finite. Look for images that are not."
        )
    if folder is not None:
        folder.finish()
    return Result(model, found, history)


def _folder(output, overwrite, call, place):
    """Returns the folder, which only one worker has, and its checkpoints."""
    if output is None:
        return None, None
    require_matplotlib()
    if not place.is_chief:
        return None, Checkpoints(output, say=lambda text: None)
    folder = RunFolder(output, overwrite, call)
    return folder, folder.checkpoints
