"""Loads `.keras` files and exported SavedModels."""

import pathlib

import keras

from keras_deep.export.saved_model import CARD_ASSET
from keras_deep.export.saved_model import OUTPUT_ASSET
from keras_deep.export.saved_model import versions
from keras_deep.models.card import attach_card
from keras_deep.models.card import parse_card
from keras_deep.models.output_kind import mark_output
from keras_deep.models.saving import load_file
from keras_deep.utils.json_text import parse_json


def load(path):
    """Loads a model with its card.

    Args:
        path: string or path: a `.keras` file, the folder of a SavedModel, or
            a directory of numbered SavedModels, whose newest is loaded.

    Returns:
        `keras.Model`. One from a SavedModel predicts but cannot be trained.

    Raises:
        FileNotFoundError: if `path` does not exist.
        ValueError: if `path` is something else, or the card is of a newer
            format.
    """
    path = pathlib.Path(path)
    if not path.is_dir():
        return load_file(path)
    if (path / "saved_model.pb").is_file():
        return _load_saved_model(path)
    found = versions(path)
    if not found:
        raise ValueError(
            "Expected a `.keras` file, a SavedModel or a folder with numbered "
            f"SavedModels. Received: {str(path)!r}, a folder without any."
        )
    return _load_saved_model(path / str(found[-1]))


def _load_saved_model(path):
    asset = path / CARD_ASSET
    found = None
    if asset.is_file():
        found = parse_card(asset.read_bytes(), str(asset))
    layer = keras.layers.TFSMLayer(str(path), "serving_default")
    asset = path / OUTPUT_ASSET
    if asset.is_file():
        mark_output(layer, parse_json(asset.read_bytes()).get("output"))
    _, arguments = layer.call_endpoint_fn.structured_input_signature
    ((name, spec),) = arguments.items()
    inputs = keras.Input(
        batch_shape=tuple(spec.shape), dtype=spec.dtype.name, name=name
    )
    (outputs,) = layer(inputs).values()
    model = keras.Model(inputs, outputs, name=path.parent.name)
    if found is not None:
        attach_card(model, found)
    return model
