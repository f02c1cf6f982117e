"""What images need before published weights, by who published them."""

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
    """Makes the record of what images need, see `keras_deep.data.preprocess`.

    Args:
        mean: three numbers, of the channels in `order`.
        std: three numbers.
        side: int, height and width of the images.
        crop: float, side over the shorter side after resizing.
        interpolation: string, `"bilinear"` or `"bicubic"`.
        order: `"RGB"` or `"BGR"`.
        scale: number that `mean` and `std` are multiplied by: 255 where they
            are those of images from 0 to 1.

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
    """Makes the record for images of 32 pixels that are taken whole.

    Args:
        mean: three numbers from 0 to 1.
        std: three numbers from 0 to 1.
    """
    return preprocessing(mean, std, side=32, crop=1, scale=255)


def for_input(found, model):
    """Returns a record of what images need, for the input of a model.

    Args:
        found: `Preprocessing`, or `None`.
        model: `keras.Model` of images.

    Returns:
        Dict for a card, with the model's height and width where they are
        fixed. Where it takes another number of channels, each has the mean
        over the channels; a mean image of another size is averaged.
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
    """Returns one number for each channel: those given, or else their mean."""
    if len(values) in (0, channels):
        return values
    return (sum(values) / len(values),) * channels
