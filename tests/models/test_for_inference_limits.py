"""What `for_inference` leaves as it is, keeps and refuses."""

import keras
import numpy as np
import pytest
from keras import layers

import keras_deep
from keras_deep.layers.names import flat_layers
from tests.support.inference import NORM
from tests.support.inference import checked
from tests.support.inference import kinds
from tests.support.inference import network
from tests.support.keras_alone import keras_alone
from tests.support.stacks import assert_equal
from tests.support.stacks import randomised


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
