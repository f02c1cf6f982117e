"""The layers of Caffe networks: shapes, files, gradients, known values."""

import itertools

import keras
import numpy as np
import pytest
from keras import layers

from keras_deep.convert.caffe import keras_layers as caffe
from keras_deep.layers import Resize
from keras_deep.layers import Split
from tests.support.equality import array
from tests.support.equality import gradients
from tests.support.equality import on_tensorflow

IMAGES = (2, 7, 9, 4)
# A layer of every kind, with arguments that are not its defaults.
LAYERS = {
    "max": caffe.CaffeMaxPooling2D((3, 2), (2, 1), (1, 0)),
    "max_floor": caffe.CaffeMaxPooling2D(3, 2, 1, rounding="floor"),
    "average": caffe.CaffeAveragePooling2D(4, 3, 2),
    "deconvolution": caffe.CaffeDeconvolution2D(
        6, (3, 2), (2, 3), (1, 0), (1, 2), 2, kernel_initializer="ones"
    ),
    "plain_deconvolution": caffe.CaffeDeconvolution2D(3, 2, use_bias=False),
    "scale": caffe.CaffeScale([3], gamma_initializer="random_normal"),
    "scale_sides": caffe.CaffeScale([1, 3], center=False),
    "bias": caffe.CaffeScale([], scale=False, beta_initializer="ones"),
    "slice": Split([1, 3], 3),
    "interp": Resize((3, 11), align_corners=True),
    "interp_sides": caffe.CaffeInterp(2, 3, align_corners=True),
    "abs": caffe.CaffeElementwise("abs", shift=0.5),
    "log": caffe.CaffeElementwise("log", scale=0.1, shift=9.0, factor=2.0),
    "power": caffe.CaffeElementwise("power", shift=9.0, parameter=1.5),
    "lrn": caffe.CaffeLRN(3, 0.5, 0.6, 2.0),
    "lrn_pixels": caffe.CaffeLRN(3, 0.5, region="pixels"),
}
FREE = [name for name in LAYERS if name != "scale_sides"]


def images(rng, shape=IMAGES):
    return rng.standard_normal(shape).astype("float32")


def shapes(value):
    return [tuple(part.shape) for part in keras.tree.flatten(value)]


def copy(name):
    layer = LAYERS[name]
    return type(layer).from_config(layer.get_config())


@pytest.mark.parametrize("name", LAYERS)
def test_config_makes_the_same_layer(name, rng):
    layer, other = copy(name), copy(name)
    assert layer.get_config() == LAYERS[name].get_config()
    x = images(rng)
    layer(x), other(x)
    other.set_weights(layer.get_weights())
    for a, b in zip(*map(keras.tree.flatten, (layer(x), other(x)))):
        np.testing.assert_array_equal(array(a), array(b))
    registered = keras.saving.get_registered_name(type(layer))
    assert registered == f"keras_deep>{type(layer).__name__}"


@pytest.mark.parametrize("name", LAYERS)
def test_shape_is_known_before(name, rng):
    layer = copy(name)
    outputs = shapes(layer(images(rng)))
    stated = layer.compute_output_shape(IMAGES)
    assert outputs == (stated if isinstance(stated, list) else [stated])
    for value in outputs:
        assert all(isinstance(side, int) for side in value)


@pytest.mark.parametrize("name", FREE)
def test_free_sides_give_the_same(name, rng):
    fixed, free = copy(name), copy(name)
    inputs = keras.Input((None, None, IMAGES[-1]))
    model = keras.Model(inputs, free(inputs))
    for tensor in keras.tree.flatten(model.output):
        # The size of one layer does not depend on the input.
        assert tensor.shape[1] in (None, 3)
    x = images(rng)
    fixed.build(IMAGES)
    fixed.set_weights(free.get_weights())
    expected = fixed(x)
    outputs = model.predict(x, verbose=0)
    for a, b in zip(*map(keras.tree.flatten, (outputs, expected))):
        np.testing.assert_allclose(array(a), array(b), rtol=1e-5, atol=1e-6)


@on_tensorflow  # JAX has no float64 unless told so.
@pytest.mark.parametrize("name", LAYERS)
def test_gradient_is_the_slope(name, rng):
    """Along a random line, by central differences."""
    layer = copy(name)
    x = keras.ops.convert_to_tensor(images(rng), "float64")
    layer = type(layer).from_config({**layer.get_config(), "dtype": "float64"})
    parts = keras.tree.flatten(layer(x))
    seeds = [rng.standard_normal(part.shape) for part in parts]

    class Sum(layers.Layer):
        def call(self, inputs):
            parts = keras.tree.flatten(layer(inputs))
            return sum(keras.ops.sum(s * p) for s, p in zip(seeds, parts))

    total = Sum(dtype="float64")
    line = rng.standard_normal(x.shape)
    step = 1e-6
    ahead, behind = (float(total(x + sign * step * line)) for sign in (1, -1))
    (gradient,) = gradients(total, x, np.ones((), "float32"))
    slope = float((array(gradient) * line).sum())
    assert slope == pytest.approx((ahead - behind) / (2 * step), rel=1e-5)


