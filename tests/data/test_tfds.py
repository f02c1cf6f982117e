import sys

import numpy as np
import pytest

from keras_deep.data import load
from keras_deep.data import tfds as room
from keras_deep.data.tfds import Records
from keras_deep.data.tfds import read_tfds

pytest.importorskip("tensorflow")
tfds = pytest.importorskip("tensorflow_datasets")
pytestmark = pytest.mark.tensorflow


class Tiny(tfds.core.GeneratorBasedBuilder, skip_registration=True):
    """40 images of noise in each of two splits."""

    VERSION = tfds.core.Version("1.0.0")
    shape, encoding = (8, 8, 3), "png"
    splits = ("train", "test")
    keys = ("image", "label")

    def _info(self):
        image = tfds.features.Image(
            shape=self.shape, encoding_format=self.encoding
        )
        label = tfds.features.ClassLabel(names=["ant", "bee"])
        return tfds.core.DatasetInfo(
            builder=self,
            features=tfds.features.FeaturesDict(
                {"image": image, "label": label}
            ),
            supervised_keys=self.keys,
        )

    def _split_generators(self, manager):
        return {split: self._generate_examples() for split in self.splits}

    def _generate_examples(self):
        rng = np.random.default_rng(0)
        for i in range(40):
            side = 70 + i if None in self.shape else 8
            pixels = rng.integers(0, 256, (side, side, 3), "uint8")
            yield i, {"image": pixels, "label": i % 2}


class TinyVaried(Tiny, skip_registration=True):
    shape, encoding = (None, None, 3), "jpeg"
    splits = ("train", "validation")


class TinyUnsupervised(Tiny, skip_registration=True):
    keys = None


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """Prepares the data sets in tensorflow-datasets' own way."""
    folder = tmp_path_factory.mktemp("tfds")
    for builder in (Tiny, TinyVaried, TinyUnsupervised):
        builder(data_dir=str(folder)).download_and_prepare()
    return folder


def test_small_images_of_one_size_are_read_into_memory(prepared):
    splits, names = read_tfds("tiny", prepared)
    assert names == ("ant", "bee")
    assert list(splits) == ["train", "test"]
    rng = np.random.default_rng(0)
    written = {rng.integers(0, 256, (8, 8, 3), "uint8").tobytes() for _ in "x"}
    train = splits["train"]
    assert train.x.shape == (40, 8, 8, 3)
    assert written < {image.tobytes() for image in train.x}
    assert np.bincount(train.y).tolist() == [20, 20]


def test_images_of_many_sizes_stay_in_their_files(prepared):
    splits, _ = read_tfds("tiny_varied", prepared)
    assert isinstance(splits["train"], Records)
    assert len(splits["train"]) == 40
    # There is no test split, so the validation split is the test set.
    assert splits["test"].split == "validation"
    assert splits["train"].measure() == ({(None, None)}, 3)


def test_many_images_stay_in_their_files(prepared, monkeypatch):
    monkeypatch.setattr(room, "_IN_MEMORY", 40 * 8 * 8 * 3 - 1)
    splits, _ = read_tfds("tiny", prepared)
    assert isinstance(splits["train"], Records)


def test_records_are_divided_without_loss(prepared):
    train = read_tfds("tiny_varied", prepared)[0]["train"]
    parts = train.divide(0.1)
    assert [len(part) for part in parts] == [36, 4]
    images = [set(part.examples(40)) for part in parts]
    assert images[0] | images[1] == set(train.examples(40))
    assert not images[0] & images[1]


def test_records_train(prepared):
    data = load(
        "tiny_varied", "tf", 8, seed=1, data_dir=prepared, image_size=16
    )
    assert data.sizes == {"train": 36, "validation": 4, "test": 40}
    assert data.preprocessing["resize"] == "center_crop"
    assert len(data.train) == 5
    epochs = [list(data.train.as_numpy_iterator()) for _ in range(2)]
    labels = [np.concatenate([y for _, y in epoch]) for epoch in epochs]
    assert len(labels[0]) == 36
    assert labels[0].tolist() != labels[1].tolist()
    again = list(data.train_from(1).as_numpy_iterator())
    for (x, y), (same_x, same_y) in zip(epochs[1], again):
        np.testing.assert_array_equal(x, same_x)
        np.testing.assert_array_equal(y, same_y)
    assert epochs[0][0][0].shape == (8, 16, 16, 3)
    # Noise around the mean colour, after normalisation.
    assert abs(np.concatenate([x for x, _ in epochs[0]]).mean()) < 0.1


def test_records_need_tensorflow(prepared):
    with pytest.raises(ValueError, match="format='numpy'.*pass format='tf'"):
        load("tiny_varied", "numpy", data_dir=prepared, image_size=16)


@pytest.mark.parametrize("format", ["tf", "numpy"])
def test_images_in_memory_train_in_both_formats(prepared, format):
    data = load("tiny", format, data_dir=prepared)
    assert data.shape == (8, 8, 3)
    assert data.class_names == ("ant", "bee")
    assert data.sizes == {"train": 36, "validation": 4, "test": 40}
    assert sum(len(y) for _, y in data.train) == 36


@pytest.mark.parametrize(
    ("name", "shape", "classes"),
    [
        ("svhn_cropped", (32, 32, 3), 10),
        ("stl10", (24, 24, 3), 10),
        ("imagenet2012", (24, 24, 3), 1000),
    ],
)
def test_the_listed_names(name, shape, classes, caplog):
    size = None if name == "svhn_cropped" else 24
    with tfds.testing.mock_data(num_examples=12):
        data = load(name, "tf", 4, image_size=size, validation=0.25)
        assert (data.shape, data.classes) == (shape, classes)
        assert len(data.class_names) == classes
        for pipeline in (data.train, data.validation, data.test):
            x, y = next(iter(pipeline))
            assert x.shape[1:] == shape
            assert 0 <= y.numpy().min() <= y.numpy().max() < classes


@pytest.mark.parametrize("name", ["svhn_cropped", "imagenet2012", "cars196"])
def test_what_is_not_prepared_is_said_at_once(tmp_path, name):
    match = f"'{name}' to be prepared in '{tmp_path}'.*tfds build {name}"
    with pytest.raises(ValueError, match=match):
        load(name, "tf", data_dir=tmp_path)


def test_other_than_images_with_classes_is_refused(prepared):
    with pytest.raises(ValueError, match="images with one class each"):
        load("tiny_unsupervised", "tf", data_dir=prepared)


def test_an_unknown_name_has_near_misses(tmp_path):
    with pytest.raises(ValueError, match="name='svhn_croped'.*'svhn_cropped'"):
        load("svhn_croped", data_dir=tmp_path)


def test_without_the_package_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow_datasets", None)
    with pytest.raises(ImportError, match=r"pip install 'keras_deep\[datasets"):
        load("svhn_cropped")
    with pytest.raises(ValueError, match=r"keras_deep\[datasets\]'\)"):
        load("cars196")
