"""Weights that follow from their names, as the reference data defines them."""

import json
import zlib

import numpy as np


def _generator(text):
    return np.random.Generator(np.random.PCG64(zlib.crc32(text.encode())))


def tensor(key, shape):
    """Returns the tensor of a key of a PyTorch state dict."""
    rng, leaf = _generator(key), key.rpartition(".")[2]
    if leaf == "num_batches_tracked":
        return np.zeros(shape, "int64")
    if leaf == "running_var":
        value = rng.uniform(0.5, 1.5, shape)
    elif leaf == "running_mean":
        value = 0.1 * rng.standard_normal(shape)
    elif len(shape) >= 2:
        value = rng.standard_normal(shape) / np.sqrt(np.prod(shape[1:]))
    elif leaf in ("weight", "gamma"):
        value = rng.uniform(0.4, 0.8, shape)
    else:
        value = 0.1 * rng.standard_normal(shape)
    return np.asarray(value, "float32")


def state_dict(shapes):
    """Returns the tensors of pairs of key and shape."""
    return {key: tensor(key, shape) for key, shape in shapes}


def images(height, width):
    """Returns the two images of a size."""
    shape = (2, height, width, 3)
    return _generator("input").standard_normal(shape).astype("float32")


def golden(shared, name):
    """Returns the reference outputs of a network, see `GOLDENS.md` there."""
    path = shared / "reference" / "goldens" / f"{name}.json"
    return json.loads(path.read_text())


def close(ours, theirs):
    """Returns the largest difference, relative to the largest of theirs."""
    return np.abs(ours - theirs).max() / np.abs(theirs).max()
