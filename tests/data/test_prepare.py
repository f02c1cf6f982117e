import dataclasses

import numpy as np
import pytest

from keras_deep.data.datasets import DATASETS
from keras_deep.data.datasets import Dataset
from keras_deep.data.folder import read_folder
from keras_deep.data.prepare import count_classes
from keras_deep.data.prepare import hold_out
from keras_deep.data.prepare import prepare
from keras_deep.data.sources import Images

FOLDER = DATASETS["folder"]


@pytest.fixture
def source(rng):
    def make(count=50, shape=(6, 5, 3), classes=2):
        x = rng.integers(0, 200, (count, *shape), "uint8")
        return Images(x, np.arange(count, dtype="int32") % classes)

    return make


def test_hold_out_cuts_what_is_missing(source):
    splits = hold_out({"train": source()}, "test", 0.2)
    assert {k: len(v) for k, v in splits.items()} == {"train": 40, "test": 10}


def test_hold_out_keeps_what_is_there(source):
    splits = {"train": source(), "test": source(6)}
    assert hold_out(splits, "test", 0.5) == splits


def test_hold_out_of_nothing(source):
    splits = {"train": source()}
    assert hold_out(splits, "validation", 0) == splits
    # One image of a class stays where it is.
    assert list(hold_out({"train": source(2)}, "test", 0.5)) == ["train"]


def test_classes_are_counted(source):
    splits = {"train": source(classes=3), "test": source(classes=5)}
    assert count_classes(splits, None, "x") == 5
    assert count_classes(splits, tuple("abcdefg"), "x") == 7
    with pytest.raises(ValueError, match="labels of 'x'.*less than 4.*: 4"):
        count_classes(splits, tuple("abcd"), "x")


def test_a_test_set_is_needed(source):
    splits = {"train": source(2)}
    with pytest.raises(ValueError, match=r"'x'.*images for \['train'\]"):
        count_classes(splits, None, "x")


def test_mean_and_standard_deviation_are_those_of_the_pixels(source):
    train = source()
    record, recipe = prepare(train, FOLDER, None)
    pixels = train.x.reshape(-1, 3).astype(float)
    np.testing.assert_allclose(record.mean, pixels.mean(axis=0))
    np.testing.assert_allclose(record.std, pixels.std(axis=0))
    assert record.shape == (6, 5, 3)
    assert (record.resize, recipe) == ("stretch", "crop4_flip")


def test_one_colour_does_not_divide_by_zero():
    train = Images(np.full((4, 6, 6, 1), 7, "uint8"), np.zeros(4, "int32"))
    record, _ = prepare(train, FOLDER, None)
    assert (record.mean, record.std) == ((7.0,), (1.0,))


def test_known_facts_are_not_computed(source):
    facts = {"mean": (1.0,) * 3, "std": (2.0,) * 3, "shape": (6, 5, 3)}
    known = Dataset(None, augmentation="crop4", **facts)
    record, recipe = prepare(source(), known, None)
    assert (record.mean, record.std) == ((1.0,) * 3, (2.0,) * 3)
    assert recipe == "crop4"


@pytest.mark.parametrize(
    ("sizes", "image_size", "shape", "recipe"),
    [
        ([(6, 5)], None, (6, 5, 3), "crop4_flip"),
        ([(64, 64)], None, (64, 64, 3), "crop4_flip"),
        ([(6, 5), (8, 8)], 10, (10, 10, 3), "crop4_flip"),
        ([(65, 20)], None, (224, 224, 3), "resized_crop_flip"),
        ([(20, 30), (70, 80)], 32, (32, 32, 3), "resized_crop_flip"),
    ],
)
def test_folders_by_the_size_of_their_images(
    tmp_path, write_folder, sizes, image_size, shape, recipe
):
    written = write_folder(tmp_path, sizes, count=2)
    train = read_folder(tmp_path)[0]["train"]
    record, found = prepare(train, FOLDER, image_size)
    assert (record.shape, found) == (shape, recipe)
    large = recipe == "resized_crop_flip"
    assert record.resize == ("center_crop" if large else "stretch")
    if shape == (6, 5, 3):
        pixels = np.stack(list(written.values())).reshape(-1, 3)
        np.testing.assert_allclose(record.mean, pixels.mean(axis=0))


@pytest.mark.parametrize(
    ("sizes", "image_size", "shape"),
    [
        ([(70, 80)], None, (32, 32, 3)),
        ([(70, 80)], 48, (48, 48, 3)),
        ([(64, 64)], None, (64, 64, 3)),
    ],
)
def test_the_size_of_large_images_can_be_given(
    tmp_path, write_folder, sizes, image_size, shape
):
    write_folder(tmp_path, sizes, count=2)
    train = read_folder(tmp_path)[0]["train"]
    record, _ = prepare(train, FOLDER, image_size, large_size=32)
    assert record.shape == shape


def test_the_size_of_large_images_is_for_named_sets_too(source):
    facts = {"mean": (1.0,) * 3, "std": (2.0,) * 3, "shape": (224, 224, 3)}
    known = Dataset(None, augmentation="resized_crop_flip", **facts)
    assert prepare(source(), known, None)[0].shape == (224, 224, 3)
    record, _ = prepare(source(), known, None, large_size=32)
    assert record.shape == (32, 32, 3)


def test_small_images_of_many_sizes_need_an_image_size(tmp_path, write_folder):
    write_folder(tmp_path, [(6, 5), (8, 9)])
    train = read_folder(tmp_path)[0]["train"]
    match = r"Expected `image_size`.*\[\(6, 5\), \(8, 9\)\]"
    with pytest.raises(ValueError, match=match):
        prepare(train, FOLDER, None)


def test_files_of_another_shape_are_refused(source):
    known = dataclasses.replace(DATASETS["mnist"])
    with pytest.raises(ValueError, match=r"\(28, 28, 1\).*\(6, 5, 3\)"):
        prepare(source(), known, None)
