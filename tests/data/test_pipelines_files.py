"""Images that must be decoded or resized one at a time, in both formats."""

import dataclasses
import importlib
import os
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from keras_deep.data.failures import named_errors
from keras_deep.data.images import decode_image
from keras_deep.data.images import preprocess
from keras_deep.data.sources import Images
from keras_deep.utils.preprocessing import Preprocessing
from tests.data.oracle import epoch
from tests.data.oracle import order
from tests.data.oracle import window_of
from tests.support.image_files import READABLE
from tests.support.image_files import UNREADABLE


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


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_that_breaks_later_is_named(pipeline, files, settings, name):
    images, _ = files
    content, _ = UNREADABLE[name]
    path = Path(images.x[3]).with_name(name)
    path.write_bytes(content)
    paths = [*images.x]
    paths[3] = str(path)
    images = Images(np.array(paths), images.y)
    if name == "rotten.png":
        return  # Pillow reads it, and `named_errors` names it.
    if name == "no_end.png":
        epoch(pipeline.evaluation(images, settings()))  # It misses nothing.
        return
    message = f"Expected '{images.x[3]}' to be an image"
    with pytest.raises(Exception, match=re.escape(message)) as caught:
        epoch(pipeline.evaluation(images, settings()))
    assert caught.type is not AssertionError


def test_what_only_tensorflow_refuses_is_named(files, settings):
    """Stock errors of its kernels name no file."""
    tf = pytest.importorskip("tensorflow")
    images, _ = files
    with open(images.x[3], "wb") as file:
        file.write(UNREADABLE["rotten.png"][0])
    made = settings()
    batches = importlib.import_module("keras_deep.data.pipeline_tf")
    batches = batches.evaluation(images, made)
    with pytest.raises(tf.errors.OpError):
        epoch(batches)
    message = f"Expected '{images.x[3]}' to be an image. Received: "
    with pytest.raises(ValueError, match=re.escape(message)):
        with named_errors([images.x], 3):
            epoch(batches)
    os.remove(images.x[3])
    with pytest.raises(ValueError, match=f"{message}.*No such file"):
        with named_errors([images.x], 3):
            epoch(batches)
    # Other errors stay what they are.
    for error in (tf.errors.OutOfRangeError(None, None, "x"), KeyError(1)):
        with pytest.raises(type(error)), named_errors([images.x], 3):
            raise error


@pytest.mark.parametrize("channels", [1, 3])
def test_every_kind_of_file_is_read_as_prediction_reads_it(
    pipeline, tmp_path, settings, channels
):
    paths = [tmp_path / name for name in READABLE]
    # Names of other systems may be no UTF-8.
    paths.append(tmp_path / os.fsdecode(b"caf\xe9.jpg"))
    for path, content in zip(paths, [*READABLE.values(), READABLE["a.jpg"]]):
        path.write_bytes(content)
    source = Images(
        np.array([str(path) for path in paths]),
        np.arange(len(paths), dtype="int32"),
    )
    plain = Preprocessing((20, 26, channels), 0, 1, "stretch")
    made = dataclasses.replace(settings(), preprocessing=plain)
    batches = epoch(pipeline.evaluation(source, made))
    for image, path in zip(np.concatenate([x for x, _ in batches]), paths):
        expected = decode_image(path, made.preprocessing)
        # Of a turned TIFF and of gray that TensorFlow computes.
        assert abs(image - expected).max() <= 1, path


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
