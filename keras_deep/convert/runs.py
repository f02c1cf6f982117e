"""How to run the network that weights come from, and what layers it has."""

import functools
import os

from keras_deep.convert.caffe.graph import keras_names
from keras_deep.convert.classifiers import TOP
from keras_deep.convert.families import family_of_model
from keras_deep.convert.layout import layer_of
from keras_deep.convert.matching import match
from keras_deep.convert.processes import run_apart
from keras_deep.convert.references import installed
from keras_deep.convert.references import require_opencv
from keras_deep.convert.references import run_pytorch
from keras_deep.convert.sources import open_source
from keras_deep.formats.caffe.reader import read_caffe
from keras_deep.models.card import card


def run_of(model, reference, prototxt, time_limit):
    """Finds how to run a reference.

    Args:
        model: the converted model.
        reference: a `torch.nn.Module` or the path of weights.
        prototxt: path of the graph of a `.caffemodel`, or `None`.
        time_limit: float, in seconds, for what runs in another process: all
            but a ready module.

    Returns:
        Function of a list of names of layers and of images, which returns
        their outputs, and dict of the names to what Keras calls the layers.

    Raises:
        ImportError: if the library to run it with is missing.
    """
    if prototxt is not None:
        return _caffe(prototxt, reference, time_limit)
    if hasattr(reference, "named_modules"):
        names = [name for name, _ in reference.named_modules()]
        return functools.partial(run_pytorch, reference), _same(names)
    return _published(model, reference, time_limit)


def _caffe(prototxt, caffemodel, time_limit):
    require_opencv()
    called = keras_names(prototxt)
    layers = {n: called.get(n, n) for n in read_caffe(caffemodel).kinds}
    files = {
        "prototxt": os.path.abspath(prototxt),
        "caffemodel": os.path.abspath(caffemodel),
    }

    def run(layers, images):
        return run_apart({**files, "layers": layers}, images, None, time_limit)

    return run, layers


def _published(model, path, time_limit):
    """Finds the network of a checkpoint in the library of its origin."""
    source = open_source(path, "pytorch")
    found = match(source, family_of_model(model))
    library, network = _network_of(model, found)
    called = found.origin.match(found.layers)
    layers, own = [*called], model.output_shape[-1]
    classes = _classes(found)
    if classes not in (None, own):  # Ours starts anew.
        layers = [name for name in layers if called[name] != TOP]
    network = {
        "library": library,
        "network": network,
        "classes": classes or own,
        "partial": classes is None,
    }
    # Without a head of its owner's, which the library does not know.
    weights = {
        name: array
        for name, array in found.arrays.items()
        if layer_of(name, "pytorch") in called
    }

    def run(layers, images):
        request = {**network, "layers": layers}
        return run_apart(request, images, weights, time_limit)

    return run, _same(layers)


def _classes(found):
    """Returns the number of classes of a file, or `None` if it has none."""
    arrays, kernel = found.named(), f"{TOP}/kernel"
    return arrays.shape(kernel)[0] if kernel in arrays else None


def _network_of(model, found):
    for library, name in found.origin.references_of(card(model)):
        if installed("torch") and installed(library):
            return library, name
    raise ImportError(
        f"Running the network of {found.source.name!r}, by "
        f"{found.origin.name}, needs PyTorch and that library. Without them "
        "pass a `torch.nn.Module` of the network, or outputs that `record` "
        "stored elsewhere."
    )


def _same(names):
    return {name: name for name in names}
