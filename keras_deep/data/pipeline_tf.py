"""Batches as `tf.data.Dataset`; the seed determines all random numbers."""

import functools
import itertools
import os

from keras_deep.data import images_tf
from keras_deep.data.images import in_data_format
from keras_deep.data.images import normalize
from keras_deep.data.position import check_step
from keras_deep.data.sources import Images

# Encoded images in the shuffle buffer, if a data set cannot be shuffled as a
# whole: 1 GB of ImageNet.
BUFFER = 10_000


def training(source, settings):
    """Returns a function of epoch and step that returns a dataset.

    Every iteration over that dataset is the next epoch; with a step every one
    is the rest of that epoch. Order and augmentation depend on the seed, the
    epoch and the step only. What is left out of `Images` is not read;
    `Records`, which have no index, are skipped without being decoded.
    """
    return _Training(source, settings).from_position


def evaluation(source, settings):
    """Returns batches of the images in fixed order, not augmented."""
    import tensorflow as tf

    ordered, look_up = _examples(source, settings)
    batches = _Batches(source, settings, look_up, None)
    return batches(batches.number(tf.constant(0, tf.int64), ordered))


class _Training:
    """Makes datasets that yield the next epoch in every iteration."""

    def __init__(self, source, settings):
        self._source = source
        self._seed = settings.seed
        self._batch_size = settings.batch_size
        self._ordered, look_up = _examples(source, settings)
        self._batches = _Batches(
            source, settings, look_up, settings.augmentation
        )

    def from_position(self, first, step=0):
        """Returns a dataset that begins with a step of the epoch `first`."""
        import tensorflow as tf

        if check_step(step, self._batches.length):
            epochs = tf.data.Dataset.from_tensors(tf.constant(first, tf.int64))
        else:
            # Counted in Python: the number must outlive the iteration, and a
            # variable made in the scope of a strategy would be mirrored.
            numbers = itertools.count(first)
            epochs = tf.data.Dataset.from_generator(
                lambda: [next(numbers)],
                output_signature=tf.TensorSpec((), tf.int64),
            )
        examples_of = functools.partial(self._examples_of, step=step)
        return self._batches(epochs.flat_map(examples_of), step)

    def _examples_of(self, epoch, step):
        examples = self._shuffled(epoch, step * self._batch_size)
        return self._batches.number(epoch, examples, step)

    def _shuffled(self, epoch, skipped):
        """Returns the examples of an epoch after those that are skipped."""
        import tensorflow as tf

        key = images_tf.fold(self._seed, 0, epoch)
        if isinstance(self._source, Images):
            order = tf.range(len(self._source), dtype=tf.int64)
            order = tf.random.experimental.stateless_shuffle(order, key)
            return tf.data.Dataset.from_tensor_slices(order[skipped:])
        # Set in the graph of this function only: otherwise the order would
        # depend on the global seed too.
        tf.random.set_seed(1)
        seed = tf.random.stateless_uniform((), key, None, None, tf.int64)
        shuffled = self._ordered.shuffle(
            BUFFER, seed, reshuffle_each_iteration=False
        )
        return shuffled.skip(skipped) if skipped else shuffled


def _examples(source, settings):
    """Returns a dataset of examples and a function to (image, label) of one.

    The image is a tensor of pixels.
    """
    import tensorflow as tf

    channels = settings.preprocessing.shape[-1]
    if not isinstance(source, Images):

        def decoded(example):
            image, label = example
            return images_tf.decode(image, channels), label

        return source.dataset(), decoded
    x = source.x
    if not source.in_memory:
        x = [os.fsencode(path) for path in x]  # A name may be no UTF-8.
    # Made once for all epochs, in host memory.
    with tf.device("CPU:0"):
        x, y = tf.constant(x), tf.constant(source.y)

    def look_up(index):
        image = tf.gather(x, index)
        if not source.in_memory:
            image = images_tf.read(image, channels)
        return image, tf.gather(y, index)

    return tf.data.Dataset.range(len(source)), look_up


class _Batches:
    """Batches a dataset of (epoch, position, example)."""

    def __init__(self, source, settings, look_up, augmentation):
        self.settings = settings
        self.look_up = look_up
        self.augmentation = augmentation
        self.one_by_one = settings.one_by_one(source)
        self.length = -(-len(source) // settings.batch_size)

    def number(self, epoch, examples, step=0):
        """Enumerates the examples from a step on, or batches of them."""
        first = step * self.settings.batch_size
        if not self.one_by_one:
            examples = examples.batch(self.settings.batch_size)
            first = step
        return examples.enumerate(first).map(
            lambda position, example: (epoch, position, example)
        )

    def __call__(self, numbered, step=0):
        import tensorflow as tf

        parallel = {"num_parallel_calls": tf.data.AUTOTUNE}
        if self.one_by_one:
            viewed = numbered.map(self._view, **parallel)
            viewed = viewed.batch(self.settings.batch_size)
            batches = viewed.map(
                lambda epochs, positions, images, labels: self._finish(
                    epochs[0], positions[0], images, labels
                ),
                **parallel,
            )
        else:
            batches = numbered.map(
                lambda epoch, position, indices: self._finish(
                    epoch, position, *self.look_up(indices)
                ),
                **parallel,
            )
        left = self.length - step
        known = tf.data.experimental.assert_cardinality(left)
        return batches.apply(known).prefetch(tf.data.AUTOTUNE)

    def _view(self, epoch, position, example):
        """Reads one image and resizes it to the network's shape."""
        import tensorflow as tf

        image, label = self.look_up(example)
        preprocessing = self.settings.preprocessing
        if self.augmentation and self.augmentation.resized:
            key = images_tf.fold(self.settings.seed, 1, epoch, position)
            part = images_tf.random_part(image, key)
            image = images_tf.resize(part, preprocessing.shape)
        else:
            image = images_tf.fit_image(image, preprocessing)
        image = tf.ensure_shape(image, preprocessing.shape)
        return epoch, position, image, label

    def _finish(self, epoch, position, images, labels):
        """Normalises, augments and transposes a batch."""
        import tensorflow as tf

        images = tf.cast(images, tf.float32)
        images = normalize(images, self.settings.preprocessing)
        if self.augmentation:
            key = images_tf.fold(self.settings.seed, 2, epoch, position)
            images = images_tf.crop_and_flip(images, self.augmentation, key)
        return in_data_format(images, tf.transpose), tf.cast(labels, tf.int32)
