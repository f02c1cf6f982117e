"""Resized images are those that NumPy interpolates."""

import fractions
import itertools

import keras
import numpy as np
import pytest

from keras_deep.layers import Resize
from tests.support.equality import array

IMAGES = (2, 7, 9, 3)
SIZES = ((3, 11), (7, 9), (14, 4), (1, 1), (1, 20))
FORMATS = ("channels_last", "channels_first")


def places(n, m, align_corners):
    """Returns where `m` pixels stand among `n`, exactly."""
    if align_corners:
        return [
            fractions.Fraction(i * (n - 1), max(m - 1, 1)) for i in range(m)
        ]
    half = fractions.Fraction(1, 2)
    places = [(i + half) * n / m - half for i in range(m)]
    return [min(max(place, 0), n - 1) for place in places]


def along(x, axis, m, interpolation, align_corners):
    n = x.shape[axis]
    at = places(n, m, align_corners)
    if interpolation == "nearest":
        # The later of two that are equally near.
        near = [min(range(n), key=lambda i: (abs(p - i), -i)) for p in at]
        return x.take(near, axis)
    at = [float(p) for p in at]
    return np.apply_along_axis(
        lambda row: np.interp(at, range(n), row), axis, x
    )


def resized(x, size, *settings):
    """Resizes an array, channels last."""
    for axis, m in zip((1, 2), size):
        x = along(x, axis, m, *settings)
    return x


def channels_first(x):
    return np.transpose(x, (0, 3, 1, 2))


SETTINGS = list(
    itertools.product(("bilinear", "nearest"), (True, False), FORMATS)
)


@pytest.mark.parametrize("interpolation, align_corners, data_format", SETTINGS)
@pytest.mark.parametrize("size", SIZES)
def test_sizes_equal_numpy(
    rng, size, interpolation, align_corners, data_format
):
    x = rng.standard_normal(IMAGES)
    expected = resized(x, size, interpolation, align_corners)
    if data_format == "channels_first":
        x, expected = map(channels_first, (x, expected))
    layer = Resize(
        size,
        interpolation=interpolation,
        align_corners=align_corners,
        data_format=data_format,
    )
    y = array(layer(x.astype("float32")))
    assert layer.compute_output_shape(x.shape) == y.shape == expected.shape
    np.testing.assert_allclose(y, expected, atol=2e-6)


SCALES = {
    2: (14, 18),
    0.5: (3, 4),
    (1, 1.5): (7, 13),
    (1 / 7, 1 / 3): (1, 3),
}


@pytest.mark.parametrize("align_corners", (True, False))
@pytest.mark.parametrize("scale", SCALES)
def test_scales_round_down(rng, scale, align_corners):
    """Whether the sides are known or not."""
    x = rng.standard_normal(IMAGES).astype("float32")
    layer = Resize(scale=scale, align_corners=align_corners)
    expected = resized(x, SCALES[scale], "bilinear", align_corners)
    np.testing.assert_allclose(array(layer(x)), expected, atol=2e-6)
    inputs = keras.Input((None, None, 3))
    outputs = layer(inputs)
    assert outputs.shape == (None, None, None, 3)
    y = keras.Model(inputs, outputs).predict(x, verbose=0)
    np.testing.assert_allclose(y, expected, atol=2e-6)


@pytest.mark.parametrize("data_format", FORMATS)
def test_size_of_another_tensor(rng, data_format):
    x, like = rng.standard_normal(IMAGES), np.zeros((2, 5, 4, 1))
    expected = resized(x, (5, 4), "bilinear", False)
    arrays = [x, like, expected]
    if data_format == "channels_first":
        arrays = map(channels_first, arrays)
    x, like, expected = (a.astype("float32") for a in arrays)
    layer = Resize(data_format=data_format)
    shape = layer.compute_output_shape([x.shape, like.shape])
    assert shape == expected.shape
    np.testing.assert_allclose(array(layer([x, like])), expected, atol=2e-6)


@pytest.mark.parametrize("size", SIZES)
def test_areas_are_those_of_keras(rng, size):
    x = rng.standard_normal(IMAGES).astype("float32")
    expected = keras.ops.image.resize(
        x, size, "bilinear", data_format="channels_last"
    )
    y = array(Resize(size)(x))
    np.testing.assert_allclose(y, array(expected), atol=2e-6)


def test_data_format_is_that_of_keras_when_it_is_made():
    keras.config.set_image_data_format("channels_first")
    try:
        layer = Resize(4)
    finally:
        keras.config.set_image_data_format("channels_last")
    assert layer.compute_output_shape((1, 2, 8, 8)) == (1, 2, 4, 4)
    other = Resize.from_config(layer.get_config())
    assert other.data_format == "channels_first"


def test_whole_numbers_become_those_of_the_layer():
    x = np.arange(4, dtype="uint8").reshape(1, 4, 1, 1)
    y = Resize((7, 1), align_corners=True)(x)
    np.testing.assert_array_equal(array(y).ravel(), np.arange(7) / 2)


ERRORS = [
    (lambda: Resize((4, 0)), "`size` and `scale` above zero"),
    (lambda: Resize(scale=-1), "`size` and `scale` above zero"),
    (lambda: Resize(2, 2.0), "`size` or `scale`"),
    (lambda: Resize(2, interpolation="cubic"), "`interpolation` to be one of"),
    (lambda: Resize()(np.zeros(IMAGES)), "two tensors"),
]


@pytest.mark.parametrize("make, message", ERRORS)
def test_arguments_are_checked(make, message):
    with pytest.raises(ValueError, match=message):
        make()
