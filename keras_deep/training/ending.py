"""How a run ends: its files, and what the user is told when it stopped."""

import dataclasses
import pathlib
import shlex
import tempfile

import keras

from keras_deep.models.card import card
from keras_deep.models.saving import save
from keras_deep.training.config import Config
from keras_deep.training.curve import draw_curve
from keras_deep.training.run_folder import BEST
from keras_deep.training.run_folder import CURVE
from keras_deep.training.run_folder import LAST
from keras_deep.training.run_folder import RESULT
from keras_deep.training.run_folder import RunFolder
from keras_deep.training.state.checkpoints import Checkpoints
from keras_deep.utils.errors import Diverged
from keras_deep.utils.files import written_whole
from keras_deep.utils.json_text import json_text


@dataclasses.dataclass(frozen=True)
class Run:
    """A run of training.

    Args:
        model: `keras.Model`.
        config: `Config`.
        folder: `RunFolder`, or `None` to write nothing.
        first: list of arrays, the weights of a model that came ready, or
            `None`.
        checkpoints: `Checkpoints` of the run, which only the chief writes, or
            `None` for none.
    """

    model: keras.Model
    config: Config
    folder: RunFolder | None
    first: list | None
    checkpoints: Checkpoints | None = None


def write_result(folder, model, history):
    """Writes the best weights, the result and the learning curve.

    Where the disk has no room, weights and result are tried in a folder of
    temporary files.

    Args:
        folder: `RunFolder`, or `None` to write nothing.
        model: `keras.Model` with the best weights and its card.
        history: dict of lists.

    Raises:
        OSError: if a file could not be written; it says where the weights are.
    """
    if folder is None:
        return
    try:
        save(model, folder / BEST, overwrite=True)
        _write_card(folder / RESULT, model)
        draw_curve(history, folder / CURVE, title=model.name)
    except OSError as error:
        raise OSError(f"{error}. {_write_elsewhere(model)[1]}.") from error


def interrupted(run, best, guard, kind):
    """Returns the error that ends a run which a signal stopped.

    The folder gets the weights of this moment.

    Args:
        run: `Run`.
        best: `BestWeights`.
        guard: `Guard`.
        kind: class of the error, `KeyboardInterrupt` or a subclass.
    """
    folder, model = run.folder, run.model
    text = f"Stopped after {guard.place}."
    if folder is None:
        return kind(f"{text} No files were asked for.")
    if best.restored:
        path, done = _save(model, folder / BEST)
        text = f"{text} {done}, the weights of the best epoch, {best.epoch}."
    else:
        path, done = _save(model, folder / LAST)
        text = f"{text} {done}, the weights of that step.{_best_file(best)}"
    text += f" `keras-deep evaluate {shlex.quote(str(path))}` measures them."
    if folder.checkpoints.paths():
        text += " The same call goes on from there."
    return kind(
        f"{text} The same call with `overwrite=True` (`--force`) starts anew "
        "and replaces these files; with another `output` it keeps them."
    )


def diverged(run, best, error):
    """Returns the error that ends a run whose values are not finite.

    The model and the folder get the last finite weights.

    Args:
        run: `Run`.
        best: `BestWeights`.
        error: `Diverged`, which says what was found.
    """
    text = f"Expected finite losses and weights. Received: {error}."
    if best.last_epoch is not None:
        best.restore_last()
        text += f" The model has the weights of epoch {best.last_epoch} again."
        if run.folder is not None:
            done = _save(run.model, run.folder / LAST)[1]
            text += f" {done}.{_best_file(best)}"
    elif run.first is not None:
        run.model.set_weights(run.first)
        text += " The model has the weights that it came with again."
    else:
        text += " No epoch had ended, so that no weights are kept."
    return Diverged(
        f"{text} Try a lower `learning_rate` than "
        f"{run.config.learning_rate:g}, or "
        '`schedule="cosine"`, which warms up, and look for images that are '
        "not finite."
    )


def _best_file(best):
    if best.saved_epoch is None:
        return ""
    return f" {best.path} has those of epoch {best.saved_epoch}, the best."


def _save(model, path):
    """Saves a model, where the disk is full among the temporary files."""
    try:
        save(model, path, overwrite=True)
        return path, f"Wrote {path}"
    except OSError as error:
        path, done = _write_elsewhere(model)
        return path, f"{error}. {done}"


def _write_elsewhere(model):
    """Saves a model among the temporary files; returns the path and words."""
    path = pathlib.Path(tempfile.gettempdir(), BEST)
    try:
        path = pathlib.Path(tempfile.mkdtemp(prefix="keras_deep-"), BEST)
        save(model, path)
        _write_card(path.with_name(RESULT), model)
    except OSError as error:
        return path, f"Nor could the weights be written elsewhere: {error}"
    return path, f"The weights are in {path} instead"


def _write_card(path, model):
    with written_whole(path) as temporary:
        text = json_text(card(model).to_dict(), indent=2)
        temporary.write_text(f"{text}\n", encoding="utf-8")
