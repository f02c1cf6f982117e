"""Exports SavedModels in numbered directories, as TF Serving expects them."""

import pathlib

from keras_deep.models.card import card_if_clear
from keras_deep.models.output_kind import output_kind
from keras_deep.utils.checks import check_sizes
from keras_deep.utils.files import check_folder
from keras_deep.utils.files import refuse_existing
from keras_deep.utils.files import written_whole
from keras_deep.utils.json_text import json_text

# TensorFlow leaves the files of this folder unchanged.
CARD_ASSET = "assets.extra/keras_deep.json"
OUTPUT_ASSET = "assets.extra/keras_deep_output.json"


def saved_model(model, directory, version=None):
    """Writes a model as `directory/version`, a SavedModel for TF Serving.

    The signature `serve` takes a batch of preprocessed images, as the model
    does. The card is written as an extra asset, and whether the outputs are
    probabilities or logits as another.

    Args:
        model: `keras.Model`. The backend must be TensorFlow, or JAX with
            TensorFlow installed.
        directory: string or path, the model's directory on the server.
        version: int, or `None` for the newest existing one plus one.

    Returns:
        `pathlib.Path` of the version's folder.

    Raises:
        FileExistsError: if the version exists.
        NotADirectoryError: if `directory` is a file.
        ValueError: if `version` is not a positive int.
        ImportError: if TensorFlow is not installed.
    """
    _require_tensorflow()
    directory = pathlib.Path(directory)
    check_folder(directory, "directory")
    if version is None:
        version = max(versions(directory), default=0) + 1
    check_sizes(version=version)
    path = directory / str(version)
    refuse_existing(path, "Pass another `version`.")
    with written_whole(path) as temporary:
        model.export(temporary, format="tf_saved_model", verbose=False)
        _write_assets(model, temporary)
    return path


def _write_assets(model, folder):
    assets = {}
    found = card_if_clear(model)
    if found is not None:
        assets[CARD_ASSET] = found.to_dict()
    try:
        assets[OUTPUT_ASSET] = {"output": output_kind(model)}
    except ValueError:
        pass  # Nobody can say: then `evaluate` refuses the export, too.
    for name, value in assets.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json_text(value, indent=2))


def versions(directory):
    """Returns the sorted versions in a directory of SavedModels."""
    directory = pathlib.Path(directory)
    if not directory.is_dir():
        return []
    return sorted(int(p.name) for p in directory.iterdir() if p.name.isdigit())


def _require_tensorflow():
    try:
        import tensorflow  # noqa: F401
    except ImportError as error:
        raise ImportError(
            "A SavedModel needs TensorFlow: pip install "
            "'keras_deep[tensorflow]' or 'keras_deep[tensorflow-cpu]'."
        ) from error
