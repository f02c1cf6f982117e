"""Exports SavedModels in numbered directories, as TF Serving expects them."""

import pathlib

import keras

from keras_deep.export.comparison import named_inputs
from keras_deep.export.comparison import sample_inputs
from keras_deep.export.optimized import network_of
from keras_deep.export.outputs import kind_of
from keras_deep.export.reading import labels_of
from keras_deep.export.reading import reading_of
from keras_deep.export.saved_model_check import check_saved_model
from keras_deep.export.saved_model_check import encoded_images
from keras_deep.export.signatures import BYTES
from keras_deep.export.signatures import CLASSIFY
from keras_deep.export.signatures import IMAGE_BYTES
from keras_deep.export.signatures import TENSORS
from keras_deep.export.signatures import add_signatures
from keras_deep.export.warmup import WARMUP_ASSET
from keras_deep.export.warmup import write_warmup
from keras_deep.export.warmup import zeros
from keras_deep.models.card import card_if_clear
from keras_deep.models.nested import as_functional
from keras_deep.utils.checks import check_sizes
from keras_deep.utils.files import check_folder
from keras_deep.utils.files import refuse_existing
from keras_deep.utils.files import written_whole
from keras_deep.utils.json_text import json_text

# TensorFlow leaves the files of this folder unchanged.
CARD_ASSET = "assets.extra/keras_deep.json"
OUTPUT_ASSET = "assets.extra/keras_deep_output.json"
LABELS = "labels.txt"  # in `assets`


def saved_model(
    model,
    directory,
    version=None,
    *,
    optimize=True,
    features=False,
    top=5,
    classify=False,
):
    """Writes a model as `directory/version`, a SavedModel for TF Serving.

    `serving_default` takes a batch of preprocessed images, as the model does,
    and returns `probabilities` and, where they can be told, `logits`; of
    a model that is no classifier it is `outputs`.

    Classifiers of images with preprocessing on their card also get
    `serving_bytes`: it takes `image_bytes`, JPEG, PNG, WebP or GIF files of
    any size, and decodes, resizes, crops and normalises them as `predict`
    does. It returns, for the best classes of every image, their names
    `classes`, numbers `class_ids` and `scores`, and `error`: what is wrong
    with an image that cannot be decoded, or `""`. The others in its batch are
    answered as without it.

    The export is loaded again and compared with the model. Names of classes
    and the card are among its assets, and requests with which TF Serving
    warms it up.

    Args:
        model: `keras.Model`, also in half precision, which is written in
            float32. The backend must be TensorFlow, or JAX with TensorFlow
            installed.
        directory: string or path, the model's directory on the server.
        version: int, or `None` for the newest existing one plus one.
        optimize: bool. Whether to write a network that computes the same
            faster.
        features: bool or sequence of strings. `True` adds the output
            `features`, what the classifier's last layer takes; names of
            layers, such as `"conv3_end"`, add their outputs by these names.
        top: int, the number of classes that an image is answered with.
        classify: bool. Whether to add the signature `classify` of TF
            Serving's API of classification. It takes examples with the
            feature `image_bytes`; a broken image has empty names and scores
            of 0.

    Returns:
        `pathlib.Path` of the version's folder.

    Raises:
        FileExistsError: if the version exists.
        NotADirectoryError: if `directory` is a file.
        ValueError: if `version` or `top` is not a positive int, there are no
            such features, `classify` needs preprocessing that the card does
            not have, or the export computes something else than the model.
        ImportError: if TensorFlow is not installed.
    """
    _require_tensorflow()
    directory = pathlib.Path(directory)
    check_folder(directory, "directory")
    if version is None:
        version = max(versions(directory), default=0) + 1
    check_sizes(version=version, top=top)
    path = directory / str(version)
    refuse_existing(path, "Pass another `version`.")
    model = as_functional(model)
    reading = reading_of(model, top, required=classify)
    expected = network_of(model, False, features)
    network = network_of(model, True, features) if optimize else expected
    with written_whole(path) as temporary:
        _write(network, model, temporary, reading, classify)
        check_saved_model(temporary, expected, model, reading, optimize)
    return path


def _write(network, model, folder, reading, classify):
    """Writes the network and what else is known of the model."""
    labels = folder.parent / LABELS
    if reading is not None:
        labels.write_text(labels_of(model), encoding="utf-8")
    archive = keras.export.ExportArchive()
    add_signatures(archive, network, reading, labels, classify)
    archive.write_out(folder, verbose=False)
    if classify:
        _set_method(folder, CLASSIFY, "tensorflow/serving/classify")
    _write_assets(model, folder)
    write_warmup(folder / WARMUP_ASSET, _requests(model, reading))


def _requests(model, reading):
    inputs = {
        name: zeros(batch.shape, batch.dtype)
        for name, batch in named_inputs(model, sample_inputs(model, 1)).items()
    }
    found = [(TENSORS, inputs)]
    if reading is not None:
        image = encoded_images(reading.preprocessing)[:1]
        found.append((BYTES, {IMAGE_BYTES: image}))
    return found


def _set_method(folder, signature, method):
    """Sets what TF Serving's API of a signature is, which TensorFlow cannot."""
    from tensorflow.core.protobuf import saved_model_pb2

    path = folder / "saved_model.pb"
    found = saved_model_pb2.SavedModel.FromString(path.read_bytes())
    for graph in found.meta_graphs:
        graph.signature_def[signature].method_name = method
    path.write_bytes(found.SerializeToString(deterministic=True))


def _write_assets(model, folder):
    (folder / "assets.extra").mkdir(exist_ok=True)
    found = card_if_clear(model)
    if found is not None:
        text = json_text(found.to_dict(), indent=2)
        (folder / CARD_ASSET).write_text(text)
    kind = kind_of(model)
    if kind is not None:  # Else nobody can say, and `evaluate` refuses it.
        text = json_text({"output": kind}, indent=2)
        (folder / OUTPUT_ASSET).write_text(text)


def versions(directory):
    """Returns the sorted versions in a directory of SavedModels."""
    directory = pathlib.Path(directory)
    if not directory.is_dir():
        return []
    return sorted(int(p.name) for p in directory.iterdir() if p.name.isdigit())


def signatures(path):
    """Returns a dict of the names of a SavedModel's signatures.

    The values are `SignatureDef` messages.
    """
    from tensorflow.core.protobuf import saved_model_pb2

    data = (pathlib.Path(path) / "saved_model.pb").read_bytes()
    found = saved_model_pb2.SavedModel.FromString(data).meta_graphs[0]
    names = sorted(found.signature_def)
    return {
        name: found.signature_def[name]
        for name in names
        if not name.startswith("__")  # What the graph does first.
    }


def _require_tensorflow():
    try:
        import tensorflow  # noqa: F401
    except ImportError as error:
        raise ImportError(
            "A SavedModel needs TensorFlow: pip install "
            "'keras_deep[tensorflow]' or 'keras_deep[tensorflow-cpu]'."
        ) from error
