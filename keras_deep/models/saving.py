"""Saving and loading `.keras` files with the card."""

import contextlib
import json
import pathlib
import zipfile
import zlib

import keras

from keras_deep.layers.carrying import CARD_KEY
from keras_deep.layers.stock_named import stock_class
from keras_deep.models.card import attach_card
from keras_deep.models.card import card_if_clear
from keras_deep.models.card import cards
from keras_deep.models.card import parse_card
from keras_deep.models.copying import cloned
from keras_deep.models.copying import compiled_like
from keras_deep.models.half_precision import precision_of_file
from keras_deep.models.unstack import unstacked
from keras_deep.utils.files import check_new_file
from keras_deep.utils.files import existing_file
from keras_deep.utils.files import written_whole
from keras_deep.utils.json_text import json_text

CARD_MEMBER = "keras_deep.json"
_MEMBERS = {"config.json", "model.weights.h5"}


def save(model, path, overwrite=False, portable=False):
    """Saves a model with its card as a `.keras` file.

    The file is complete or not there: it is written under another name first.
    `keras.models.load_model` reads it too, and without the card where this
    package is not installed: files name Keras's layers in place of this
    package's faster ones. Only stacked blocks and layers that Keras has none
    of, such as `StochasticDepth`, need the package.

    Args:
        model: `keras.Model`.
        path: string or path that ends in `.keras`.
        overwrite: bool. Whether an existing file may be replaced.
        portable: bool. Whether to write stacked blocks as ordinary layers,
            and no name of this package, for a file that loads where only
            Keras is installed.

    Raises:
        ValueError: if `path` has another ending.
        FileExistsError: if the file exists and `overwrite` is not set.
        OSError: if nothing can be written there.
    """
    path = pathlib.Path(path)
    if path.suffix != ".keras":
        raise ValueError(
            "Expected `path` to end in `.keras`. Received: "
            f"path={str(path)!r}. For a SavedModel use "
            "`keras_deep.export.saved_model`."
        )
    check_new_file(
        path, "path", overwrite, "Pass `overwrite=True` to replace it."
    )
    found = card_if_clear(model)
    if portable:
        model = compiled_like(model, with_stock_layers(unstacked(model)))
    with written_whole(path) as temporary:
        model.save(temporary)
        if found is not None:
            with zipfile.ZipFile(temporary, "a") as archive:
                archive.writestr(CARD_MEMBER, json_text(found.to_dict()))


def load_file(path):
    """Loads a `.keras` file and attaches its card, if it has one.

    Args:
        path: string or path of the file.

    Returns:
        `keras.Model`.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if the file is not a Keras file or damaged, or its card is
            of a newer format.
    """
    path = existing_file(path, "a `.keras` file")
    with _named_damage(path):
        _check_archive(path)
        found = read_card(path)  # First: a newer file may have unknown layers.
        with precision_of_file(path):
            model = keras.models.load_model(path)
    if found is not None and not _carries(model, found):
        attach_card(model, found)
    return model


def _carries(model, found):
    """Returns whether the layers of a model, or nested ones, have a card."""
    return found in cards(model) or found == card_if_clear(model)


@contextlib.contextmanager
def _named_damage(path):
    """Names the file in what the readers of its parts raise."""
    try:
        yield
    except (OSError, EOFError, KeyError, zipfile.BadZipFile, zlib.error) as e:
        raise ValueError(
            f"Expected a complete `.keras` file. Received: {str(path)!r}, "
            f"which is damaged: {type(e).__name__}: {e}"
        ) from e


def _check_archive(path):
    if not zipfile.is_zipfile(path):
        raise ValueError(
            "Expected a `.keras` file, which is a zip archive. Received: "
            f"{str(path)!r}, which is something else or incomplete."
        )
    with zipfile.ZipFile(path) as archive:
        members = archive.namelist()
    if not _MEMBERS <= set(members):
        raise ValueError(
            "Expected a `.keras` file of Keras 3, an archive with the members "
            f"{sorted(_MEMBERS)}. Received: {str(path)!r} with {members[:5]}"
        )
    if path.suffix != ".keras":
        raise ValueError(
            "Expected a file whose name ends in `.keras`, as Keras demands. "
            f"Received: {str(path)!r}. Rename it."
        )


def read_card(path):
    """Reads the card of a `.keras` file, whoever saved it.

    Returns:
        `Card`, or `None` if the file has none, or several models with
        different ones.

    Raises:
        ValueError: see `parse_card`.
    """
    if not zipfile.is_zipfile(path):
        return None
    with zipfile.ZipFile(path) as archive:
        members = archive.namelist()
        if CARD_MEMBER in members:
            return parse_card(archive.read(CARD_MEMBER), str(path))
        config = (
            archive.read("config.json") if "config.json" in members else b""
        )
    return _card_of_config(config, path)


def _card_of_config(text, path):
    """Returns the card that the layers in a file carry, or `None`."""
    if CARD_KEY.encode() not in text:
        return None
    found = []

    def note(part):
        if CARD_KEY in part and part[CARD_KEY] not in found:
            found.append(part[CARD_KEY])
        return part

    json.loads(text, object_hook=note)
    if len(found) != 1:
        return None
    return parse_card(json_text(found[0]), str(path))


def with_stock_layers(model):
    """Copies a model with Keras's own layers in place of this package's.

    Args:
        model: functional `keras.Model`.

    Returns:
        `keras.Model` with equal weights and outputs, not compiled.
    """
    copy = cloned(model, _stock_layer)
    copy.set_weights(model.get_weights())
    return copy


def _stock_layer(layer):
    """Copies a layer, as its parent class if it is a faster version of it."""
    return stock_class(layer).from_config(layer.get_config())
