"""Weights that follow from their names, as the reference data defines them."""

import json
import zlib

import numpy as np
import pytest


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


def cifar_resnet(blocks=(1, 1), classes=10, channels=3, projections=True):
    """Returns keys and shapes of a CIFAR ResNet with torchvision's names."""
    convs, width = {"conv1": (16, channels, 3, 3)}, 16
    for stage, count in enumerate(blocks, 1):
        filters = 16 * 2 ** (stage - 1)
        for block in range(count):
            name = f"layer{stage}.{block}"
            convs[f"{name}.conv1"] = (filters, width, 3, 3)
            convs[f"{name}.conv2"] = (filters, filters, 3, 3)
            if projections and width != filters:
                convs[f"{name}.downsample.0"] = (filters, width, 1, 1)
            width = filters
    found = []
    for name, shape in convs.items():
        norm = name.replace("conv", "bn").replace("sample.0", "sample.1")
        found.append((f"{name}.weight", shape))
        found += [
            (f"{norm}.{leaf}", shape[:1])
            for leaf in ("weight", "bias", "running_mean", "running_var")
        ]
        found.append((f"{norm}.num_batches_tracked", ()))
    return [*found, ("fc.weight", (classes, width)), ("fc.bias", (classes,))]


def images(height, width):
    """Returns the two images of a size."""
    shape = (2, height, width, 3)
    return _generator("input").standard_normal(shape).astype("float32")


def golden(shared, name):
    """Returns the reference outputs of a network, see `GOLDENS.md` there."""
    path = shared / "reference" / "goldens" / f"{name}.json"
    if not path.exists():
        pytest.fail(
            f"There are no outputs of {name!r} in {path.parent}. A family "
            "whose networks nobody has published weights of needs none: "
            "compare it with NumPy instead. See CONTRIBUTING.md."
        )
    return json.loads(path.read_text())


def close(ours, theirs):
    """Returns the largest difference, relative to the largest of theirs."""
    return np.abs(ours - theirs).max() / np.abs(theirs).max()
