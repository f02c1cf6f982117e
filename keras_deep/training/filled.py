"""Batches that all devices of JAX have equal parts of."""

import dataclasses

import keras
import numpy as np


def devices_of_jax():
    """Returns how many devices share out the batches of `Model.fit` on JAX."""
    distribution = keras.distribution.distribution()
    if keras.backend.backend() != "jax" or distribution is None:
        return 1
    return distribution.num_model_replicas


def filled(data, class_weight=None):
    """Returns data whose batches the devices of JAX divide.

    `keras.distribution` has no parts that differ. A batch is filled with copies
    of its own examples, whose weight is 0: losses and gradients are those of
    the batch on one device. Of a training only two things differ, both in the
    last batch of an epoch: batch normalisation sees the copies, and the means
    of the epoch's losses and accuracies count them (accuracies also count
    class weights). Measured losses and accuracies are exact.

    Args:
        data: `Data`.
        class_weight: dict of classes to floats, weights of the training images
            in addition, or `None`.

    Returns:
        `Data`, the same where there is one device. On several they have weights
        of examples: metrics of which they are to count are given as
        `metrics_argument` says.

    Raises:
        ValueError: if the devices do not divide batches of `tf.data`.
    """
    devices = devices_of_jax()
    if devices == 1:
        return data
    if not isinstance(data.train, keras.utils.PyDataset):
        _check_divides(data, devices)
        return data

    def train_from(epoch, step=0):
        batches = data.train_from(epoch, step)
        return Filled(batches, devices, class_weight=class_weight)

    return dataclasses.replace(
        data,
        train=Filled(data.train, devices, class_weight=class_weight),
        train_from=train_from,
        validation=filled_split(data, "validation"),
        test=filled_split(data, "test"),
    )


def filled_split(data, split):
    """Returns the batches of a split to measure a model with, see `filled`."""
    batches, devices = getattr(data, split), devices_of_jax()
    if batches is None or devices == 1:
        return batches
    if not isinstance(batches, keras.utils.PyDataset):
        _check_divides(data, devices)
        return batches
    return Filled(batches, devices, data.sizes[split])


def metrics_argument(metrics):
    """Returns metrics as an argument of `compile` for filled batches."""
    return {"metrics" if devices_of_jax() == 1 else "weighted_metrics": metrics}


class Filled(keras.utils.PyDataset):
    """Batches of another `PyDataset`, filled up.

    Args:
        batches: `keras.utils.PyDataset`.
        devices: int, which the sizes of batches are multiples of.
        examples: int, examples of all batches together, over which Keras is to
            take the means of a measurement; `None` for a training, which takes
            that of each batch.
        class_weight: dict of classes to floats, or `None`.
    """

    def __init__(self, batches, devices, examples=None, class_weight=None):
        super().__init__(
            batches.workers, batches.use_multiprocessing, batches.max_queue_size
        )
        self.batches, self.devices = batches, devices
        self.examples, self.class_weight = examples, class_weight
        self._scale = None

    def __len__(self):
        return len(self.batches)

    def __iter__(self):
        self.on_epoch_begin()
        yield from super().__iter__()
        self.on_epoch_end()

    def on_epoch_begin(self):
        """Tells the batches."""
        self.batches.on_epoch_begin()

    def on_epoch_end(self):
        """Tells the batches."""
        self.batches.on_epoch_end()

    def __getitem__(self, index):
        batch = self.batches[index]
        x, y, given = keras.utils.unpack_x_y_sample_weight(batch)
        count = _count(batch)
        size = self._filled_size(count)
        rows = np.arange(size) % count
        weights = np.where(np.arange(size) < count, self._weight(count), 0.0)
        if given is not None:
            weights = weights * np.asarray(given)[rows]
        if self.class_weight is not None:
            weights = weights * _of_classes(y, self.class_weight)[rows]
        x, y = keras.tree.map_structure(lambda a: np.asarray(a)[rows], (x, y))
        return x, y, weights.astype("float32")

    def _filled_size(self, count):
        return -(-count // self.devices) * self.devices

    def _weight(self, count):
        """Returns what makes Keras's mean over all rows that of examples."""
        if self.examples is None:
            return self._filled_size(count) / count
        if self._scale is None:
            size, before = _count(self.batches[0]), len(self.batches) - 1
            last = self.examples - before * size
            rows = before * self._filled_size(size) + self._filled_size(last)
            self._scale = rows / self.examples
        return self._scale


def _count(batch):
    return len(keras.tree.flatten(batch)[0])


def _of_classes(y, class_weight):
    y = np.asarray(y)
    vectors = y.ndim > 1 and y.shape[-1] > 1
    labels = y.argmax(axis=-1) if vectors else y.reshape(-1)
    return np.array([class_weight.get(int(label), 1.0) for label in labels])


def _check_divides(data, devices):
    sizes = [*data.sizes.values(), data.arguments.get("batch_size", 0)]
    if any(size % devices for size in sizes):
        raise ValueError(
            "Expected data of format='numpy', or batches that all devices "
            f"have equal parts of. Received: {type(data.train).__name__} of "
            f"{data.sizes} images for {devices} devices."
        )
