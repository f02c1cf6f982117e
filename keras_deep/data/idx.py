"""Reads MNIST and Fashion-MNIST from their idx files."""

from keras_deep.data.files import find_files
from keras_deep.data.sources import images_of
from keras_deep.formats.idx import parse_idx

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
        ValueError: if a file is missing, damaged or of another kind.
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
    for split, images, labels in zip(_NAMES, found[::2], found[1::2]):
        (x_path, x), (y_path, y) = images, labels
        x = parse_idx(x, x_path, axes=3)
        y = parse_idx(y, y_path, axes=1)
        splits[split] = images_of(x, y, repr(x_path))
    return splits
