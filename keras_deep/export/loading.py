"""Loads `.keras` files and exported SavedModels."""

import pathlib

import keras

from keras_deep.export.outputs import name_of_outputs
from keras_deep.export.saved_model import CARD_ASSET
from keras_deep.export.saved_model import OUTPUT_ASSET
from keras_deep.export.saved_model import signatures
from keras_deep.export.saved_model import versions
from keras_deep.export.signatures import TENSORS
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
    layer = keras.layers.TFSMLayer(str(path), TENSORS)
    asset, kind = path / OUTPUT_ASSET, None
    if asset.is_file():
        kind = parse_json(asset.read_bytes()).get("output")
        mark_output(layer, kind)
    inputs = _input_of(path)
    outputs = layer(inputs)
    names = (name_of_outputs(kind), "probabilities", *outputs)
    outputs = outputs[next(name for name in names if name in outputs)]
    model = keras.Model(inputs, outputs, name=path.parent.name)
    if found is not None:
        attach_card(model, found)
    return model


def _input_of(path):
    """Returns the input of a SavedModel's `serving_default`."""
    import tensorflow as tf

    ((name, info),) = signatures(path)[TENSORS].inputs.items()
    return keras.Input(
        batch_shape=tuple(tf.TensorShape(info.tensor_shape)),
        dtype=tf.as_dtype(info.dtype).name,
        name=name,
    )
