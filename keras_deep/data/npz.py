"""Reads images and labels from `.npz` files."""

from keras_deep.data.sources import images_of
from keras_deep.formats import npz
from keras_deep.formats.zip_members import zip_members

_KEYS = {
    "train": ("x_train", "y_train"),
    "validation": ("x_validation", "y_validation"),
    "test": ("x_test", "y_test"),
}


def read_npz(path):
    """Reads `x_train`, `y_train` and, if present, `x_test`, `y_test` etc.

    A file with only `images` and `labels` holds training images.

    Args:
        path: `pathlib.Path`.

    Returns:
        Dict of split to `Images`, at least `train`.

    Raises:
        ValueError: if the file is damaged or holds something else.
    """
    arrays = _read(path)
    if {"images", "labels"} <= set(arrays):
        arrays["x_train"] = arrays["images"]
        arrays["y_train"] = arrays["labels"]
    splits = {
        split: images_of(arrays[x], arrays[y], f"{str(path)!r} ({x}, {y})")
        for split, (x, y) in _KEYS.items()
        if x in arrays and y in arrays
    }
    if "train" not in splits:
        raise ValueError(
            f"Expected {str(path)!r} to hold `x_train` and `y_train` (and "
            "`x_test`, `y_test`), or `images` and `labels`. "
            f"Received: {sorted(arrays)}"
        )
    return splits


def _read(path):
    try:
        members = {
            name: member
            for name, member in zip_members(str(path)).items()
            if name.endswith(".npy")
        }
        return dict(npz.read_npz(str(path), members, skip_others=True))
    except (OSError, ValueError) as error:
        raise ValueError(
            f"Expected {str(path)!r} to be a complete `.npz` file of plain "
            f"arrays. Received: {error}"
        ) from error
