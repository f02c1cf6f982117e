"""Images that must be decoded or resized one at a time, in both formats."""

import numpy as np
import pytest
from PIL import Image

from keras_deep.data.images import preprocess
from keras_deep.data.sources import Images
from tests.data.oracle import epoch
from tests.data.oracle import order
from tests.data.oracle import window_of


@pytest.fixture
def files(tmp_path, write_folder):
    """Files of two classes; their pixels by path."""
    written = write_folder(tmp_path, [(6, 5), (9, 12)], count=6)
    paths = [str(tmp_path / name / f"{i}.png") for name, i in written]
    images = Images(np.array(paths), np.arange(12, dtype="int32"))
    return images, list(written.values())


def test_files_are_read_as_prediction_reads_them(pipeline, files, settings):
    images, pixels = files
    made = settings()
    ((x, y), *_) = epoch(pipeline.evaluation(images, made))
    for image, label in zip(x, y):
        if pixels[label].shape == (6, 5, 3):
            expected = preprocess(pixels[label], made.preprocessing)
            np.testing.assert_array_equal(image, expected)
    assert {len(p) for p in pixels} == {6, 9}


def test_files_train(pipeline, files, settings):
    images, pixels = files
    made = settings(padding=1, flip=True)
    batches = pipeline.training(images, made)(0)
    orders = [epoch(batches) for _ in range(2)]
    assert sorted(order(orders[0])) == list(range(12))
    assert order(orders[0]) != order(orders[1])
    for x, y in orders[0]:
        for image, label in zip(x, y):
            if pixels[label].shape == (6, 5, 3):
                whole = preprocess(pixels[label], made.preprocessing)
                assert window_of(whole, image, made.augmentation)


def test_a_broken_file_is_named(pipeline, files, settings):
    images, _ = files
    with open(images.x[3], "wb") as file:
        file.write(b"no image")
    with pytest.raises(Exception, match="image") as caught:
        epoch(pipeline.evaluation(images, settings()))
    assert caught.type is not AssertionError


@pytest.mark.parametrize("in_memory", [True, False])
def test_random_resized_crops(pipeline, tmp_path, settings, in_memory):
    """A ramp of red over x and of green over y tells which part was cut."""
    side = 256
    y, x = np.mgrid[:side, :side].astype("uint8")
    ramp = np.stack([x, y, np.full_like(x, 9)], axis=-1)
    Image.fromarray(ramp).save(tmp_path / "ramp.png")
    path = np.array([str(tmp_path / "ramp.png")])
    source = Images(ramp[None] if in_memory else path, np.zeros(1, "int32"))
    source = source.take(np.zeros(150, int))
    recipe = {"resized": True, "flip": True}
    made = settings((8, 8, 3), "center_crop", **recipe)
    batches = epoch(pipeline.training(source, made)(0))
    scaled = np.concatenate([x for x, _ in batches])
    pixels = scaled * [60, 70, 80] + [99, 120, 140]
    np.testing.assert_allclose(pixels[..., 2], 9, atol=1e-4)
    steps = np.diff(pixels[..., 0], axis=2)[:, :, 1:-1].mean((1, 2))
    widths = abs(steps) * 8
    heights = np.diff(pixels[..., 1], axis=1)[:, 1:-1].mean((1, 2)) * 8
    areas, ratios = widths * heights / side**2, widths / heights
    assert 0.06 < areas.min() < 0.15 and 0.8 < areas.max() < 1.02
    assert 0.70 < ratios.min() < 0.8 and 1.25 < ratios.max() < 1.4
    assert 50 < (steps < 0).sum() < 100  # mirrored
    assert len(np.unique(scaled, axis=0)) > 145


def test_center_crops_for_evaluation(pipeline, settings, rng):
    image = rng.integers(0, 256, (64, 96, 3), "uint8")
    source = Images(image[None], np.zeros(1, "int32"))
    made = settings((56, 56, 3), "center_crop")
    ((x, _),) = epoch(pipeline.evaluation(source, made))
    expected = preprocess(image[4:60, 20:76], made.preprocessing)
    np.testing.assert_array_equal(x[0], expected)
    assert Image.fromarray(image).size == (96, 64)
