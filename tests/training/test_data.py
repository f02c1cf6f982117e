import dataclasses

import keras
import numpy as np
import pytest

from keras_deep import data
from keras_deep.training.data import describe
from keras_deep.training.data import load_data


@pytest.fixture
def photos(tmp_path, rng):
    x = rng.integers(0, 256, (20, 70, 80, 3), "uint8")
    np.savez(tmp_path / "photos.npz", images=x, labels=np.arange(20) % 2)
    return {"name": str(tmp_path / "photos.npz"), "format": "numpy"}


def stock(*shape):
    return keras.Sequential([keras.Input(shape), keras.layers.Flatten()])


@pytest.mark.parametrize(
    ("build", "side"),
    [
        ("CifarResNet", 32),
        ("ResNet110", 32),
        ("ResNet50", 224),
        ("InceptionV4", 299),
        ("MnistResNet", 28),
        ("IRNN", 224),
        (("CifarResNet", {"depth": 8}), 32),
        (("CifarResNet", {"input_shape": (48, 48, 3)}), 48),
        (("CifarResNet", {"input_shape": (None, None, 3)}), 224),
        (lambda: None, 224),
        (stock(40, 40, 3), 40),
        (stock(40, 20, 3), 224),
        (stock(40), 224),
    ],
)
def test_photos_are_brought_to_the_size_of_the_model(photos, build, side):
    found = load_data(build, photos)
    assert found.shape == (side, side, 3)
    assert load_data(build, found) is found
    # The recorded arguments give the same again, with any model.
    assert load_data("ResNet50", found.arguments).shape == found.shape


def test_a_size_that_is_given_is_obeyed(photos):
    for own in ({"image_size": 40}, {"large_size": 40}):
        assert load_data("CifarResNet", {**photos, **own}).shape[0] == 40


def test_own_sizes_of_small_images_are_kept(tmp_path, rng):
    x = rng.integers(0, 256, (20, 20, 20, 3), "uint8")
    np.savez(tmp_path / "a.npz", images=x, labels=np.arange(20) % 2)
    found = load_data("CifarResNet", {"name": str(tmp_path / "a.npz")})
    assert found.shape == (20, 20, 3)
    assert "large_size" not in found.arguments


def test_what_the_data_are_is_said(digits):
    assert describe(digits) == [
        "Data: 1,295 training, 143 validation and 359 test images of 8 x 8 x 1",
        "Classes (10): 0, 1, 2, 3, 4, 5, 6, 7, 8, 9",
    ]
    without = data.load("digits", "numpy", validation=0, batch_size=2000)
    assert without.sizes["train"] == 1438
    first, *_, last = describe(without)
    assert first.startswith("Data: 1,438 training and 359 test images")
    assert last.startswith("A batch of 2000 is more than all 1438 training")
    many = tuple(f"c{i}" for i in range(1000))
    many = dataclasses.replace(digits, classes=1000, class_names=many)
    assert describe(many)[1].endswith("c18, c19 and 980 more")
    assert len(describe(dataclasses.replace(digits, class_names=None))) == 1
