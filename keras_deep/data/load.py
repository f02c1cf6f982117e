"""Loads a data set by name as training and evaluation pipelines."""

import dataclasses
import importlib
import random
from collections.abc import Callable
from typing import Any

import keras

from keras_deep.data.arguments import checked_arguments
from keras_deep.data.augment import AUGMENTATIONS
from keras_deep.data.augment import Augmentation
from keras_deep.data.datasets import find_dataset
from keras_deep.data.prepare import TEST_FRACTION
from keras_deep.data.prepare import count_classes
from keras_deep.data.prepare import hold_out
from keras_deep.data.prepare import prepare
from keras_deep.data.sources import Settings
from keras_deep.utils.extras import require
from keras_deep.utils.preprocessing import as_preprocessing


@dataclasses.dataclass(frozen=True)
class Data:
    """Pipelines and properties of a data set.

    Args:
        name: string.
        classes: int.
        class_names: tuple of strings, or `None` if the classes have no names.
        sizes: dict of split to number of images.
        preprocessing: dict, how images are prepared for a network; see
            `keras_deep.data.preprocess`.
        arguments: JSON-serializable dict of the arguments of `load`, with the
            seed that was drawn.
        train_from: function of an epoch number (int from 0). It returns a
            training pipeline that begins with that epoch, so that an
            interrupted training resumes with the same batches.
        train: pipeline of the training images, `train_from(0)`. It yields
            batches of float32 images and int32 classes; every iteration over
            it is a new epoch in a new order. It shuffles by itself: call `fit`
            with `shuffle=False`.
        validation: pipeline of images held out of the training set, in fixed
            order and not augmented; `None` if there are none.
        test: pipeline of the test images, in fixed order.
    """

    name: str
    classes: int
    class_names: tuple | None
    sizes: dict
    preprocessing: dict
    arguments: dict
    train_from: Callable = dataclasses.field(repr=False)
    train: Any = dataclasses.field(repr=False)
    validation: Any = dataclasses.field(repr=False)
    test: Any = dataclasses.field(repr=False)

    @property
    def shape(self):
        """Height, width and channels of an image."""
        return tuple(self.preprocessing["shape"])

    @property
    def mean(self):
        """The training images' mean per channel, from 0 to 255."""
        return tuple(self.preprocessing["mean"])

    @property
    def std(self):
        """The training images' standard deviation per channel."""
        return tuple(self.preprocessing["std"])


def load(
    name,
    format=None,
    batch_size=128,
    seed=None,
    data_dir=None,
    augment="standard",
    image_size=None,
    validation=0.1,
    preprocessing=None,
):
    """Loads a data set for training, validation and test.

    - `"digits"` comes with scikit-learn.
    - `"cifar10"`, `"cifar100"`, `"mnist"` and `"fashion_mnist"` are read from
      `data_dir`: the archives, or the unpacked or gzipped binary files or
      pickles of CIFAR; idx files; or `.npz` with `x_train`, `y_train`,
      `x_test`, `y_test`. Without `data_dir` Keras downloads them.
    - `"svhn_cropped"`, `"stl10"`, `"imagenet2012"` and every other name of
      tensorflow-datasets must have been prepared with that package.
    - A path (or `"folder"` with `data_dir`) is an `.npz` file or a folder with
      one subfolder of images per class, which may first be divided into
      `train`, `val` and `test`.

    A test set is always held out: a fixed fifth of each class if the data set
    has none. Held-out images never depend on the seed.

    Args:
        name: string or path.
        format: `"tf"` for `tf.data.Dataset`, `"numpy"` for
            `keras.utils.PyDataset` (no TensorFlow needed), or `None` for the
            backend's default.
        batch_size: int. The last batch of an epoch may be smaller.
        seed: int that determines order and augmentation, bit for bit with the
            same format and versions; or `None` to draw one from Python's
            generator, which `keras.utils.set_random_seed` seeds.
        data_dir: string or path.
        augment: `"standard"` for the papers' augmentation of such images, a
            key of `keras_deep.data.augment.AUGMENTATIONS`, or `None`.
        image_size: int, the side to which images are resized, or `None` for
            their own size, or 224 if they are larger than 64 pixels.
        validation: float in `[0, 1)`, the fraction of each class of the
            training images that is held out for validation, unless the data
            set has validation images.
        preprocessing: dict, how images are prepared for the network, such as
            `keras_deep.preprocessing_for(model)` of a trained model, instead
            of the data set's own size, mean and standard deviation.

    Returns:
        `Data`.

    Raises:
        ValueError: if an argument or a file is invalid.
        ConnectionError: if files are missing and cannot be downloaded.
        ImportError: if a package for the data set or format is missing.
    """
    given = None if preprocessing is None else as_preprocessing(preprocessing)
    arguments = {
        "name": str(name),
        "format": format,
        "batch_size": batch_size,
        "seed": random.randrange(2**31) if seed is None else seed,
        "data_dir": data_dir and str(data_dir),
        "augment": augment,
        "image_size": image_size,
        "validation": validation,
        "preprocessing": given and given.to_dict(),
    }
    arguments = checked_arguments(arguments)
    pipeline = _pipeline(format)
    dataset, splits, names, classes = _read(str(name), data_dir)
    prepared, recipe = prepare(splits["train"], dataset, image_size, given)
    # Only now: mean and standard deviation do not depend on `validation`.
    splits = hold_out(splits, "validation", validation)
    chosen = _augmentation(recipe if augment == "standard" else augment)
    settings = Settings(prepared, chosen, batch_size, arguments["seed"])
    return Data(
        name=str(name),
        classes=classes,
        class_names=names,
        sizes={k: len(source) for k, source in splits.items()},
        preprocessing=prepared.to_dict(),
        arguments=arguments,
        **_pipelines(pipeline, splits, settings),
    )


def _read(name, data_dir):
    dataset, place = find_dataset(name, data_dir)
    splits, names = dataset.read(name, place)
    splits = hold_out(splits, "test", TEST_FRACTION)
    names = dataset.class_names or names
    return dataset, splits, names, count_classes(splits, names, name)


def _pipelines(pipeline, splits, settings):
    train_from = pipeline.training(splits["train"], settings)
    held = {
        split: pipeline.evaluation(splits[split], settings)
        for split in ("validation", "test")
        if split in splits
    }
    trained = {"train_from": train_from, "train": train_from(0)}
    return {"validation": None, **held, **trained}


def _pipeline(format):
    """Returns the module with the pipelines of a format."""
    if format is None:
        format = "tf" if keras.backend.backend() == "tensorflow" else "numpy"
    if format == "tf":  # Fails before the files are read.
        require("tensorflow", "tensorflow")
    return importlib.import_module(f"keras_deep.data.pipeline_{format}")


def _augmentation(name):
    return Augmentation() if name is None else AUGMENTATIONS[name]
