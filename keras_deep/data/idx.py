"""Reading idx files, the format of MNIST and Fashion-MNIST.

It is described at http://yann.lecun.com/exdb/mnist: two zero bytes, a byte for
the type (8: uint8), the number of axes, their lengths as big-endian int32,
then the values.
"""

import math

import numpy as np

from keras_deep.data.files import find_files
from keras_deep.data.sources import images_of

_FOLDERS = {
    "mnist": ("mnist", "MNIST/raw"),
    "fashion_mnist": ("fashion-mnist", "fashion_mnist", "FashionMNIST/raw"),
}
_NAMES = {"train": "train", "test": "t10k"}


def read_idx(name, data_dir):
    """Reads `"mnist"` or `"fashion_mnist"` from local files.

    Args:
        name: string.
        data_dir: `pathlib.Path`, see `find_files`.

    Returns:
        Dict of the `Images` of `train` and `test`, or `None` if there are no
        such files.

    Raises:
        ValueError: if a file is missing, damaged or not what it should be.
    """
    names = tuple(
        f"{split}-{kind}-ubyte"
        for split in _NAMES.values()
        for kind in ("images-idx3", "labels-idx1")
    )
    found = find_files(data_dir, names, _FOLDERS[name])
    if found is None:
        return None
    splits = {}
    for i, split in enumerate(_NAMES):
        (path, images), (_, labels) = found[2 * i], found[2 * i + 1]
        x = _parse(images, path, axes=3)
        y = _parse(labels, found[2 * i + 1][0], axes=1)
        splits[split] = images_of(x, y, repr(path))
    return splits


def _parse(content, path, axes):
    start = 4 + 4 * axes
    magic = bytes((0, 0, 8, axes))
    if len(content) < start or content[:4] != magic:
        raise ValueError(
            f"Expected {path!r} to be an idx file of uint8 with {axes} axes, "
            f"which starts with the bytes {magic.hex()}. "
            f"Received: {content[:4].hex()}"
        )
    shape = np.frombuffer(content, ">i4", axes, 4).tolist()
    if min(shape) < 0 or len(content) - start != math.prod(shape):
        raise ValueError(
            f"Expected {path!r} to hold {shape} values, as it says. "
            f"Received: {len(content) - start} values"
        )
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)
