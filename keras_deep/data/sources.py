"""Labelled images, the interface between readers and pipelines."""

import dataclasses

import numpy as np

from keras_deep.data.augment import Augmentation
from keras_deep.data.reading import read_header
from keras_deep.utils.preprocessing import Preprocessing


@dataclasses.dataclass(frozen=True)
class Images:
    """Labelled images in memory, or the paths of their files.

    Args:
        x: uint8 array `(n, height, width, channels)`, or array `(n,)` of
            strings, the path of each image.
        y: int32 array `(n,)`, the class of each image.
        headers: int32 array `(n, 3)`, height, width and channels of each file,
            or `None` if they were not read.
        skipped: tuple of pairs of strings, the files found beside the images
            and why they are none.
    """

    x: np.ndarray
    y: np.ndarray
    headers: np.ndarray | None = None
    skipped: tuple = ()

    def __len__(self):
        return len(self.y)

    @property
    def in_memory(self):
        """Whether `x` holds the images, not their paths."""
        return self.x.ndim == 4

    def take(self, indices):
        """Returns the images at `indices`."""
        headers = None if self.headers is None else self.headers[indices]
        return Images(self.x[indices], self.y[indices], headers)

    def examples(self, count):
        """Returns `count` evenly spaced images, or all if there are fewer."""
        count = min(count, len(self))
        return self.x[np.linspace(0, len(self) - 1, count).astype(int)]

    def divide(self, fraction):
        """Splits every class at random, in the same way every time.

        Returns:
            Two `Images`, the rest and `fraction` of each class: at least one
            image of a class, but never all of them.
        """
        # The stream of RandomState never changes, unlike that of newer
        # generators: every version of NumPy holds out the same images.
        random = np.random.RandomState(0)
        order = np.argsort(self.y, kind="stable")
        ends = np.flatnonzero(np.diff(self.y[order])) + 1
        chosen = np.zeros(len(self), bool)
        for members in np.split(order, ends):
            wanted = max(1, round(fraction * len(members)))
            count = min(wanted, len(members) - 1)
            chosen[random.permutation(members)[:count]] = True
        return self.take(~chosen), self.take(chosen)

    def measure(self):
        """Returns the sizes and the number of channels of the images.

        Of files whose headers were not read, a sample is.

        Returns:
            Set of `(height, width)`, and 1 or 3.
        """
        if self.in_memory:
            return {self.x.shape[1:3]}, self.x.shape[3]
        headers = self.headers
        if headers is None:
            headers = [read_header(path)[:3] for path in self.examples(256)]
        found = np.unique(headers, axis=0).tolist()
        return {(h, w) for h, w, _ in found}, max(c for *_, c in found)


@dataclasses.dataclass(frozen=True)
class Settings:
    """Settings of the pipelines.

    Args:
        preprocessing: `Preprocessing`.
        augmentation: `Augmentation` of the training images.
        batch_size: int.
        seed: int.
    """

    preprocessing: Preprocessing
    augmentation: Augmentation
    batch_size: int
    seed: int

    def one_by_one(self, source):
        """Returns whether images must be decoded or resized one by one."""
        return (
            not source.in_memory
            or source.x.shape[1:] != self.preprocessing.shape
            or self.preprocessing.resize == "center_crop"
            or self.augmentation.resized
        )


def images_of(x, y, name):
    """Checks arrays from a file and returns them as `Images`.

    Args:
        x: uint8 array `(n, height, width)` or `(n, height, width, channels)`
            with 1 or 3 channels.
        y: integer array `(n,)` or `(n, 1)`.
        name: string, their source, for messages.

    Raises:
        ValueError: if they have another dtype, shape or range.
    """
    if x.ndim == 3:
        x = x[..., None]
    if x.ndim != 4 or x.dtype != np.uint8 or x.shape[-1] not in (1, 3):
        raise ValueError(
            f"Expected the images of {name} to be uint8, from 0 to 255, of "
            "shape (n, height, width[, 1 or 3]). Received: "
            f"{x.dtype} of shape {x.shape}"
        )
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    if y.shape != x.shape[:1] or y.dtype.kind not in "iu" or not len(y):
        raise ValueError(
            f"Expected the labels of {name} to be one integer for each of the "
            f"{len(x)} images. Received: {y.dtype} of shape {y.shape}"
        )
    if y.min() < 0:
        raise ValueError(
            f"Expected the labels of {name} to be 0 or more. "
            f"Received: {y.min()}"
        )
    return Images(np.ascontiguousarray(x), y.astype("int32"))
