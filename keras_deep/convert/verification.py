"""Verifies that a converted network computes the same as its source."""

import collections.abc
import pathlib

import keras
import numpy as np

from keras_deep.convert.comparison import compare
from keras_deep.convert.outputs import noise
from keras_deep.convert.outputs import outputs_of
from keras_deep.convert.pairs import pairs_of
from keras_deep.convert.runs import run_of
from keras_deep.layers.names import flat_layers
from keras_deep.models.unstack import unstacked
from keras_deep.utils.files import refuse_existing
from keras_deep.utils.files import written_whole

IMAGES = "images"
TIME_LIMIT = 600


def verify(
    model,
    reference,
    images=None,
    prototxt=None,
    tolerance=1e-4,
    time_limit=TIME_LIMIT,
):
    """Compares a model layer by layer with the source of its weights.

    The network of a checkpoint or of Caffe runs in a process of its own, which
    has no TensorFlow in it.

    Args:
        model: model that `convert` loaded or made.
        reference: one of:
            - a `torch.nn.Module` with the same weights, run in this process;
            - the path of a checkpoint of torchvision, timm or pytorchcv: the
              network is built with that library and PyTorch, which must be
              installed;
            - the path of a `.caffemodel`, with `prototxt`: it is run with
              OpenCV, which must be installed;
            - outputs that `record` stored: the path of the `.npz` file or a
              mapping of layer names to arrays, channels first, including the
              `"images"` of the inputs.
        images: float32 array `(n, height, width, channels)`, preprocessed. By
            default the stored images, else two of noise.
        prototxt: path of the graph of a `.caffemodel`.
        tolerance: float, the largest difference that counts as equal,
            relative to the largest output of a layer.
        time_limit: float, the seconds that the source may take to run.

    Returns:
        `Comparison`; printed it is a table.

    Raises:
        ValueError: if the reference is something else or has no layer of the
            model.
        ImportError: if the libraries to run the reference are missing.
        ChildProcessError: if the process that runs the source dies; how, and
            its last lines, are in the message.
        TimeoutError: if it takes longer than the limit.
    """
    model = unstacked(model)
    outputs, pairs = run_reference(
        model, reference, images, prototxt, time_limit
    )
    if not pairs:
        raise ValueError(
            f"Expected outputs of layers of {model.name!r}. Received: "
            f"{_name_of(reference)} with {list(outputs)[:5]}"
        )
    ours = outputs_of(model, {mine for mine, _ in pairs}, outputs[IMAGES])
    layers = {layer.name: layer for layer in flat_layers(model)}
    theirs = {
        name: _as_ours(layers[mine], outputs[name], ours[mine])
        for mine, name in pairs
    }
    return compare(ours, theirs, pairs, tolerance, _name_of(reference))


def record(
    model,
    reference,
    path,
    images=None,
    prototxt=None,
    time_limit=TIME_LIMIT,
):
    """Stores a reference's outputs, for machines where it cannot be run.

    Args:
        model: the converted model, which determines the layers.
        reference: see `verify`.
        path: path of the `.npz` file to write.
        images: see `verify`.
        prototxt: see `verify`.
        time_limit: see `verify`.

    Raises:
        FileExistsError: if the file exists.
    """
    refuse_existing(path, "Choose another name.")
    model = unstacked(model)
    outputs, _ = run_reference(model, reference, images, prototxt, time_limit)
    with written_whole(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, **outputs)


def run_reference(
    model, reference, images=None, prototxt=None, time_limit=TIME_LIMIT
):
    """Computes a reference's outputs and matches its layers with ours.

    Args:
        model: the converted model.
        reference: see `verify`.
        images: see `verify`.
        prototxt: see `verify`.
        time_limit: see `verify`.

    Returns:
        Dict of the reference's layers to arrays, with the `"images"`, and list
        of pairs of our layer and the reference's, in the order of ours.

    Raises:
        ValueError: if stored outputs have no images.
    """
    if isinstance(reference, (str, pathlib.Path)):
        if pathlib.Path(reference).suffix == ".npz":
            with np.load(reference) as stored:
                reference = dict(stored)
    if isinstance(reference, collections.abc.Mapping):
        if IMAGES not in reference:
            raise ValueError(
                f"Expected stored outputs with the {IMAGES!r} they belong to. "
                f"Received: {list(reference)[:5]}"
            )
        return dict(reference), pairs_of(model, {n: n for n in reference})
    images = noise(model) if images is None else images
    run, layers = run_of(model, reference, prototxt, time_limit)
    pairs = pairs_of(model, layers)
    outputs = run([name for _, name in pairs], images)
    pairs = [pair for pair in pairs if pair[1] in outputs]
    return {IMAGES: images, **outputs}, pairs


def _as_ours(layer, outputs, ours):
    """Converts the output of a reference's layer to that of our layer.

    Our classifier has an activation. Our convolution may lack a bias that was
    folded into the normalisation after it: outputs that differ by a constant
    per channel count as equal there, and the next layer shows the difference.
    """
    if isinstance(layer, keras.layers.Dense):
        outputs = layer.activation(outputs.reshape(len(outputs), -1))
        return keras.ops.convert_to_numpy(outputs)
    lacks_bias = getattr(layer, "use_bias", True) is False
    channels_last = outputs.shape[:1] + outputs.shape[2:] + outputs.shape[1:2]
    if lacks_bias and channels_last == ours.shape and ours.ndim == 4:
        bias = outputs.mean(axis=(0, 2, 3)) - ours.mean(axis=(0, 1, 2))
        outputs = outputs - bias[:, None, None]
    return outputs


def _name_of(reference):
    if isinstance(reference, (str, pathlib.Path)):
        return str(reference)
    if isinstance(reference, collections.abc.Mapping):
        return "the stored outputs"
    return type(reference).__name__
