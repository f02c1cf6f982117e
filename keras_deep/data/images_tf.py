"""TensorFlow versions of the image operations of `augment` and `images`."""

from keras_deep.data.augment import AREA
from keras_deep.data.augment import ATTEMPTS
from keras_deep.data.augment import RATIO
from keras_deep.data.augment import window
from keras_deep.data.images import center_crop

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


def decode(encoded, channels):
    """Decodes an image to uint8 pixels, as Pillow does."""
    import tensorflow as tf

    # The default method is faster but differs from Pillow in prediction.
    def jpeg():
        return tf.io.decode_jpeg(
            encoded, channels, dct_method="INTEGER_ACCURATE"
        )

    def other():
        return tf.io.decode_image(encoded, channels, expand_animations=False)

    image = tf.cond(tf.io.is_jpeg(encoded), jpeg, other)
    return tf.ensure_shape(image, (None, None, channels))


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
