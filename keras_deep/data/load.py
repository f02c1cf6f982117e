"""Loads a data set by name as training and evaluation pipelines."""

import dataclasses
import functools
import importlib
import random

import keras

from keras_deep.data.arguments import checked_arguments
from keras_deep.data.augment import AUGMENTATIONS
from keras_deep.data.augment import Augmentation
from keras_deep.data.check import check_files
from keras_deep.data.check import class_notes
from keras_deep.data.check import has_files
from keras_deep.data.datasets import find_dataset
from keras_deep.data.failures import named_errors
from keras_deep.data.loaded import Data
from keras_deep.data.prepare import TEST_FRACTION
from keras_deep.data.prepare import count_classes
from keras_deep.data.prepare import count_images
from keras_deep.data.prepare import hold_out
from keras_deep.data.prepare import prepare
from keras_deep.data.sources import Settings
from keras_deep.utils.extras import require
from keras_deep.utils.preprocessing import as_preprocessing
from keras_deep.utils.text import print_lines


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
    large_size=None,
    skip_unreadable=False,
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
      `train`, `val` and `test`. All files below a class's folder that Pillow
      decodes are its images; of animations it is the first frame, and an EXIF
      orientation is not applied, as in Keras and torchvision. Every file is
      checked before: by its header, end and checksums, of up to 2,000 images
      by decoding them. What is skipped is printed, and kept in `skipped`.

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
            their own size, or `large_size` if they are larger than 64 pixels.
        validation: float in `[0, 1)`, the fraction of each class of the
            training images that is held out for validation, unless the data
            set has validation images.
        preprocessing: dict, how images are prepared for the network, such as
            `keras_deep.preprocessing_for(model)` of a trained model, instead
            of the data set's own size, mean and standard deviation.
        large_size: int, the side of larger images without `image_size`, or
            `None` for 224.
        skip_unreadable: bool. Whether image files of a folder that cannot be
            decoded are left out instead of refused.

    Returns:
        `Data`.

    Raises:
        ValueError: if an argument or a file is invalid; of the image files it
            names those that cannot be decoded.
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
        "large_size": large_size,
        "skip_unreadable": skip_unreadable,
    }
    arguments = checked_arguments(arguments)
    pipeline = _pipeline(format)
    dataset, names, checked = _read(str(name), data_dir, skip_unreadable)
    splits = hold_out(checked[0], "test", TEST_FRACTION)
    classes = count_classes(splits, names, str(name))
    prepared, recipe = prepare(
        splits["train"], dataset, image_size, given, large_size
    )
    # Only now: mean and standard deviation do not depend on `validation`.
    splits = hold_out(splits, "validation", validation)
    if given or image_size or not AUGMENTATIONS[recipe].resized:
        arguments.pop("large_size", None)  # It decided nothing.
    notes = (*checked[2], *class_notes(splits, classes, names))
    print_lines(notes)
    chosen = _augmentation(recipe if augment == "standard" else augment)
    settings = Settings(prepared, chosen, batch_size, arguments["seed"])
    data = Data(
        name=str(name),
        classes=classes,
        class_names=names,
        sizes={k: len(source) for k, source in splits.items()},
        preprocessing=prepared.to_dict(),
        arguments=arguments,
        notes=notes,
        skipped=checked[1],
        counts=count_images(splits["train"], classes),
        **_pipelines(pipeline, splits, settings),
    )
    if seed is not None:
        return data
    return _drawn(data, pipeline, splits["train"], settings)


def _read(name, data_dir, skip_unreadable):
    dataset, place = find_dataset(name, data_dir)
    splits, names = dataset.read(name, place)
    names = dataset.class_names or names
    return dataset, names, check_files(splits, names, skip_unreadable)


def _drawn(data, pipeline, source, settings):
    """Returns data that know how to take another seed than the one drawn."""
    remade = functools.partial(_reseeded, data, pipeline, source, settings)
    return dataclasses.replace(data, reseeded=remade)


def _reseeded(data, pipeline, source, settings, seed):
    settings = dataclasses.replace(settings, seed=seed)
    train_from = pipeline.training(source, settings)
    return dataclasses.replace(
        data,
        arguments={**data.arguments, "seed": seed},
        train_from=train_from,
        train=train_from(0),
    )


def _pipelines(pipeline, splits, settings):
    train_from = pipeline.training(splits["train"], settings)
    held = {
        split: pipeline.evaluation(splits[split], settings)
        for split in ("validation", "test")
        if split in splits
    }
    trained = {"train_from": train_from, "train": train_from(0)}
    files = [s.x for s in splits.values() if has_files(s)]
    channels = settings.preprocessing.shape[-1]
    named = functools.partial(named_errors, files, channels)
    return {"validation": None, **held, **trained, "named_errors": named}


def _pipeline(format):
    """Returns the module with the pipelines of a format."""
    if format is None:
        format = "tf" if keras.backend.backend() == "tensorflow" else "numpy"
    if format == "tf":  # Fails before the files are read.
        require("tensorflow", "tensorflow")
    return importlib.import_module(f"keras_deep.data.pipeline_{format}")


def _augmentation(name):
    return Augmentation() if name is None else AUGMENTATIONS[name]
