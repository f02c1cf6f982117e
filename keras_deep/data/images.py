"""Decodes, resizes and normalises images, for training and prediction."""

import keras
import numpy as np

from keras_deep.data.reading import open_image
from keras_deep.utils.preprocessing import CROP_FRACTION
from keras_deep.utils.preprocessing import as_preprocessing


def normalize(images, preprocessing):
    """Computes `(images - mean) / std`.

    Args:
        images: float array or tensor `(..., height, width, channels)`.
        preprocessing: `Preprocessing`.

    Raises:
        ValueError: if the images have another shape.
    """
    shape = preprocessing.shape
    if tuple(images.shape[-3:]) != shape:
        raise ValueError(
            f"Expected `images` of shape (..., {shape[0]}, {shape[1]}, "
            f"{shape[2]}). Received: shape {tuple(images.shape)}"
        )
    if preprocessing.order == "BGR":
        images = images[..., ::-1]
    # Of the image's shape: broadcasting 3 numbers takes 4 times as long.
    mean = np.full(shape, preprocessing.mean, "float32")
    std = np.full(shape, preprocessing.std, "float32")
    return (images - mean) / std


def preprocess(images, preprocessing):
    """Normalises images for a network, as the training pipelines do.

    Args:
        images: array of shape `(n, height, width, channels)` with values from
            0 to 255, as from `decode_image`.
        preprocessing: dict such as `Data.preprocessing` or
            `keras_deep.preprocessing_for(model)`.

    Returns:
        float32 array of the same shape; channels first if Keras's image data
        format is `"channels_first"`.

    Raises:
        ValueError: if the images have another shape, or a field of
            `preprocessing` is invalid.
    """
    if isinstance(preprocessing, dict):  # Nothing is resized here.
        preprocessing = {"resize": "stretch", **preprocessing}
    preprocessing = as_preprocessing(preprocessing)
    images = normalize(np.asarray(images, "float32"), preprocessing)
    return in_data_format(images, np.transpose)


def in_data_format(images, transpose):
    """Transposes a batch to Keras's image data format.

    Args:
        images: array or tensor `(n, height, width, channels)`.
        transpose: function of a batch and a permutation of its axes.
    """
    if keras.config.image_data_format() == "channels_first":
        return transpose(images, (0, 3, 1, 2))
    return images


def decode_image(source, preprocessing):
    """Reads an image and resizes it to a network's input shape.

    Of an animation it is the first frame. Transparency is dropped. An EXIF
    orientation is not applied, as in Keras and torchvision; Pillow applies
    that of TIFF files, which is a part of the format.

    Args:
        source: string or path of an image file, or its bytes.
        preprocessing: dict such as `Data.preprocessing`. Its shape decides
            whether the image is converted to gray (1 channel) or RGB (3).

    Returns:
        uint8 array of shape `(height, width, channels)`.

    Raises:
        ValueError: if it is not an image that Pillow decodes, or has more
            than 8 bits in a channel of gray.
        FileNotFoundError: if there is no such file.
    """
    preprocessing = as_preprocessing(preprocessing)
    image = open_image(source, preprocessing.shape[-1])
    return fit_image(image, preprocessing)


def fit_image(image, preprocessing):
    """Resizes and crops a `PIL.Image` to the shape of a `Preprocessing`."""
    from PIL import Image

    height, width, _ = preprocessing.shape
    method = Image.Resampling[preprocessing.interpolation.upper()]
    if preprocessing.resize == "stretch":
        return to_array(image.resize((width, height), method))
    h, w, upper, left = center_crop(
        image.height, image.width, height, min, preprocessing.crop
    )
    image = image.resize((w, h), method)
    return to_array(image.crop((left, upper, left + width, upper + height)))


def resize_box(image, box, preprocessing):
    """Resizes the box of a `PIL.Image` to the shape of a `Preprocessing`."""
    from PIL import Image

    height, width, _ = preprocessing.shape
    return to_array(image.resize((width, height), Image.BILINEAR, box=box))


def center_crop(height, width, size, minimum, crop=CROP_FRACTION):
    """Computes the resized shape and the offsets of a square center crop.

    Args:
        height, width: ints or integer tensors, the image's sides.
        size: int, side of the square.
        minimum: function of two sides, such as `min`.
        crop: float, `size` over the shorter side of the resized image.

    Returns:
        Height and width of the resized image, upper and left edge of the
        square in it.
    """
    # Rounded down as in timm, but 224 / (224 / 232) is to be 232.
    shorter, resized = minimum(height, width), int(size / crop + 1e-6)
    height, width = resized * height // shorter, resized * width // shorter
    return height, width, (height - size) // 2, (width - size) // 2


def to_array(image):
    """Converts a `PIL.Image` to uint8 of shape (height, width, channels)."""
    return np.atleast_3d(np.asarray(image))
