"""Batches of NumPy arrays, for training without TensorFlow."""

import functools

import keras
import numpy as np

from keras_deep.data.augment import crop_and_flip
from keras_deep.data.augment import random_box
from keras_deep.data.images import fit_image
from keras_deep.data.images import in_data_format
from keras_deep.data.images import normalize
from keras_deep.data.images import resize_box
from keras_deep.data.position import check_step
from keras_deep.data.reading import open_image
from keras_deep.data.sources import Images


def training(source, settings):
    """Returns a function of epoch and step that returns `Batches`.

    Raises:
        ValueError: if the source is `Records` of tensorflow-datasets.
    """
    if not isinstance(source, Images):
        raise ValueError(
            "Expected images in files or in memory for format='numpy'. "
            "Received: records of tensorflow-datasets; pass format='tf', or a "
            "folder of image files."
        )
    return functools.partial(Batches, source, settings)


def evaluation(source, settings):
    """Returns batches of the images in fixed order, not augmented."""
    return Batches(source, settings, None)


class Batches(keras.utils.PyDataset):
    """Batches of one split.

    In training, order and augmentation depend on the seed and the epoch
    number. A complete pass ends an epoch, unless it began with a later step:
    then every pass is the rest of that epoch, and no image before is read.
    (With the JAX backend Keras takes one batch before a model's first epoch:
    if it is the only batch, that counts as a pass.)

    Do not change `workers` or `use_multiprocessing`: with the JAX backend
    Keras 3.15 yields some batches of the first epoch twice and others not at
    all, and passes in other processes are not counted.

    Args:
        source: `Images`.
        settings: `Settings`.
        epoch: int, number of the first epoch, or `None` for evaluation.
        step: int, number of batches of that epoch to leave out.
    """

    def __init__(self, source, settings, epoch, step=0):
        super().__init__()
        self.source = source
        self.settings = settings
        self.epoch = epoch
        self.step = check_step(step, self._steps())
        self._running = False
        self._taken = set()
        self._order = (None, np.arange(len(source)))

    def __len__(self):
        return self._steps() - self.step

    def __getitem__(self, index):
        size, step = self.settings.batch_size, self.step + index
        chosen = self._shuffled()[step * size : (step + 1) * size]
        batch = self.source.take(chosen)
        if self.epoch is None:
            images = self._images(batch.x, None)
        else:
            # Each batch has its own random stream, so any order works.
            key = (self.settings.seed, 1, self.epoch, step)
            images = self._images(batch.x, np.random.default_rng(key))
        # Keras also takes batches before the first epoch has begun.
        if self._running:
            self._taken.add(index)
        return images, batch.y

    def __iter__(self):
        self.on_epoch_begin()
        yield from super().__iter__()
        self.on_epoch_end()

    def on_epoch_begin(self):
        """Starts to count the batches that are taken."""
        self._running = True

    def on_epoch_end(self):
        """Advances to the next epoch if every batch has been taken."""
        if len(self._taken) == self._steps() and self.epoch is not None:
            self.epoch += 1
            self._taken.clear()
        self._running = False

    def _steps(self):
        """Returns the number of batches of a whole epoch."""
        return -(-len(self.source) // self.settings.batch_size)

    def _shuffled(self):
        epoch, order = self._order
        if epoch != self.epoch:
            rng = np.random.default_rng((self.settings.seed, 0, self.epoch))
            epoch, order = self.epoch, rng.permutation(len(self.source))
            self._order = (epoch, order)
        return order

    def _images(self, x, rng):
        augmentation = self.settings.augmentation if rng else None
        if self.settings.one_by_one(self.source):
            resized = augmentation and augmentation.resized
            x = np.stack([self._view(image, rng, resized) for image in x])
        preprocessing = self.settings.preprocessing
        images = normalize(x.astype("float32"), preprocessing)
        if augmentation:
            images = crop_and_flip(images, augmentation, rng)
        return in_data_format(images, np.transpose)

    def _view(self, image, rng, resized):
        preprocessing = self.settings.preprocessing
        image = open_image(image, preprocessing.shape[-1])
        if not resized:
            return fit_image(image, preprocessing)
        box = random_box(image.height, image.width, rng)
        return resize_box(image, box, preprocessing)