@pytest.mark.parametrize("name", LAYERS)
def test_half_precision(name, rng):
    layer = copy(name)
    config = {**layer.get_config(), "dtype": "mixed_bfloat16"}
    outputs = keras.tree.flatten(type(layer).from_config(config)(images(rng)))
    assert {str(keras.backend.standardize_dtype(y.dtype)) for y in outputs} == {
        "bfloat16"
    }


def windows(side, window, stride, padding, rounding):
    """Returns begin and end of each window, counted as Caffe's C++ does."""
    rounded = {"ceil": np.ceil, "floor": np.floor}[rounding]
    count = int(rounded((side + 2 * padding - window) / stride)) + 1
    if padding and (count - 1) * stride >= side + padding:
        count -= 1
    for i in range(count):
        begin = i * stride - padding
        yield begin, min(begin + window, side + padding)


SETTINGS = [
    (window, stride, padding, rounding)
    for window, stride, padding in itertools.product(
        (1, 2, 3, 5), (1, 2, 3), (0, 1, 2)
    )
    if padding < window and stride <= window
    for rounding in ("ceil", "floor")
]


@pytest.mark.parametrize("side", (5, 6, 7))
def test_pooling_counts_as_caffe_does(side, rng):
    x = images(rng, (1, side, 5, 2))
    for window, stride, padding, rounding in SETTINGS:
        settings = (window, 1), (stride, 1), (padding, 0), rounding
        highest = array(caffe.CaffeMaxPooling2D(*settings)(x))
        mean = array(caffe.CaffeAveragePooling2D(*settings)(x))
        spans = list(windows(side, window, stride, padding, rounding))
        assert highest.shape == mean.shape == (1, len(spans), 5, 2)
        for i, (begin, end) in enumerate(spans):
            rows = x[0, max(begin, 0) : min(end, side)]
            np.testing.assert_allclose(highest[0, i], rows.max(0), rtol=1e-6)
            expected = rows.sum(0) / (end - begin)
            np.testing.assert_allclose(mean[0, i], expected, atol=1e-6)


def test_padding_never_wins():
    x = np.full((1, 4, 4, 1), -7.0, "float32")
    assert (array(caffe.CaffeMaxPooling2D(3, 2, 1)(x)) == -7).all()


def test_deconvolution_is_the_transpose_of_convolution(rng):
    """<conv(x), y> = <x, deconv(y)> for the same kernel."""
    forward = layers.Conv2D(6, 3, 2, groups=2, use_bias=False)
    x = images(rng, (1, 9, 7, 4))
    y = images(rng, shapes(forward(x))[0])
    backward = caffe.CaffeDeconvolution2D(4, 3, 2, groups=2, use_bias=False)
    backward(y)
    kernel = forward.get_weights()[0].reshape(3, 3, 2, 2, 3)
    kernel = kernel.transpose(0, 1, 4, 3, 2).reshape(3, 3, 3, 4)
    backward.set_weights([kernel])
    ours = (array(backward(y)) * x).sum()
    assert ours == pytest.approx((array(forward(x)) * y).sum(), rel=1e-4)


def test_crop_and_interp_take_the_size_of_another(rng):
    x, reference = images(rng), images(rng, (2, 3, 4, 1))
    crop = caffe.CaffeCrop([1, 2], [2, 5])
    np.testing.assert_array_equal(array(crop([x, reference])), x[:, 2:5, 5:9])
    assert crop.compute_output_shape([IMAGES, (2, 3, 4, 1)]) == (2, 3, 4, 4)
    interp = Resize(align_corners=True)
    y = array(interp([x, reference]))
    assert interp.compute_output_shape([IMAGES, (2, 3, 4, 1)]) == y.shape
    corners = np.ix_(range(2), (0, -1), (0, -1), range(4))
    np.testing.assert_allclose(y[corners], x[corners], rtol=1e-6)
    for layer in (crop, interp):
        other = type(layer).from_config(layer.get_config())
        assert other.get_config() == layer.get_config()


ERRORS = [
    (lambda: caffe.CaffeMaxPooling2D(2, rounding="up"), "`rounding` to be one"),
    (lambda: caffe.CaffeMaxPooling2D(2, padding=2), "smaller than `pool_size`"),
    (lambda: caffe.CaffeElementwise("sin"), "`function` to be one of"),
    (lambda: caffe.CaffeLRN(region="all"), "`region` to be one of"),
    (
        lambda: caffe.CaffeDeconvolution2D(4, 1, groups=3).build(IMAGES),
        "`groups` to divide the channels and `filters`",
    ),
    (lambda: caffe.CaffeScale([1]).build((None,) * 4), "axes of known size"),
    (lambda: caffe.CaffeScale([0]).build(IMAGES), "without the batch"),
]


@pytest.mark.parametrize("make, message", ERRORS)
def test_arguments_are_checked(make, message):
    with pytest.raises(ValueError, match=message):
        make()
