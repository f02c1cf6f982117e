"""`for_inference` computes what the model computes, with fewer layers."""

import inspect

import keras
import numpy as np
import pytest
from keras import layers

import keras_deep
from keras_deep.layers import BatchNormalization
from keras_deep.layers import GroupedConv2D
from keras_deep.layers import StochasticDepth
from keras_deep.layers import Swapout
from keras_deep.models.inference_rules import AUGMENTATIONS
from tests.support.backends import only_tensorflow
from tests.support.inference import NORM
from tests.support.inference import checked
from tests.support.inference import kinds
from tests.support.inference import network
from tests.support.stacks import assert_equal
from tests.support.stacks import randomised

BEFORE = {
    "dense": ((5,), layers.Dense(4)),
    "1D": ((8, 3), layers.Conv1D(4, 3, padding="causal")),
    "padded": ((6, 6, 3), layers.Conv2D(4, 3, padding="same", use_bias=False)),
    "3D": ((4, 4, 4, 2), layers.Conv3D(3, 2)),
    "groups": ((6, 6, 4), layers.Conv2D(6, 3, groups=2, strides=2)),
    "fast groups": ((6, 6, 4), GroupedConv2D(6, 3, groups=2)),
    "depthwise": ((6, 6, 3), layers.DepthwiseConv2D(3, depth_multiplier=2)),
    "separable": ((6, 6, 3), layers.SeparableConv2D(4, 3, use_bias=False)),
    "transposed": ((4, 4, 3), layers.Conv2DTranspose(5, 3, strides=2)),
}


@pytest.mark.parametrize("kind", BEFORE)
def test_norm_folds_into_the_layer_before(kind, rng):
    shape, layer = BEFORE[kind]
    drop = layers.Dropout(0.5)
    fast = checked(network(shape, layer, drop, NORM(), layers.ReLU()), rng)
    assert kinds(fast) == [type(layer).__name__, "ReLU"]


def test_channels_first(rng):
    first = {"data_format": "channels_first"}
    model = network(
        (3, 6, 6),
        NORM(axis=1),
        layers.Conv2D(5, 3, **first),
        NORM(axis=1),
        layers.ReLU(),
        layers.Conv2D(3, 1, **first),
        NORM(axis=2),  # Rows, not channels.
    )
    assert kinds(checked(model, rng)) == [
        *("Conv2D", "ReLU", "Conv2D", NORM.__name__)
    ]


@only_tensorflow("Keras adds biases right.")
def test_no_bias_where_keras_adds_it_along_the_width(rng):
    conv = layers.Conv2D(4, 3, use_bias=False, data_format="channels_first")
    model = network((3, 6, 6), conv, NORM(axis=1), layers.ReLU())
    assert kinds(checked(model, rng))[:2] == ["Conv2D", NORM.__name__]


BEHIND = {
    "dense": ((5,), layers.Dense(4, activation=None), True),
    "valid": ((6, 6, 4), layers.Conv2D(4, 3, dilation_rate=2), True),
    "groups": ((6, 6, 4), layers.Conv2D(6, 3, groups=2), True),
    "1x1": ((6, 6, 4), layers.Conv2D(3, 1, padding="same"), True),
    "padded": ((6, 6, 4), layers.Conv2D(3, 3, padding="same"), False),
    "depthwise": ((6, 6, 4), layers.DepthwiseConv2D(3), False),
    "active": ((6, 6, 4), layers.Conv2D(4, 3, activation="tanh"), False),
}


@pytest.mark.parametrize("kind", BEHIND)
def test_norm_folds_into_the_layer_behind(kind, rng):
    shape, layer, folds = BEHIND[kind]
    fast = checked(network(shape, NORM(), layer), rng)
    name = type(layer).__name__
    assert kinds(fast) == ([name] if folds else [NORM.__name__, name])


def test_norm_without_offset_folds_into_a_padded_convolution(rng):
    norm = NORM(center=False)
    model = network((6, 6, 4), norm, layers.Conv2D(3, 3, padding="same"))
    randomised(model, rng)
    norm.moving_mean.assign(np.zeros(4))
    fast = keras_deep.for_inference(model)
    x = rng.standard_normal((2, 6, 6, 4)).astype("float32")
    assert_equal(fast(x), model(x), 1e-5)
    assert kinds(fast) == ["Conv2D"]


def test_several_norms_and_scales_fold_into_one_layer(rng):
    model = network(
        (6, 6, 3),
        layers.Rescaling(0.3, 0.1),
        NORM(scale=False),
        layers.Conv2D(4, 3),
        layers.Rescaling(2.0, -1.0),
        NORM(center=False),
        layers.GaussianNoise(0.1),
        NORM(),
        StochasticDepth(0.2),
    )
    assert kinds(checked(model, rng)) == ["Conv2D", "Identity"]


