"""The data sets known by name: their properties and readers."""

import dataclasses
import functools
import pathlib
import types

from keras_deep.data.cifar import read_cifar
from keras_deep.data.digits import read_digits
from keras_deep.data.files import existing
from keras_deep.data.folder import read_folder
from keras_deep.data.idx import read_idx
from keras_deep.data.keras_datasets import download
from keras_deep.data.npz import read_npz
from keras_deep.data.tfds import prepared_names
from keras_deep.data.tfds import read_tfds
from keras_deep.utils.errors import did_you_mean

_CIFAR10 = "airplane automobile bird cat deer dog frog horse ship truck"
_CIFAR100 = """
    apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy
    bridge bus butterfly camel can castle caterpillar cattle chair chimpanzee
    clock cloud cockroach couch crab crocodile cup dinosaur dolphin elephant
    flatfish forest fox girl hamster house kangaroo keyboard lamp lawn_mower
    leopard lion lizard lobster man maple_tree motorcycle mountain mouse
    mushroom oak_tree orange orchid otter palm_tree pear pickup_truck pine_tree
    plain plate poppy porcupine possum rabbit raccoon ray road rocket rose sea
    seal shark shrew skunk skyscraper snail snake spider squirrel streetcar
    sunflower sweet_pepper table tank telephone television tiger tractor train
    trout tulip turtle wardrobe whale willow_tree wolf woman worm
"""
_FASHION = (
    *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"),
    *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
)


@dataclasses.dataclass(frozen=True)
class Dataset:
    """Properties of a data set that are known before its files are read.

    Args:
        read: function of the data set's name and `data_dir` that returns a
            dict of splits and a tuple of class names or `None`.
        augmentation: string, the default key of `AUGMENTATIONS`, or `None` if
            it depends on the size of the images.
        shape: tuple, height, width and channels, or `None`.
        class_names: tuple of strings, or `None` if they are in the files.
        mean: tuple, the training images' mean per channel, or `None`.
        std: tuple, their standard deviation per channel, or `None`.
    """

    read: callable
    augmentation: str | None = None
    shape: tuple | None = None
    class_names: tuple | None = None
    mean: tuple | None = None
    std: tuple | None = None


def _local(read, name, data_dir):
    """Reads a data set from `data_dir`, or from Keras's download."""
    if data_dir is None:
        return download(name), None
    path = existing(data_dir)
    archives = (path, path / f"{name}.npz")
    npz = [p for p in archives if p.suffix == ".npz" and p.is_file()]
    splits = read_npz(npz[0]) if npz else read(name, path)
    if splits is None:
        held = "other data"
        if path.is_dir():
            held = f"only {sorted(p.name for p in path.iterdir())[:8]}"
        raise ValueError(
            f"Expected `data_dir` to hold the files of {name!r} (see "
            "`keras_deep.data.load`). Received: "
            f"data_dir={str(data_dir)!r}, which holds {held}"
        )
    return splits, None


def _read_digits(name, data_dir):
    if data_dir is not None:
        raise ValueError(
            f"Expected no `data_dir` for {name!r}, which come with "
            f"scikit-learn. Received: data_dir={str(data_dir)!r}"
        )
    return read_digits(), None


def _read_path(name, data_dir):
    path = existing(data_dir)
    if path.suffix == ".npz":
        return read_npz(path), None
    if not path.is_dir():
        raise ValueError(
            "Expected a folder with one folder of images for each class, or "
            f"an `.npz` file. Received: {str(path)!r}"
        )
    return read_folder(path)


# Means and standard deviations, from 0 to 255: CIFAR as in facebook's
# fb.resnet.torch (datasets/cifar10.lua, cifar100.lua), MNIST as in
# pytorch/examples, ImageNet as in torchvision's reference training, times 255
# where the source has fractions. A test recomputes those of CIFAR-10.
DATASETS = types.MappingProxyType(
    {
        "digits": Dataset(
            _read_digits,
            augmentation="crop1",
            shape=(8, 8, 1),
            class_names=tuple("0123456789"),
        ),
        "mnist": Dataset(
            functools.partial(_local, read_idx),
            augmentation="crop2",
            shape=(28, 28, 1),
            class_names=tuple("0123456789"),
            mean=(33.33,),
            std=(78.57,),
        ),
        "fashion_mnist": Dataset(
            functools.partial(_local, read_idx),
            augmentation="crop4_flip",
            shape=(28, 28, 1),
            class_names=_FASHION,
        ),
        "cifar10": Dataset(
            functools.partial(_local, read_cifar),
            augmentation="crop4_flip",
            shape=(32, 32, 3),
            class_names=tuple(_CIFAR10.split()),
            mean=(125.3, 123.0, 113.9),
            std=(63.0, 62.1, 66.7),
        ),
        "cifar100": Dataset(
            functools.partial(_local, read_cifar),
            augmentation="crop4_flip",
            shape=(32, 32, 3),
            class_names=tuple(_CIFAR100.split()),
            mean=(129.3, 124.1, 112.4),
            std=(68.2, 65.4, 70.4),
        ),
        "svhn_cropped": Dataset(
            functools.partial(read_tfds, test="test"),
            augmentation="crop4",
            shape=(32, 32, 3),
        ),
        "stl10": Dataset(
            functools.partial(read_tfds, test="test"),
            augmentation="resized_crop_flip",
            shape=(224, 224, 3),
        ),
        "imagenet2012": Dataset(
            # The labels of ImageNet's test split are not public.
            functools.partial(read_tfds, test="validation"),
            augmentation="resized_crop_flip",
            shape=(224, 224, 3),
            mean=(123.675, 116.28, 103.53),
            std=(58.395, 57.12, 57.375),
        ),
        "folder": Dataset(_read_path),
    }
)


def list_datasets():
    """Returns the sorted names of the data sets that `load` knows.

    `"folder"` is for your own images. Other names are looked up in
    tensorflow-datasets.
    """
    return sorted(DATASETS)


def find_dataset(name, data_dir):
    """Returns the `Dataset` of a name or path, and the path of its files.

    Raises:
        ValueError: if there is no such data set.
    """
    if name in DATASETS:
        if name == "folder" and data_dir is None:
            raise ValueError(
                "Expected `data_dir` to be a folder of images or an `.npz` "
                "file. Received: name='folder', data_dir=None"
            )
        return DATASETS[name], data_dir
    if data_dir is None and pathlib.Path(name).expanduser().exists():
        return DATASETS["folder"], name
    known = prepared_names(data_dir)
    if name.split("/")[0].split(":")[0] not in known:
        raise ValueError(
            f"Expected `name` (`--data`) to be one of {list_datasets()}, the "
            "path of a folder or `.npz` file, or a data set of "
            "tensorflow-datasets (pip install 'keras_deep[datasets]'). "
            f"Received: name={name!r}."
            f"{did_you_mean(name, [*DATASETS, *known])}"
        )
    return Dataset(read_tfds), data_dir
