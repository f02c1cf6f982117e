"""Reads image files from a folder with one subfolder per class."""

import dataclasses

import numpy as np

from keras_deep.data.image_files import files_beside
from keras_deep.data.image_files import find_images
from keras_deep.data.image_files import folders_of
from keras_deep.data.sources import Images

_SPLITS = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "test": "test",
    "testing": "test",
}
_SHOWN = (".png", ".jpg", ".webp", ".bmp", ".gif", ".tif", "...")


def read_folder(path):
    """Lists the images of a folder with one subfolder per class.

    The folder may first be divided into `train`, `val` and `test`. The class
    names are the sorted names of the subfolders. The images of a class are all
    files below its folder that Pillow decodes by their extension, in any case
    of letters, or by their content if they have none. The others are in
    `Images.skipped`: hidden files, those of systems and those that are no
    images.

    Args:
        path: `pathlib.Path`.

    Returns:
        Dict of split to `Images` of paths, and tuple of class names. Without
        `test`, as in ImageNet, `val` is the test set.

    Raises:
        ValueError: if the folder has another layout.
        OSError: if a folder cannot be read.
    """
    folders = folders_of(path)
    # CIFAR-100 has a class "train", so all names must be splits.
    splits = [f for f in folders if f.name.lower() in _SPLITS]
    divided = folders and splits == folders
    if not divided:
        _refuse_mixture(path, folders, splits)
    roots = {_SPLITS[f.name.lower()]: f for f in folders} if divided else {}
    roots = roots or {"train": path}
    if divided and ("train" not in roots or len(roots) < len(folders)):
        raise ValueError(
            f"Expected {str(path)!r} to hold `train` and at most one folder "
            f"`val` and `test`. Received: {[f.name for f in folders]}"
        )
    if "validation" in roots and "test" not in roots:
        roots["test"] = roots.pop("validation")
    names = tuple(folder.name for folder in folders_of(roots["train"]))
    if len(names) < 2:
        raise ValueError(
            f"Expected {str(roots['train'])!r} to hold one folder for each "
            f"class, two at least. Received: {list(names)}"
        )
    found = {k: _list(root, names) for k, root in roots.items()}
    if divided:
        skipped = (*files_beside(path), *found["train"].skipped)
        found["train"] = dataclasses.replace(found["train"], skipped=skipped)
    return found, names


def _refuse_mixture(path, folders, splits):
    """Refuses splits beside other folders, whose files would be mixed up."""
    for folder in splits:
        held = [file for file in folder.iterdir() if file.is_file()]
        if folders_of(folder) and not held:
            raise ValueError(
                f"Expected {str(path)!r} to hold either a folder for each "
                "class or only `train`, `val` and `test`. Received: "
                f"{[f.name for f in folders]}, where {folder.name!r} holds "
                "folders. Move the others away."
            )


def _list(root, names):
    unknown = [f.name for f in folders_of(root) if f.name not in names]
    if unknown:
        raise ValueError(
            f"Expected {str(root)!r} to hold classes of the training images. "
            f"Received: {unknown}"
        )
    paths, labels, skipped = [], [], files_beside(root)
    for label, name in enumerate(names):
        if not root.joinpath(name).is_dir():
            continue
        found, others = find_images(root / name)
        if not found:
            raise ValueError(
                f"Expected {str(root / name)!r} to hold images "
                f"({', '.join(_SHOWN)}). Received: "
                f"{[file for file, _ in others[:3]] or 'none'}"
            )
        paths += found
        labels += [label] * len(found)
        skipped += others
    return Images(
        np.array(paths, dtype=str),
        np.array(labels, "int32"),
        skipped=tuple(skipped),
    )
