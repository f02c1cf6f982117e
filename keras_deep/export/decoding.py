"""Decodes images in a TensorFlow graph, where a broken one fails alone."""

from keras_deep.data.images_tf import fit_image
from keras_deep.export.image_headers import damaged
from keras_deep.export.image_headers import is_webp
from keras_deep.export.image_headers import problem

# Images that are decoded at the same time, if there are as many cores.
_AT_ONCE = 16


def decode_batch(encoded, preprocessing):
    """Decodes and resizes a batch of image files, within a graph.

    A file that cannot be decoded leaves its neighbours alone: TensorFlow has
    no `try`, but a data set passes over elements that fail.

    Args:
        encoded: string tensor of shape `(batch,)`, JPEG, PNG, WebP or
            GIF files. Of an animated GIF the first frame counts; an animated
            WebP counts as broken. Transparency is dropped; in a GIF it is
            black.
        preprocessing: `Preprocessing` of images with 1 or 3 channels.

    Returns:
        uint8 tensor of shape `(batch, height, width, channels)`, 0 where a
        file is broken, and string tensor of shape `(batch,)`: what is wrong
        with each, or `""`.
    """
    import tensorflow as tf

    shape = preprocessing.shape
    count = tf.size(encoded)

    def one(number, text):
        reason = problem(text)
        image = tf.cond(
            tf.equal(reason, ""),
            lambda: fit_image(_decode(text, shape[-1]), preprocessing),
            lambda: tf.zeros(shape, tf.uint8),
        )
        return number, tf.ensure_shape(image, shape), reason

    numbered = tf.data.Dataset.from_tensor_slices((tf.range(count), encoded))
    found = numbered.map(one, num_parallel_calls=_AT_ONCE).ignore_errors()
    # One that always is there, as a batch without elements is an error.
    last = (count, tf.zeros(shape, tf.uint8), "")
    found = found.concatenate(tf.data.Dataset.from_tensors(last))
    found = _plain(found.batch(tf.cast(count + 1, tf.int64)))
    places, images, reasons = found.get_single_element()
    places = places[:, tf.newaxis]
    images = tf.scatter_nd(places, images, (count + 1, *shape))
    errors = tf.tensor_scatter_nd_update(
        tf.fill((count + 1,), damaged()), places, reasons
    )
    return images[:-1], errors[:-1]


def _plain(dataset):
    """Switches off what prepares a data set for more than one batch."""
    import tensorflow as tf

    options = tf.data.Options()
    options.autotune.enabled = False
    options.experimental_optimization.apply_default_optimizations = False
    return dataset.with_options(options)


def _decode(text, channels):
    """Decodes one file to the pixels that Pillow has."""
    import tensorflow as tf

    def jpeg():
        # The default method is faster but differs from Pillow.
        return tf.io.decode_jpeg(text, 3, dct_method="INTEGER_ACCURATE")

    def webp():
        # Another number of channels than the file's is an error.
        return tf.io.decode_image(text, expand_animations=False)[:, :, :3]

    def other():
        return tf.io.decode_image(text, channels=3, expand_animations=False)

    image = tf.case(
        [(tf.io.is_jpeg(text), jpeg), (is_webp(text), webp)], default=other
    )
    image = tf.ensure_shape(image, (None, None, 3))
    return image if channels == 3 else _gray(image)


def _gray(image):
    """Computes Pillow's gray, in its integers."""
    import tensorflow as tf

    weights = tf.constant([19595, 38470, 7471])
    total = tf.reduce_sum(tf.cast(image, tf.int32) * weights, -1, True)
    return tf.cast((total + 0x8000) // 0x10000, tf.uint8)
