"""Reads image files from a folder with one subfolder per class."""

import numpy as np

from keras_deep.data.sources import Images

EXTENSIONS = (".png", ".jpg", ".jpeg")
_SPLITS = {
    "train": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "test": "test",
}


def read_folder(path):
    """Lists the images of a folder with one subfolder per class.

    The folder may first be divided into `train`, `val` and `test`. The class
    names are the sorted names of the subfolders.

    Args:
        path: `pathlib.Path`.

    Returns:
        Dict of split to `Images` of paths, and tuple of class names. Without
        `test`, as in ImageNet, `val` is the test set.

    Raises:
        ValueError: if the folder has another layout.
    """
    folders = _folders(path)
    # CIFAR-100 has a class "train", so all names must be splits.
    divided = folders and all(f.name in _SPLITS for f in folders)
    roots = {_SPLITS[f.name]: f for f in folders} if divided else {}
    roots = roots or {"train": path}
    if divided and ("train" not in roots or len(roots) < len(folders)):
        raise ValueError(
            f"Expected {str(path)!r} to hold `train` and at most one folder "
            f"`val` and `test`. Received: {[f.name for f in folders]}"
        )
    if "validation" in roots and "test" not in roots:
        roots["test"] = roots.pop("validation")
    names = tuple(folder.name for folder in _folders(roots["train"]))
    if len(names) < 2:
        raise ValueError(
            f"Expected {str(roots['train'])!r} to hold one folder for each "
            f"class, two at least. Received: {list(names)}"
        )
    return {k: _list(root, names) for k, root in roots.items()}, names


def _folders(path):
    return sorted(
        (p for p in path.iterdir() if p.is_dir() and p.name[0] != "."),
        key=lambda p: p.name,
    )


def _list(root, names):
    unknown = [f.name for f in _folders(root) if f.name not in names]
    if unknown:
        raise ValueError(
            f"Expected {str(root)!r} to hold classes of the training images. "
            f"Received: {unknown}"
        )
    paths, labels = [], []
    for label, name in enumerate(names):
        found = sorted(
            str(p)
            for p in (root / name).glob("*")
            if p.suffix.lower() in EXTENSIONS
        )
        paths += found
        labels += [label] * len(found)
        if not found and root.joinpath(name).is_dir():
            raise ValueError(
                f"Expected {str(root / name)!r} to hold images "
                f"({', '.join(EXTENSIONS)}). Received: none"
            )
    return Images(np.array(paths, dtype=str), np.array(labels, "int32"))
