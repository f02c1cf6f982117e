"""TensorFlow versions of the image operations of `augment` and `images`."""

import functools
import os

from keras_deep.data.augment import AREA
from keras_deep.data.augment import ATTEMPTS
from keras_deep.data.augment import RATIO
from keras_deep.data.augment import window
from keras_deep.data.images import center_crop
from keras_deep.data.images import to_array
from keras_deep.data.reading import open_image

# The first and the last bytes of a whole file.
_JPEG = (b"\xff\xd8\xff", b"\xff\xd9")
_DEPTH = 24  # offset in a PNG file
_PNG = (b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82")
# Pillow's name to TensorFlow's.
_METHODS = {
    "nearest": "nearest",
    "bilinear": "bilinear",
    "bicubic": "bicubic",
    "lanczos": "lanczos3",
}


def fold(seed, purpose, *numbers):
    """Derives a seed from a purpose and numbers such as epoch and position."""
    import tensorflow as tf

    key = tf.constant((seed, purpose), tf.int64)
    for number in numbers:
        key = tf.random.experimental.stateless_fold_in(key, number)
    return key


def read(path, channels):
    """Reads an image file to uint8 pixels."""
    import tensorflow as tf

    return decode(tf.io.read_file(path), channels, path)


def decode(encoded, channels, path=""):
    """Decodes an image to uint8 pixels, as Pillow does.

    What seems to be a whole PNG or JPEG is decoded by TensorFlow, anything
    else by Pillow: it knows more formats, and its errors are those of
    prediction.

    Args:
        encoded: string tensor.
        channels: int, 1 or 3.
        path: string tensor, which errors name, or `""`.
    """
    import tensorflow as tf

    # The default method is faster but differs from Pillow in prediction.
    def jpeg():
        return tf.io.decode_jpeg(
            encoded, channels, dct_method="INTEGER_ACCURATE"
        )

    def png():
        return tf.io.decode_png(encoded, channels)

    def other():
        # Without state, so that it runs in parallel in reproducible runs, too.
        return tf.numpy_function(
            functools.partial(_with_pillow, channels=channels),
            (encoded, path),
            tf.uint8,
            stateful=False,
        )

    size = tf.strings.length(encoded)

    def ends(begin, end):
        first = tf.strings.substr(encoded, 0, len(begin))
        place = tf.maximum(0, size - len(end))
        last = tf.strings.substr(encoded, place, len(end))
        return (first == begin) & (last == end)

    # Pillow refuses gray of 16 bits.
    deep = tf.strings.substr(encoded, tf.minimum(_DEPTH, size), 1) == b"\x10"
    cases = [(ends(*_PNG) & ~deep, png)]
    if channels == 3:  # Pillow makes another gray of colours.
        cases.append((ends(*_JPEG), jpeg))
    image = tf.case(cases, default=other)
    return tf.ensure_shape(image, (None, None, channels))


def _with_pillow(encoded, path, channels):
    name = os.fsdecode(path) or None
    return to_array(open_image(encoded, channels, name))


def random_part(image, key):
    """Crops a random box by `AREA` and `RATIO`, else keeps the whole image."""
    import tensorflow as tf

    begin, size, _ = tf.image.stateless_sample_distorted_bounding_box(
        tf.shape(image),
        tf.zeros((1, 0, 4)),
        key,
        min_object_covered=0.0,
        aspect_ratio_range=RATIO,
        area_range=AREA,
        max_attempts=ATTEMPTS,
        use_image_if_no_bounding_boxes=True,
    )
    return tf.slice(image, begin, size)


def fit_image(image, preprocessing):
    """Resizes and crops an image, see `images.fit_image`."""
    import tensorflow as tf

    height, width, _ = preprocessing.shape
    method = _METHODS[preprocessing.interpolation]
    if preprocessing.resize == "stretch":
        return resize(image, (height, width), method)
    sides = tf.unstack(tf.shape(image)[:2])
    *size, upper, left = center_crop(
        *sides, height, tf.minimum, preprocessing.crop
    )
    image = resize(image, size, method)
    return image[upper : upper + height, left : left + width]


def resize(image, size, method="bilinear"):
    """Resizes to uint8 pixels, at most 1 level off Pillow's."""
    import tensorflow as tf

    # Pillow averages over all pixels when it shrinks an image, too.
    image = tf.image.resize(image, size[:2], method, antialias=True)
    # Bicubic and Lanczos overshoot.
    image = tf.clip_by_value(tf.cast(image, tf.float32), 0, 255)
    return tf.cast(tf.round(image), tf.uint8)


def crop_and_flip(images, augmentation, key):
    """Crops and flips a batch at random, see `augment.crop_and_flip`."""
    import tensorflow as tf

    padding, (height, width, channels) = augmentation.padding, images.shape[1:]
    count = tf.shape(images)[0]
    offsets, flips = tf.unstack(tf.random.split(key, 2))
    offsets = tf.random.stateless_uniform(
        (2, count), offsets, 0, 2 * padding + 1, tf.int32
    )
    flips = tf.random.stateless_uniform(
        (count,), flips, 0, 1 + augmentation.flip, tf.int32
    )
    pad = (padding, padding)
    padded = tf.pad(images, ((0, 0), pad, pad, (0, 0)))
    places = window(offsets, flips, (height, width), padding)
    pixels = tf.gather(
        tf.reshape(padded, (count, -1, channels)),
        tf.reshape(places, (count, -1)),
        batch_dims=1,
    )
    return tf.reshape(pixels, (-1, height, width, channels))
