"""`for_inference` computes what the model computes, with fewer layers."""

import keras
import numpy as np
import pytest
from keras import layers

import keras_deep
from keras_deep.layers import BatchNormalization
from keras_deep.layers import GroupedConv2D
from keras_deep.layers import StochasticDepth
from keras_deep.layers import Swapout
from keras_deep.layers.names import flat_layers
from tests.support.backends import only_tensorflow
from tests.support.keras_alone import keras_alone
from tests.support.stacks import assert_equal
from tests.support.stacks import randomised

NORM = layers.BatchNormalization


def network(shape, *steps):
    """Builds a model of layers, one after the other."""
    x = inputs = keras.Input(shape, name="given")
    for step in steps:
        x = step(x)
    return keras.Model(inputs, x, name="network")


def checked(model, rng, tolerance=1e-5):
    """Compares outputs and returns the model for inference."""
    randomised(model, rng)
    fast = keras_deep.for_inference(model)
    shape = [side or 8 for side in model.input_shape[1:]]
    x = rng.standard_normal((3, *shape)).astype("float32")
    assert_equal(fast(x), model(x), tolerance)
    assert fast.name == model.name
    names = [[x.name for x in one.inputs] for one in (fast, model)]
    assert names[0] == names[1]
    assert fast.output_names == [model.layers[-1].name]
    assert fast.output_shape == model.output_shape
    return fast


def kinds(model):
    """Returns the names of the classes of layers, but for the input."""
    return [type(layer).__name__ for layer in model.layers[1:]]


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


def test_calls_for_training_remain(rng):
    model = network(
        (6, 6, 3),
        layers.Conv2D(4, 3),
        lambda x: NORM()(x, training=True),
        lambda x: layers.Dropout(0.5)(x, training=True),
        lambda x: network((4, 4, 4), layers.Conv2D(2, 1), NORM())(
            x, training=True
        ),
    )
    fast = keras_deep.for_inference(model)
    assert kinds(fast)[:3] == kinds(model)[:3]
    assert [type(x).__name__ for x in flat_layers(fast)].count(
        NORM.__name__
    ) == 2
    x = np.ones((2, 6, 6, 3), "float32")
    assert np.abs(np.diff([np.array(fast(x)) for _ in range(2)], axis=0)).max()


def test_nested_and_sequential_models(rng):
    inner = [layers.Conv2D(4, 3, use_bias=False), NORM(), layers.ReLU()]
    nested = keras.Sequential([keras.Input((None, None, 3)), *inner])
    shared = network((None, None, 4), layers.Conv2D(4, 1), NORM())
    model = keras.Sequential(
        [keras.Input((8, 8, 3), name="image"), nested, shared, shared, NORM()]
    )
    fast = checked(model, rng)
    norms = [x for x in flat_layers(fast) if isinstance(x, NORM)]
    assert len(norms) == 1  # What follows a model.
    assert fast.get_layer(shared.name).count_params() == 20


def test_layers_that_it_does_not_know_remain(rng):
    step = layers.TimeDistributed(network((6,), layers.Dense(3), NORM()))
    fast = checked(
        network((4, 6), step, layers.Bidirectional(layers.GRU(3)), NORM()), rng
    )
    assert kinds(fast)[:2] == ["TimeDistributed", "Bidirectional"]
    norm = layers.Normalization()
    norm.adapt(rng.standard_normal((50, 4)) * 3 + 1)
    model = network((4,), norm, layers.Dense(3))
    x = rng.standard_normal((5, 4)).astype("float32")
    assert_equal(keras_deep.for_inference(model)(x), model(x), 1e-5)


def test_models_of_python_code_are_refused():
    class Coded(keras.Model):
        def call(self, x):
            return x + 1

    for model in (Coded(), keras.Sequential([layers.Dense(2)])):
        with pytest.raises(ValueError, match="Expected a functional or seq"):
            keras_deep.for_inference(model)
    inputs = keras.Input((3,))
    outer = keras.Model(inputs, Coded(name="coded")(inputs))
    with pytest.raises(ValueError, match="Received: 'coded', a Coded whose"):
        keras_deep.for_inference(outer)


def test_half_precision_stays(rng):
    keras.config.set_dtype_policy("mixed_bfloat16")
    model = network((8, 8, 3), layers.Conv2D(16, 3), NORM(), layers.ReLU())
    fast = checked(model, rng, tolerance=0.03)
    conv = fast.layers[1]
    assert (conv.compute_dtype, conv.kernel.dtype) == ("bfloat16", "float32")
    assert kinds(fast) == ["Conv2D", "ReLU"]


def test_other_precision_between_the_layers_is_kept(rng):
    model = network(
        (8, 8, 3), layers.Conv2D(4, 3, dtype="mixed_bfloat16"), NORM()
    )
    assert len(kinds(checked(model, rng))) == 2


def test_nothing_of_it_is_trained_or_penalised(rng):
    model = network(
        (5,),
        layers.Dense(4, kernel_regularizer="l2", kernel_constraint="non_neg"),
        layers.Dense(4, "relu", kernel_regularizer="l2"),
    )
    fast = keras_deep.for_inference(model)
    assert not fast.trainable_variables and not fast.losses
    assert fast.layers[1].kernel_constraint is None
    assert model.trainable_variables and len(model.losses) == 2


def test_files_open_with_and_without_the_package(tmp_path, rng):
    model = keras_deep.ResNet(blocks=(1, 1), input_shape=(32, 32, 3), classes=4)
    randomised(model, rng)
    found = keras_deep.card(model)
    found.class_names = ["a", "b", "c", "d"]
    found.preprocessing = {"mean": [1.0, 2.0, 3.0]}
    fast = keras_deep.for_inference(model)
    assert not any(isinstance(x, NORM) for x in fast.layers)
    path = tmp_path / "fast.keras"
    keras_deep.save(fast, path)
    loaded = keras_deep.load(path)
    x = rng.standard_normal((2, 32, 32, 3)).astype("float32")
    expected = model(x)
    assert_equal(loaded(x), expected, 1e-5)
    assert keras_deep.card(loaded) == keras_deep.card(fast) == found
    assert keras_deep.preprocessing_for(fast) == found.preprocessing
    again = keras_deep.for_inference(loaded)
    np.testing.assert_array_equal(again(x), loaded(x))
    assert kinds(again) == kinds(loaded)
    taps = keras_deep.features(fast)(x)
    assert_equal(taps[0], keras_deep.features(model)(x)[0], 1e-5)
    np.save(tmp_path / "x.npy", x)
    keras_alone(
        "import numpy as np\n"
        "model = keras.models.load_model('fast.keras')\n"
        "np.save('y.npy', model(np.load('x.npy')))\n",
        tmp_path,
    )
    assert_equal(np.load(tmp_path / "y.npy"), expected, 1e-5)


def test_fast_norm_folds_too(rng):
    model = network((6, 6, 3), layers.Conv2D(4, 3), BatchNormalization())
    assert kinds(checked(model, rng)) == ["Conv2D", "Identity"]
