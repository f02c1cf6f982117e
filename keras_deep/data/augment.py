"""Augmentation of training images, for both pipeline formats."""

import dataclasses
import types

import numpy as np

# Area and aspect ratio of a random resized crop, and the number of attempts.
# "Going Deeper with Convolutions" (arXiv:1409.4842), section 6.
AREA = (0.08, 1.0)
RATIO = (3 / 4, 4 / 3)
ATTEMPTS = 10


@dataclasses.dataclass(frozen=True)
class Augmentation:
    """Random changes of a training image.

    Args:
        padding: int, zeros on each side before a random crop of the original
            size. They are added after normalisation, so they are the mean
            colour: "Deep Residual Learning" (arXiv:1512.03385), section 4.2.
        flip: bool. Whether half of the images are flipped left to right.
        resized: bool. Whether a random box of the image, by `AREA` and
            `RATIO`, is first resized to the network's shape.
    """

    padding: int = 0
    flip: bool = False
    resized: bool = False


# Digits lose their meaning in a mirror, so their data sets do not flip.
AUGMENTATIONS = types.MappingProxyType(
    {
        "crop1": Augmentation(padding=1),
        "crop2": Augmentation(padding=2),
        "crop4": Augmentation(padding=4),
        "crop4_flip": Augmentation(padding=4, flip=True),
        "resized_crop_flip": Augmentation(resized=True, flip=True),
    }
)


def window(offsets, mirrored, shape, padding):
    """Computes the pixel indices of random crops of padded images.

    It uses arithmetic only, so that arrays and tensors both work.

    Args:
        offsets: int32 array or tensor of shape `(2, n)`, row and column of
            each window's top left corner, from 0 to `2 * padding`.
        mirrored: int32 array or tensor of shape `(n,)`, 1 to flip the window
            left to right, else 0.
        shape: tuple that begins with height and width.
        padding: int.

    Returns:
        int32 of shape `(n, height, width)`, indices into the flattened pixels
        of a padded image.
    """
    height, width = shape[:2]
    y = np.arange(height, dtype="int32")
    x = np.arange(width, dtype="int32")
    rows = offsets[0][:, None] + y
    columns = offsets[1][:, None] + x + mirrored[:, None] * (width - 1 - 2 * x)
    return rows[:, :, None] * (width + 2 * padding) + columns[:, None, :]


def crop_and_flip(images, augmentation, rng):
    """Crops and flips each image of a batch at random.

    Args:
        images: float array of shape `(n, height, width, channels)`.
        augmentation: `Augmentation`, whose `resized` is ignored.
        rng: `numpy.random.Generator`.

    Returns:
        Array of the same shape.
    """
    count, height, width, channels = images.shape
    padding = augmentation.padding
    offsets = rng.integers(0, 2 * padding + 1, (2, count), dtype="int32")
    mirrored = rng.integers(0, 1 + augmentation.flip, count, dtype="int32")
    pad = (padding, padding)
    padded = np.pad(images, ((0, 0), pad, pad, (0, 0)))
    places = window(offsets, mirrored, (height, width), padding)
    # `take_along_axis` gives the same and takes 6 times as long.
    pixels = padded.reshape(-1, channels)
    first = np.arange(count)[:, None, None] * (len(pixels) // count)
    return pixels.take(first + places, axis=0)


def random_box(height, width, rng):
    """Draws the box of a random resized crop.

    If no attempt fits into the image, it is the largest centered box with a
    ratio in `RATIO`.

    Returns:
        Tuple of floats, left, upper, right and lower edge in pixels.
    """
    area = height * width * rng.uniform(*AREA, ATTEMPTS)
    ratio = np.exp(rng.uniform(*np.log(RATIO), ATTEMPTS))
    widths, heights = np.sqrt(area * ratio), np.sqrt(area / ratio)
    fits = (widths <= width) & (heights <= height)
    if fits.any():
        w, h = widths[fits.argmax()], heights[fits.argmax()]
        left, upper = rng.uniform(0, width - w), rng.uniform(0, height - h)
    else:
        w = min(width, height * RATIO[1])
        h = min(height, width / RATIO[0])
        left, upper = (width - w) / 2, (height - h) / 2
    return left, upper, left + w, upper + h
