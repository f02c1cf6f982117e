"""Writes weights in the layout of Keras 3, without Keras."""

import io
import zipfile

import h5py
import numpy as np

# The path of a layer, its name, and its arrays.
LAYERS = {
    "layers/conv2d": ("conv1_conv", (np.ones((3, 3, 3, 16), "f4"),)),
    "layers/batch_normalization": (
        "conv1_bn",
        tuple(np.full(16, i, "f4") for i in range(4)),
    ),
    "layers/dense": (
        None,
        (np.arange(160, dtype="f4").reshape(16, 10), np.zeros(10, "f4")),
    ),
}
NAMES = (
    "conv1_bn/gamma",
    "conv1_bn/beta",
    "conv1_bn/moving_mean",
    "conv1_bn/moving_variance",
    "conv1_conv/kernel",
    "layers/dense/kernel",
    "layers/dense/bias",
)


def weights_file(layers=LAYERS):
    """Returns the bytes of a `.weights.h5` file."""
    file = io.BytesIO()
    with h5py.File(file, "w") as content:
        for place, (name, arrays) in layers.items():
            group = content.create_group(f"{place}/vars")
            if name is not None:
                group.attrs["name"] = name
            for index, array in enumerate(arrays):
                group[str(index)] = array
        content.create_group("optimizer/vars")["0"] = np.zeros(3, "f4")
    return file.getvalue()


def keras_file(layers=LAYERS):
    """Returns the bytes of a `.keras` file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("metadata.json", "{}")
        archive.writestr("config.json", "{}")
        archive.writestr("model.weights.h5", weights_file(layers))
    return file.getvalue()
