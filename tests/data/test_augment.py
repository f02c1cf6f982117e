import numpy as np
import pytest

from keras_deep.data.augment import AUGMENTATIONS
from keras_deep.data.augment import Augmentation
from keras_deep.data.augment import crop_and_flip
from keras_deep.data.augment import random_box
from tests.data.oracle import assert_every_window


@pytest.mark.parametrize(
    "augmentation",
    [Augmentation(1), Augmentation(1, True), Augmentation(0, True)],
)
@pytest.mark.parametrize("shape", [(5, 5, 1), (4, 6, 3)])
def test_every_result_is_a_window_of_the_padded_image(rng, augmentation, shape):
    images = rng.normal(size=(900, *shape)).astype("float32")
    results = crop_and_flip(images, augmentation, rng)
    assert_every_window(images, results, augmentation)


def test_each_image_of_a_batch_is_cropped_on_its_own(rng):
    image = rng.normal(size=(1, 8, 8, 3)).astype("float32")
    results = crop_and_flip(
        np.repeat(image, 64, axis=0), AUGMENTATIONS["crop4_flip"], rng
    )
    assert len(np.unique(results, axis=0)) > 32


def test_only_data_sets_without_signs_flip():
    assert not any(AUGMENTATIONS[f"crop{n}"].flip for n in (1, 2, 4))
    assert AUGMENTATIONS["crop4_flip"].flip


def test_random_boxes_have_the_papers_area_and_ratio(rng):
    areas, ratios = [], []
    for _ in range(2000):
        left, upper, right, lower = random_box(300, 400, rng)
        assert 0 <= left < right <= 400
        assert 0 <= upper < lower <= 300
        areas.append((right - left) * (lower - upper) / (300 * 400))
        ratios.append((right - left) / (lower - upper))
    assert 0.08 <= min(areas) < 0.1
    assert 0.9 < max(areas) <= 1
    assert 0.75 - 1e-9 <= min(ratios) < 0.76
    assert 1.32 < max(ratios) <= 4 / 3 + 1e-9


@pytest.mark.parametrize(
    ("height", "width", "expected"),
    [
        # 10 draws of an area and a ratio never fit into a thread.
        (1000, 1, (0, 499 + 1 / 3, 1, 500 + 2 / 3)),
        (1, 1000, (499 + 1 / 3, 0, 500 + 2 / 3, 1)),
    ],
)
def test_a_thin_image_gives_its_middle(rng, height, width, expected):
    for _ in range(20):
        assert random_box(height, width, rng) == pytest.approx(expected)
