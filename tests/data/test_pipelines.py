"""Both formats must do the same, so one file tests them."""

import importlib

import keras
import numpy as np
import pytest

from keras_deep.data.images import preprocess
from tests.data.oracle import COUNT
from tests.data.oracle import assert_same
from tests.data.oracle import epoch
from tests.data.oracle import order
from tests.data.oracle import window_of


def test_evaluation_keeps_order_and_pixels(pipeline, images, settings):
    made = settings(padding=2, flip=True)
    batches = pipeline.evaluation(images, made)
    assert len(batches) == 5
    for _ in range(2):
        found = epoch(batches)
        assert [len(y) for _, y in found] == [5, 5, 5, 5, 3]
        assert order(found) == list(range(COUNT))
        x = np.concatenate([x for x, _ in found])
        assert x.dtype == "float32" and found[0][1].dtype == "int32"
        expected = preprocess(images.x, made.preprocessing)
        np.testing.assert_array_equal(x, expected)


def test_every_epoch_has_every_image_in_another_order(
    pipeline, images, settings
):
    batches = pipeline.training(images, settings())(0)
    assert len(batches) == 5
    orders = [order(epoch(batches)) for _ in range(4)]
    assert all(sorted(found) == list(range(COUNT)) for found in orders)
    assert len({tuple(found) for found in orders}) == 4


def test_the_same_seed_gives_the_same_batches(pipeline, images, settings):
    made = settings(padding=2, flip=True)
    runs = [pipeline.training(images, made)(0) for _ in range(2)]
    for _ in range(3):
        assert_same(epoch(runs[0]), epoch(runs[1]))
    other = pipeline.training(images, settings(seed=8, padding=2, flip=True))
    assert order(epoch(other(0))) != order(epoch(runs[0]))


def test_global_seeds_do_not_matter(pipeline, images, settings):
    made = settings(padding=2, flip=True)
    found = []
    for seed in (0, 1):
        keras.utils.set_random_seed(seed)
        found.append(epoch(pipeline.training(images, made)(0)))
    assert_same(*found)


def test_training_can_begin_with_any_epoch(pipeline, images, settings):
    train_from = pipeline.training(images, settings(padding=2, flip=True))
    batches = train_from(0)
    epochs = [epoch(batches) for _ in range(4)]
    later = train_from(2)
    assert_same(epoch(later), epochs[2])
    assert_same(epoch(later), epochs[3])


def test_training_images_are_windows_padded_with_the_mean(
    pipeline, images, settings
):
    made = settings(padding=2, flip=True)
    normalized = preprocess(images.x, made.preprocessing)
    batches = pipeline.training(images, made)(0)
    seen = [{} for _ in range(COUNT)]
    for _ in range(6):
        for x, y in epoch(batches):
            for image, label in zip(x, y):
                key = window_of(normalized[label], image, made.augmentation)
                seen[label][key] = True
    # 6 draws of 50 windows: the same image changes from epoch to epoch.
    assert all(len(windows) > 2 for windows in seen)
    assert {flipped for windows in seen for *_, flipped in windows} == {0, 1}


@pytest.mark.parametrize(
    "recipe", [{"padding": 3, "flip": True}, {"resized": True, "flip": True}]
)
def test_every_batch_of_every_epoch_draws_anew(
    pipeline, images, settings, recipe
):
    same = images.take(np.zeros(20, int))
    batches = pipeline.training(same, settings(**recipe))(0)
    drawn = {x.tobytes() for _ in range(3) for x, _ in epoch(batches)}
    assert len(drawn) == 3 * 4


def test_without_augmentation_only_the_order_changes(
    pipeline, images, settings
):
    made = settings()
    expected = preprocess(images.x, made.preprocessing)
    for x, y in epoch(pipeline.training(images, made)(0)):
        np.testing.assert_array_equal(x, expected[y])


def test_channels_first(pipeline, images, settings):
    made = settings(padding=2, flip=True)
    last = epoch(pipeline.training(images, made)(0))
    keras.config.set_image_data_format("channels_first")
    try:
        first = epoch(pipeline.training(images, made)(0))
    finally:
        keras.config.set_image_data_format("channels_last")
    assert first[0][0].shape == (5, 3, 6, 5)
    assert_same([(x.transpose(0, 2, 3, 1), y) for x, y in first], last)


@pytest.mark.tensorflow
def test_both_formats_evaluate_alike(images, settings):
    pytest.importorskip("tensorflow")
    made = settings()
    found = [
        epoch(
            importlib.import_module(
                f"keras_deep.data.pipeline_{name}"
            ).evaluation(images, made)
        )
        for name in ("tf", "numpy")
    ]
    assert_same(*found)
