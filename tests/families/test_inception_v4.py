"""Inception-v4 is that of the implementations, with weights."""

import keras
import numpy as np
import pytest

import keras_deep
from keras_deep.layers.inception import AVG
from keras_deep.layers.inception import inception_block
from tests.support.checkpoints import caffe_net_tests
from tests.support.conventions import in_force
from tests.support.goldens import golden_tests
from tests.support.starts import zero_start

SMALL = {"InceptionV4": {"input_shape": (75, 75, 3)}}
SIDES = {"InceptionV4": (15, 7, 3, 1)}

test_logits_are_those_of_the_implementation = golden_tests(
    {"timm.inception_v4": ("InceptionV4", {})}
)
test_outputs_of_a_caffe_net = caffe_net_tests(
    {"soeaver__deploy_inception-v4": ("InceptionV4", "softmax")},
    long=("soeaver__deploy_inception-v4",),
)


@pytest.fixture(scope="module")
def model():
    with zero_start():
        return keras_deep.InceptionV4(input_shape=(139, 147, 3), classes=5)


@pytest.mark.usefixtures("cheap_start")
def test_stages_have_the_sides_and_channels_of_the_paper():
    model = keras_deep.InceptionV4(include_top=False)
    shapes = [
        model.get_layer(f"conv{i}_end").output.shape[1:] for i in (2, 3, 4, 5)
    ]
    assert shapes == [
        (71, 71, 192),
        (35, 35, 384),
        (17, 17, 1024),
        (8, 8, 1536),
    ]


def test_features_are_those_ends(model, rng):
    taps = keras_deep.features(model)
    x = rng.standard_normal((1, 139, 147, 3)).astype("float32")
    assert [y.shape[-1] for y in taps(x)] == [192, 384, 1024, 1536]


def test_every_convolution_is_normalised_and_activated(model):
    kinds = [type(layer).__name__ for layer in model.layers]
    convolutions = sum(
        isinstance(layer, keras.layers.Conv2D) for layer in model.layers
    )
    norms = [
        layer
        for layer in model.layers
        if isinstance(layer, keras.layers.BatchNormalization)
    ]
    assert convolutions == len(norms) == kinds.count("Activation") == 149
    assert {layer.epsilon for layer in norms} == {1e-3}


def test_averages_do_not_count_what_lies_outside(model):
    """At a border the mean is over fewer pixels, as in both releases."""
    pool = model.get_layer("conv3_block2_3_pool")
    ones = np.ones((1, 5, 5, 384), "float32")
    np.testing.assert_allclose(pool(ones), ones, rtol=1e-6)


def test_averages_of_caffe_count_the_zeros_outside():
    inputs = keras.Input((5, 4, 1))
    with in_force("InceptionV4", "caffe"):
        outputs = inception_block(inputs, ((AVG, (1, 1)),), "block")
    pool = keras.Model(inputs, outputs).get_layer("block_0_pool")
    found = keras.Model(inputs, pool.output)(np.ones((1, 5, 4, 1), "f"))
    # Of the nine pixels of a window 4 are in a corner, 6 at an edge.
    edge, middle = [4, 6, 6, 4], [6, 9, 9, 6]
    expected = np.array([edge, middle, middle, middle, edge]) / 9
    np.testing.assert_allclose(found[0, ..., 0], expected, rtol=1e-6)


def test_small_images_are_refused():
    with pytest.raises(ValueError, match="of at least 75"):
        keras_deep.InceptionV4(input_shape=(64, 64, 3))
