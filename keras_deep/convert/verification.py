"""Showing that a converted network is the one that it was converted from."""

import collections.abc
import pathlib

import keras
import numpy as np

from keras_deep.convert.caffe.graph import keras_names
from keras_deep.convert.comparison import compare
from keras_deep.convert.families import family_of_model
from keras_deep.convert.matching import match
from keras_deep.convert.matching import match_layers
from keras_deep.convert.outputs import noise
from keras_deep.convert.outputs import outputs_of
from keras_deep.convert.references import published_module
from keras_deep.convert.references import run_caffe
from keras_deep.convert.references import run_pytorch
from keras_deep.convert.sources import open_source
from keras_deep.formats.caffe.reader import read_caffe
from keras_deep.layers.names import flat_layers
from keras_deep.models.unstack import unstacked
from keras_deep.utils.files import refuse_existing
from keras_deep.utils.files import written_whole

IMAGES = "images"


def verify(model, reference, images=None, prototxt=None, tolerance=1e-4):
    """Compares a model with the network its weights come from, by layer.

    Args:
        model: a model that `convert` loaded or made.
        reference: what to compare with:
            - a `torch.nn.Module` with the same weights;
            - the path of a checkpoint of torchvision, timm or pytorchcv: the
              network is built with that library and PyTorch, which must be
              installed;
            - the path of a `.caffemodel`, with `prototxt`: it is run with
              OpenCV, which must be installed;
            - stored outputs, as `record` writes them: the path of the `.npz`
              file or a mapping of layer names to arrays, channels first, with
              the `"images"` they belong to.
        images: float32 array `(n, height, width, channels)` as the network
            takes them. By default the stored ones, else two of noise.
        prototxt: path of the graph of a `.caffemodel`.
        tolerance: float, the largest difference that counts as equal,
            relative to the largest output of a layer.

    Returns:
        `Comparison`: print it for the table.

    Raises:
        ValueError: if the reference is something else or has no layer of the
            model.
        ImportError: if what runs the reference is not installed.
    """
    model = unstacked(model)
    outputs, pairs = run_reference(model, reference, images, prototxt)
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


def record(model, reference, path, images=None, prototxt=None):
    """Stores what a reference gives, to compare where it cannot be run.

    Args:
        model: the converted model, which says which layers count.
        reference: as for `verify`.
        path: path of the `.npz` file.
        images: as for `verify`.
        prototxt: as for `verify`.

    Raises:
        FileExistsError: if the file exists.
    """
    refuse_existing(path, "Choose another name.")
    model = unstacked(model)
    outputs, _ = run_reference(model, reference, images, prototxt)
    with written_whole(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, **outputs)


def run_reference(model, reference, images=None, prototxt=None):
    """Returns what a reference gives, and which layers are which.

    Returns:
        Dict of their layers to arrays, with the `"images"`, and the list of
        pairs of our layer and theirs in the order of our layers.
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
        return dict(reference), _pairs(model, {n: n for n in reference})
    images = noise(model) if images is None else images
    if prototxt is not None:
        called = keras_names(prototxt)
        pairs = _pairs(
            model, {n: called.get(n, n) for n in read_caffe(reference).kinds}
        )
        names = [name for _, name in pairs]
        outputs = run_caffe(prototxt, reference, names, images)
    else:
        if not hasattr(reference, "named_modules"):
            reference = _published(model, reference)
        pairs = _pairs(model, {n: n for n, _ in reference.named_modules()})
        outputs = run_pytorch(reference, [name for _, name in pairs], images)
    pairs = [pair for pair in pairs if pair[1] in outputs]
    return {IMAGES: images, **outputs}, pairs


def _pairs(model, names):
    """Returns the pairs of our layer and theirs, in the order of ours.

    A layer of ours that is two of theirs, as a batch normalisation in Caffe,
    is compared with the last one.
    """
    ours = [layer.name for layer in flat_layers(model)]
    found = match_layers(model, names, ours)
    theirs = {mine: name for name, mine in found.items()}
    return [(mine, theirs[mine]) for mine in ours if mine in theirs]


def _as_ours(layer, outputs, ours):
    """Gives what a layer of theirs gives what only ours has, or lacks.

    Our classifier has an activation. Our convolution may lack a bias that was
    folded into the normalisation behind it: what differs by a constant in
    each channel there is equal, and the next layer shows whether it is.
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


def _published(model, path):
    """Builds the network of a checkpoint with the library it came from."""
    source = open_source(path, "pytorch")
    found = match(source, family_of_model(model))
    module = published_module(model, found.origin)
    if module is None:
        raise ImportError(
            f"Running the network of {source.name!r}, by {found.origin.name}, "
            "needs PyTorch and that library. Without them pass a "
            "`torch.nn.Module` of the network, or outputs that `record` stored "
            "elsewhere."
        )
    import torch

    module.load_state_dict(
        {
            name: torch.from_numpy(np.array(array, order="C"))
            for name, array in found.arrays.items()
        }
    )
    return module


def _name_of(reference):
    if isinstance(reference, (str, pathlib.Path)):
        return str(reference)
    if isinstance(reference, collections.abc.Mapping):
        return "the stored outputs"
    return type(reference).__name__