def test_expected_values_of_random_layers(rng):
    def both(x):
        y = StochasticDepth(0.3, name="depth")(layers.Dense(4)(x))
        y = Swapout(0.7, 0.4, name="swapout")([x, y])
        y = StochasticDepth(0.25, name="scaled")(layers.ReLU()(y))
        return StochasticDepth(0.5, mode="sample")(y)

    fast = checked(network((4,), both, layers.ReLU()), rng)
    assert set(kinds(fast)) == {"Dense", "Rescaling", "Add", "ReLU"}
    assert kinds(fast).count("Rescaling") == 2  # The shortcut's and the last.


@pytest.mark.parametrize(
    "shape, joins",
    [
        ((6, 6, 12), True),
        ((5, 8, 10), True),
        ((5, 5, 12), False),  # The pixels are no multiple of 4.
        ((None, 6, 12), False),
        ((6, 6, 16), False),
    ],
)
def test_odd_channels_are_normalised_as_those_of_several_pixels(
    shape, joins, rng
):
    conv = layers.Conv2D(3, 3, padding="same")
    fast = checked(network(shape, NORM(), layers.ReLU(), conv), rng)
    joined = ["Reshape", NORM.__name__, "ReLU", "Reshape", "Conv2D"]
    if not joins:
        joined = [name for name in joined if name != "Reshape"]
    assert kinds(fast) == joined
    last = checked(network(shape, NORM(), layers.Activation("relu")), rng)
    assert kinds(last) == [NORM.__name__, "Activation"]


@pytest.mark.parametrize(
    "size, stride, first", [(1, 2, True), (3, 2, False), (1, 1, False)]
)
def test_mean_of_pixels_is_taken_before_a_1x1_convolution(
    size, stride, first, rng
):
    conv = layers.Conv2D(2, size)
    pool = layers.AveragePooling2D(2, stride, padding="same")
    fast = checked(network((7, 7, 4), conv, pool, layers.ReLU()), rng)
    names = ["Conv2D", "AveragePooling2D"][:: -1 if first else 1]
    assert kinds(fast) == [*names, "ReLU"]
    # The name of an output is that of the layer.
    last = checked(network((7, 7, 4), layers.Conv2D(2, 1), pool), rng)
    assert kinds(last) == ["Conv2D", "AveragePooling2D"]


def test_a_tensor_that_something_else_reads_does_not_change(rng):
    conv = layers.Conv2D(4, 3, padding="same")

    def branch(x):
        x = conv(x)
        return layers.Add()([x, NORM()(x)])

    fast = checked(network((6, 6, 3), branch), rng)
    assert kinds(fast) == ["Conv2D", NORM.__name__, "Add"]

    def twice(x):  # With statistics of every call.
        return NORM()(conv(NORM()(conv(x))))

    conv = layers.Conv2D(3, 3, padding="same")
    fast = checked(network((6, 6, 3), twice), rng)
    assert kinds(fast).count("Conv2D") == 1
    assert kinds(fast).count(NORM.__name__) == 2

    inputs = keras.Input((6, 6, 3))
    x = layers.Conv2D(4, 3)(inputs)
    model = keras.Model(inputs, {"a": x, "b": NORM()(x)})
    randomised(model, rng)
    given = rng.standard_normal((2, 6, 6, 3)).astype("float32")
    found, expected = keras_deep.for_inference(model)(given), model(given)
    for key in ("a", "b"):
        assert_equal(found[key], expected[key], 1e-5)


def test_fast_norm_folds_too(rng):
    model = network((6, 6, 3), layers.Conv2D(4, 3), BatchNormalization())
    assert kinds(checked(model, rng)) == ["Conv2D", "Identity"]


def test_groups_of_keras_become_faster_ones(rng):
    for conv in (
        layers.Conv2D(4, 3, groups=2),
        layers.Conv2D(4, 3, groups=4, activation="gelu"),
    ):
        model = network((6, 6, 4), conv)
        fast = checked(model, rng)
        assert isinstance(fast.layers[1], GroupedConv2D)
        assert type(model.layers[1]) is layers.Conv2D


def test_augmentation_is_left_out(rng):
    model = network(
        (8, 8, 3),
        layers.RandomFlip(),
        layers.RandomRotation(0.2),
        layers.RandAugment(),
        layers.CenterCrop(6, 6),
        layers.Conv2D(4, 3),
    )
    fast = keras_deep.for_inference(model)
    assert kinds(fast) == ["CenterCrop", "Conv2D"]
    x = rng.uniform(0, 255, (2, 8, 8, 3)).astype("float32")
    assert_equal(fast(x), model(x, training=False), 1e-5)


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_augmentation_changes_nothing_in_inference(name, rng):
    if not hasattr(layers, name):
        pytest.skip(f"This version of Keras has no {name}.")
    arguments = inspect.signature(getattr(layers, name)).parameters.values()
    needed = [
        x for x in arguments if x.default is x.empty and x.kind != x.VAR_KEYWORD
    ]
    given = [
        4 if x.name == "factor" and "Poster" in name else 0.2 for x in needed
    ]
    x = rng.uniform(0, 255, (2, 8, 8, 3)).astype("float32")
    layer = getattr(layers, name)(*given)
    np.testing.assert_array_equal(layer(x, training=False), x)
