"""Splits, image shape and statistics, between reading and the pipelines."""

import numpy as np

from keras_deep.data.augment import AUGMENTATIONS
from keras_deep.data.images import decode_image
from keras_deep.utils.preprocessing import Preprocessing
from keras_deep.utils.threads import in_threads

TEST_FRACTION = 0.2
# Larger images are treated like ImageNet's, others like CIFAR's.
_LARGE, _LARGE_SIDE = 64, 224
# Number of image files that are read to estimate the mean.
_EXAMPLES = 2000


def hold_out(splits, name, fraction):
    """Splits off a part of the training set, if the data set has no such split.

    Args:
        splits: dict of split to `Images` or `Records`, with `train`.
        name: string, `"test"` or `"validation"`.
        fraction: float, or 0 for none.

    Returns:
        Dict like `splits`, without empty splits.
    """
    splits = dict(splits)
    if name not in splits and fraction:
        splits["train"], splits[name] = splits["train"].divide(fraction)
    return {split: source for split, source in splits.items() if len(source)}


def count_classes(splits, names, dataset):
    """Returns the number of classes.

    Raises:
        ValueError: if the test set is empty or a label has no name.
    """
    if not {"train", "test"} <= set(splits):
        raise ValueError(
            f"Expected {dataset!r} to have images for training and for test. "
            f"Received: images for {sorted(splits)}"
        )
    highest = max(
        (int(s.y.max()) for s in splits.values() if hasattr(s, "y")),
        default=-1,
    )
    if names is not None and highest >= len(names):
        raise ValueError(
            f"Expected the labels of {dataset!r} to be less than "
            f"{len(names)}, the number of its classes. Received: {highest}"
        )
    return highest + 1 if names is None else len(names)


def count_images(source, classes):
    """Returns the number of images of each class, or `None` if unknown."""
    if not hasattr(source, "y"):
        return None
    return tuple(np.bincount(source.y, minlength=classes).tolist())


def prepare(train, dataset, image_size, given=None, large_size=None):
    """Decides the shape of the images and how they are brought to it.

    Args:
        train: `Images` or `Records`.
        dataset: `Dataset`.
        image_size: int or `None`, as in `load`.
        given: `Preprocessing` or `None`, as in `load`.
        large_size: int or `None`, as in `load`.

    Returns:
        `Preprocessing`, and the name of the standard augmentation.
    """
    shape, recipe = _shape(train, dataset)
    if given is not None:
        return given, recipe
    if image_size is not None:
        shape = (image_size, image_size, shape[-1])
    elif large_size is not None and AUGMENTATIONS[recipe].resized:
        shape = (large_size, large_size, shape[-1])
    elif None in shape:
        sizes, _ = train.measure()
        raise ValueError(
            "Expected `image_size` (`--image-size`) to be the side to which "
            "images of different sizes are brought. Received: "
            f"image_size=None; there are images of {sorted(sizes)[:4]} "
            "(height, width)"
        )
    resize = "center_crop" if AUGMENTATIONS[recipe].resized else "stretch"
    mean, std = dataset.mean, dataset.std
    if mean is None:
        mean, std = _statistics(train, Preprocessing(shape, 0, 1, resize))
    return Preprocessing(shape, mean, std, resize), recipe


def _shape(train, dataset):
    """Returns the images' shape, with `None` for sides that vary."""
    if dataset.shape is not None:
        if train.in_memory and not AUGMENTATIONS[dataset.augmentation].resized:
            _refuse_other(train.x.shape[1:], dataset.shape)
        return dataset.shape, dataset.augmentation
    sizes, channels = train.measure()
    if any(None in size or max(size) > _LARGE for size in sizes):
        return (_LARGE_SIDE, _LARGE_SIDE, channels), "resized_crop_flip"
    size = sizes.pop() if len(sizes) == 1 else (None, None)
    return (*size, channels), "crop4_flip"


def _refuse_other(shape, expected):
    if shape != expected:
        raise ValueError(
            f"Expected images of shape {expected}. Received: {shape}. "
            "Pass the path of the file as `name` to load images of your own."
        )


def _statistics(train, preprocessing):
    """Returns mean and standard deviation per channel, from 0 to 255."""
    if train.in_memory:
        counts = _histogram(train.x)
    else:
        examples = train.examples(_EXAMPLES)
        counts = sum(
            in_threads(
                lambda image: _histogram(decode_image(image, preprocessing)),
                examples,
            )
        )
    levels, total = np.arange(256.0), counts.sum(axis=1)
    mean = counts @ levels / total
    variance = counts @ levels**2 / total - mean**2
    # A constant channel is not scaled.
    return mean, np.sqrt(np.where(variance > 0, variance, 1.0))


def _histogram(images):
    """Counts how often each of the 256 values occurs, per channel."""
    channels = np.moveaxis(images, -1, 0)
    return np.stack([np.bincount(c.ravel(), minlength=256) for c in channels])
