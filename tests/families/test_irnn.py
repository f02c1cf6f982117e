"""IRNN: its recurrence and its start."""

import keras
import numpy as np
import pytest

import keras_deep

SMALL = {"IRNN": {"units": 8, "input_shape": (12, 1), "classes": 5}}


@pytest.fixture
def model():
    return keras_deep.IRNN(**SMALL["IRNN"])


@pytest.fixture
def x(rng):
    return rng.random((4, 12, 1), "float32")


def test_count_is_exact():
    # U and W and b of the state, W and b of the output.
    expected = 100 * 100 + 1 * 100 + 100 + 100 * 10 + 10
    model = keras_deep.IRNN()
    assert model.count_params() == expected == 11210
    assert len(model.trainable_variables) == len(model.weights)
    assert model.input_shape == (None, 784, 1)
    assert model.output_shape == (None, 10)


def test_starts_as_the_identity():
    rnn = keras_deep.IRNN(400, (12, 7)).get_layer("rnn")
    kernel, recurrent, bias = rnn.get_weights()
    np.testing.assert_array_equal(recurrent, np.eye(400))
    np.testing.assert_array_equal(bias, np.zeros(400))
    # Of 2,800 numbers; the standard errors are 2e-5 and 1.3e-5.
    assert abs(kernel.mean()) < 8e-5
    assert abs(kernel.std() - 1e-3) < 6e-5


def test_start_can_be_scaled():
    model = keras_deep.IRNN(400, (12, 7), scale=0.01, input_stddev=0.1)
    kernel, recurrent, _ = model.get_layer("rnn").get_weights()
    np.testing.assert_array_equal(recurrent, np.eye(400, dtype="f") * 0.01)
    assert abs(kernel.std() - 0.1) < 6e-3


def recurrence(model, x):
    """Returns the output of the network for `x`, in NumPy."""
    kernel, recurrent, bias, out_kernel, out_bias = (
        np.asarray(w, "float64") for w in model.get_weights()
    )
    state = np.zeros((len(x), len(bias)))
    for t in range(x.shape[1]):
        step = x[:, t] @ kernel + state @ recurrent + bias
        state = np.maximum(step, 0)
    return state @ out_kernel + out_bias


def randomize(model, rng):
    """Gives weights with which every term of the recurrence matters."""
    model.set_weights(
        [0.5 * rng.standard_normal(w.shape) for w in model.get_weights()]
    )


@pytest.mark.parametrize("features", [1, 3])
def test_equals_a_recurrence_in_numpy(rng, features):
    model = keras_deep.IRNN(8, (12, features), 5, activation=None)
    randomize(model, rng)
    x = rng.standard_normal((6, 12, features)).astype("float32")
    expected = recurrence(model, x)
    assert np.abs(expected).max() > 0.5
    np.testing.assert_allclose(model(x), expected, 1e-4, 1e-4)
    np.testing.assert_allclose(
        model.predict(x, verbose=0), expected, 1e-4, 1e-4
    )


def test_classifies_by_default(rng):
    model = keras_deep.IRNN(8, (12, 1), 5)
    randomize(model, rng)
    x = rng.random((4, 12, 1), "float32")
    scores = np.exp(recurrence(model, x))
    expected = scores / scores.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(model(x), expected, 1e-4, 1e-6)


def test_number_of_steps_is_free(rng):
    free = keras_deep.IRNN(8, (None, 2), 1, activation=None)
    randomize(free, rng)
    assert free.input_shape == (None, None, 2)
    for steps in (1, 5, 30):
        x = rng.random((3, steps, 2), "float32")
        fixed = keras_deep.IRNN(8, (steps, 2), 1, activation=None)
        fixed.set_weights(free.get_weights())
        np.testing.assert_allclose(free(x), fixed(x), 1e-5, 1e-6)
        np.testing.assert_allclose(free(x), recurrence(free, x), 1e-4, 1e-4)


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"units": 0}, "`units` to be a positive int.*units=0"),
        ({"units": 1.5}, "`units` to be a positive int.*units=1.5"),
        ({"units": True}, "`units` to be a positive int.*units=True"),
        ({"classes": 0}, "`classes` to be a positive int.*classes=0"),
        ({"input_shape": (28, 28, 1)}, r"steps, features.*\(28, 28, 1\)"),
        ({"input_shape": (12,)}, r"steps, features.*\(12,\)"),
        ({"input_shape": 12}, "steps, features.*input_shape=12"),
        ({"input_shape": (12, None)}, r"steps, features.*\(12, None\)"),
        ({"input_shape": (0, 1)}, r"steps, features.*\(0, 1\)"),
    ],
)
def test_wrong_values_are_errors(arguments, message):
    with pytest.raises(ValueError, match=message):
        keras_deep.IRNN(**arguments)


def test_wrong_argument_has_near_misses():
    with pytest.raises(TypeError, match="Did you mean 'units'"):
        keras_deep.IRNN(unit=8)


def test_name_and_card(model):
    assert model.name == "irnn"
    assert keras_deep.IRNN(8, (12, 1), name="mine").name == "mine"
    card = keras_deep.card(model)
    assert card.builder == "IRNN"
    assert card.convention == "paper"
    assert card.preprocessing is None
    assert card.arguments == {
        "units": 8,
        "input_shape": [12, 1],
        "classes": 5,
        "activation": "softmax",
        "scale": 1.0,
        "input_stddev": 0.001,
    }


def test_is_listed_as_a_model_of_sequences():
    assert "IRNN" in keras_deep.list_models(kind="sequence")
    assert "IRNN" not in keras_deep.list_models(kind="image")
    assert keras_deep.list_models(family="IRNN") == ["IRNN"]
    built = keras_deep.create_model("IRNN", **SMALL["IRNN"])
    assert built.count_params() == 8 * 8 + 8 + 8 + 8 * 5 + 5


def test_output_is_float32_in_mixed_bfloat16(x):
    keras.config.set_dtype_policy("mixed_bfloat16")
    model = keras_deep.IRNN(**SMALL["IRNN"])
    rnn = model.get_layer("rnn")
    assert rnn.compute_dtype == "bfloat16" and rnn.dtype == "float32"
    output = model(x)
    assert keras.backend.standardize_dtype(output.dtype) == "float32"
    np.testing.assert_allclose(np.sum(output, axis=1), 1, 1e-5)


def test_saved_file_is_the_same_model(tmp_path, model, x, rng):
    randomize(model, rng)
    keras_deep.save(model, tmp_path / "irnn.keras")
    loaded = keras_deep.load(tmp_path / "irnn.keras")
    for ours, theirs in zip(
        loaded.get_weights(), model.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)
    np.testing.assert_array_equal(
        loaded.predict(x, verbose=0), model.predict(x, verbose=0)
    )
    assert keras_deep.card(loaded) == keras_deep.card(model)


@pytest.mark.parametrize("steps", [12, None])
def test_trains_alike_with_jit_compile(steps, x):
    y = np.arange(4)
    losses = []
    for jit in (True, False):
        keras.utils.set_random_seed(0)
        model = keras_deep.IRNN(8, (steps, 1), 5)
        model.compile(
            keras.optimizers.SGD(0.1),
            "sparse_categorical_crossentropy",
            jit_compile=jit,
        )
        losses.append([model.train_on_batch(x, y) for _ in range(5)])
    np.testing.assert_allclose(*losses, rtol=1e-4)
    assert losses[0][-1] < losses[0][0]
