"""Preprocessing records of published weights."""

import dataclasses

import keras
import numpy as np

from keras_deep.utils.preprocessing import CROP_FRACTION
from keras_deep.utils.preprocessing import Preprocessing

IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def preprocessing(
    mean,
    std=(1, 1, 1),
    side=224,
    crop=CROP_FRACTION,
    interpolation="bilinear",
    order="RGB",
    scale=1,
):
    """Makes a preprocessing record, see `keras_deep.data.preprocess`.

    Args:
        mean: three numbers, one per channel in `order`.
        std: three numbers, likewise.
        side: int, height and width of the images.
        crop: float, side over the shorter side after resizing.
        interpolation: string, `"bilinear"` or `"bicubic"`.
        order: `"RGB"` or `"BGR"`.
        scale: number by which `mean` and `std` are multiplied: 255 if they are
            for images from 0 to 1.

    Returns:
        `Preprocessing`.
    """
    return Preprocessing(
        shape=(side, side, 3),
        mean=[value * scale for value in mean],
        std=[value * scale for value in std],
        resize="center_crop" if crop < 1 else "stretch",
        crop=crop,
        interpolation=interpolation,
        order=order,
    )


TORCHVISION = preprocessing(IMAGENET_MEAN, IMAGENET_STD, scale=255)


def cifar(mean, std):
    """Makes the record for whole images of 32x32 pixels.

    Args:
        mean: three numbers from 0 to 1.
        std: three numbers from 0 to 1.
    """
    return preprocessing(mean, std, side=32, crop=1, scale=255)


def for_input(found, model):
    """Adapts a preprocessing record to the input of a model.

    Args:
        found: `Preprocessing` or `None`.
        model: `keras.Model` with an image input.

    Returns:
        Dict for a card, or `None`, with the model's height and width if they
        are known. If the number of channels differs, mean and standard
        deviation of each are the average over the record's channels; a mean
        image of another size is averaged.
    """
    if found is None:
        return None
    shape = model.input_shape[1:]
    if keras.config.image_data_format() == "channels_first":
        shape = (*shape[1:], shape[0])
    shape = tuple(side or old for side, old in zip(shape, found.shape))
    mean, std = (_for_shape(v, shape) for v in (found.mean, found.std))
    found = dataclasses.replace(found, shape=shape, mean=mean, std=std)
    return found.to_dict()


def _for_shape(values, shape):
    array = np.array(values)
    if array.ndim == 1:
        return per_channel(values, shape[-1])
    if array.shape == shape:
        return values
    pixels = tuple(range(array.ndim - 1))
    return per_channel(array.mean(axis=pixels).tolist(), shape[-1])


def per_channel(values, channels):
    """Returns one value per channel: the given ones, or their mean for all."""
    if len(values) in (0, channels):
        return values
    return (sum(values) / len(values),) * channels
