"""Reads CIFAR-10 and CIFAR-100, from the binary files or Python pickles.

Both layouts are described at https://www.cs.toronto.edu/~kriz/cifar.html.
"""

import dataclasses
import functools

import numpy as np

from keras_deep.data.files import find_files
from keras_deep.data.sources import images_of
from keras_deep.formats.array_pickles import load_arrays

_PIXELS = 3 * 32 * 32


@dataclasses.dataclass(frozen=True)
class _Layout:
    """Names of files, folder and archive, and the function to read a file."""

    train: tuple
    test: tuple
    place: str
    archive: str
    read: callable


def read_cifar(name, data_dir):
    """Reads `"cifar10"` or `"cifar100"` (the fine labels) from local files.

    Args:
        name: string.
        data_dir: `pathlib.Path`, see `find_files`.

    Returns:
        Dict of the `Images` of `train` and `test`, or `None` if there are no
        such files.

    Raises:
        ValueError: if a file is missing, damaged or of another kind.
    """
    for layout in _LAYOUTS[name]:
        names = layout.train + layout.test
        found = find_files(data_dir, names, (layout.place,), (layout.archive,))
        if found is None:
            continue
        parts = [layout.read(content, path) for path, content in found]
        count = len(layout.train)
        return {"train": _joined(parts[:count]), "test": _joined(parts[count:])}
    return None


def _joined(parts):
    x, y, paths = zip(*parts)
    x = np.concatenate(x).reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    return images_of(x, np.concatenate(y), ", ".join(paths))


def _read_binary(label_bytes, content, path):
    """Reads records of label bytes, of which the last is used, and pixels."""
    size = label_bytes + _PIXELS
    if not content or len(content) % size:
        raise ValueError(
            f"Expected {path!r} to hold records of {size} bytes. Received: "
            f"{len(content)} bytes, so it is not complete or not CIFAR."
        )
    records = np.frombuffer(content, np.uint8).reshape(-1, size)
    return records[:, label_bytes:], records[:, label_bytes - 1], path


def _read_pickle(key, content, path):
    """Reads a dict of `data`, uint8 of shape (n, 3072), and labels."""
    found = load_arrays(content, path)
    if isinstance(found, dict):
        found = {_text(name): value for name, value in found.items()}
    if not isinstance(found, dict) or not {"data", key} <= set(found):
        raise ValueError(
            f"Expected {path!r} to hold a dict with `data` and `{key}`. "
            f"Received: {list(found) if isinstance(found, dict) else found!r}"
        )
    pixels, labels = np.asarray(found["data"]), np.asarray(found[key])
    if pixels.shape != (len(labels), _PIXELS) or pixels.dtype != np.uint8:
        raise ValueError(
            f"Expected `data` of {path!r} to be uint8 of shape "
            f"({len(labels)}, {_PIXELS}), one row for each label. "
            f"Received: {pixels.dtype} of shape {pixels.shape}"
        )
    return pixels, labels, path


def _text(name):
    return name.decode("latin1") if isinstance(name, bytes) else name


_LAYOUTS = {
    "cifar10": (
        _Layout(
            train=tuple(f"data_batch_{i}.bin" for i in range(1, 6)),
            test=("test_batch.bin",),
            place="cifar-10-batches-bin",
            archive="cifar-10-binary.tar.gz",
            read=functools.partial(_read_binary, 1),
        ),
        _Layout(
            train=tuple(f"data_batch_{i}" for i in range(1, 6)),
            test=("test_batch",),
            place="cifar-10-batches-py",
            archive="cifar-10-python.tar.gz",
            read=functools.partial(_read_pickle, "labels"),
        ),
    ),
    "cifar100": (
        _Layout(
            train=("train.bin",),
            test=("test.bin",),
            place="cifar-100-binary",
            archive="cifar-100-binary.tar.gz",
            read=functools.partial(_read_binary, 2),
        ),
        _Layout(
            train=("train",),
            test=("test",),
            place="cifar-100-python",
            archive="cifar-100-python.tar.gz",
            read=functools.partial(_read_pickle, "fine_labels"),
        ),
    ),
}
