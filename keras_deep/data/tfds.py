"""Reads data sets that tensorflow-datasets has prepared on this machine."""

import dataclasses
import math
import pathlib

import numpy as np

from keras_deep.data.sources import images_of
from keras_deep.utils.extras import require

# Images of one size are held in memory up to this many bytes.
_IN_MEMORY = 2**30


@dataclasses.dataclass(frozen=True)
class Records:
    """Images that stay encoded in the files of tensorflow-datasets.

    They can only be read sequentially, so they are shuffled in a buffer.

    Args:
        builder: `tfds.core.DatasetBuilder`, prepared.
        keys: tuple of the keys of the image and the label.
        split: string, such as `"train"` or `"train[:90%]"`.
    """

    builder: object
    keys: tuple
    split: str

    in_memory = False

    def dataset(self):
        """Returns the `tf.data.Dataset` of encoded images and labels."""
        tfds = require("tensorflow_datasets", "datasets")
        image, label = self.keys
        dataset = self.builder.as_dataset(
            split=self.split,
            decoders={image: tfds.decode.SkipDecoding()},
            shuffle_files=False,
        )
        return dataset.map(lambda example: (example[image], example[label]))

    def __len__(self):
        return len(self.dataset())

    def divide(self, fraction):
        """Returns two `Records`, the first and the last part of the split."""
        count = len(self)
        end = count - round(fraction * count)
        first = dataclasses.replace(self, split=f"{self.split}[:{end}]")
        last = dataclasses.replace(self, split=f"{self.split}[{end}:]")
        return first, last

    def examples(self, count):
        """Returns the first `count` images, encoded."""
        dataset = self.dataset().take(count)
        return [image for image, _ in dataset.as_numpy_iterator()]

    def measure(self):
        """Returns the sizes, `None` if they vary, and the channels."""
        *size, channels = self.builder.info.features[self.keys[0]].shape
        return {tuple(size)}, channels


def prepared_names(data_dir):
    """Returns the names of tensorflow-datasets and the folders in `data_dir`.

    The list is empty if tensorflow-datasets is not installed.
    """
    try:
        import tensorflow_datasets as tfds
    except ImportError:
        return []
    folder = pathlib.Path(data_dir or tfds.core.constants.DATA_DIR)
    local = [p.name for p in folder.expanduser().glob("*") if p.is_dir()]
    return [*tfds.list_builders(with_community_datasets=False), *local]


def read_tfds(name, data_dir, test=None):
    """Reads a data set that tensorflow-datasets has prepared.

    Args:
        name: string, as in `tfds.builder`.
        data_dir: path, or `None` for `TFDS_DATA_DIR` and then
            `~/tensorflow_datasets`.
        test: string, the split to use as test set, or `None` for `test` or,
            without it, `validation`.

    Returns:
        Dict of split to `Images`, or `Records` if they exceed 1 GiB or vary in
        size; and tuple of class names.

    Raises:
        ImportError: if tensorflow-datasets or TensorFlow is not installed.
        ValueError: if there is no such data set, it is not prepared, or it
            does not consist of images and classes.
    """
    tfds = require("tensorflow_datasets", "datasets")
    require("tensorflow", "tensorflow")
    try:
        builder = tfds.builder(name, data_dir=data_dir)
        keys = _keys(builder)
        wanted = {"train": "train", "test": test}
        if test is None:
            wanted = _usual_splits(builder)
        splits = {k: _read(builder, keys, v) for k, v in wanted.items()}
    # tfds raises an AssertionError if the data set is not prepared.
    except (AssertionError, tfds.core.DatasetNotFoundError) as error:
        place = data_dir or tfds.core.constants.DATA_DIR
        raise ValueError(
            f"Expected {name!r} to be prepared in {str(place)!r}. Received: "
            f"nothing there. Prepare it once with `tfds build {name} "
            f"--data_dir={place}`, or pass the `data_dir` that holds it."
        ) from error
    names = builder.info.features[keys[1]].names
    return splits, names and tuple(names)


def _keys(builder):
    tfds = require("tensorflow_datasets", "datasets")
    features = builder.info.features
    wanted = (tfds.features.Image, tfds.features.ClassLabel)
    keys = builder.info.supervised_keys or ()
    if len(keys) != 2 or not all(
        isinstance(features[key], kind) for key, kind in zip(keys, wanted)
    ):
        raise ValueError(
            "Expected a data set of images with one class each. "
            f"Received: name={builder.name!r} with {features}"
        )
    return tuple(keys)


def _usual_splits(builder):
    found = set(builder.info.splits)
    if "test" not in found and "validation" in found:
        return {"train": "train", "test": "validation"}
    usual = ("train", "validation", "test")
    return {split: split for split in usual if split in found or not found}


def _read(builder, keys, split):
    records = Records(builder, keys, split)
    count, shape = len(records), builder.info.features[keys[0]].shape
    if None in shape or count * math.prod(shape) > _IN_MEMORY:
        return records
    batches = builder.as_dataset(split=split).batch(1000).as_numpy_iterator()
    x, y = zip(*((batch[keys[0]], batch[keys[1]]) for batch in batches))
    return images_of(np.concatenate(x), np.concatenate(y), repr(builder.name))
