"""IRNN: its recurrence, its start, and the memory that comes of it."""

import importlib.util
import pathlib

import keras
import numpy as np
import pytest

import keras_deep
from tests.support.equality import gradients

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


@pytest.fixture(scope="module")
def example():
    """The example of the paper's adding problem, a module."""
    path = pathlib.Path(__file__).parents[2] / "examples/adding_problem.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_adding_problem_is_the_papers(example, rng):
    x, y = example.sequences(rng, 5000, 100)
    assert x.shape == (5000, 100, 2) and y.shape == (5000, 1)
    numbers, marks = x[..., 0], x[..., 1]
    np.testing.assert_array_equal(np.unique(marks), [0, 1])
    np.testing.assert_array_equal(marks.sum(axis=1), 2)
    # Every place is marked about equally often, 100 times; 6 deviations.
    assert np.abs(marks.sum(axis=0) - 100).max() < 60
    assert numbers.min() >= 0 and numbers.max() <= 1
    assert abs(numbers.mean() - 0.5) < 0.005
    sums = [row[mark == 1].sum() for row, mark in zip(numbers, marks)]
    np.testing.assert_allclose(y[:, 0], sums, rtol=1e-6)
    assert abs(np.mean((y - 1) ** 2) - example.CHANCE) < 0.01


def reach(model, x):
    """Returns the gradient for the first inputs by that for the last ones."""
    gradient = gradients(model, keras.ops.convert_to_tensor(x), 1.0)[0]
    first, last = np.linalg.norm(np.asarray(gradient)[:, [0, -1]], axis=(0, 2))
    return first / last


def test_gradients_reach_back_200_steps_where_those_of_tanh_vanish(
    example, rng
):
    x, y = example.sequences(rng, 16, 200)
    ours, theirs = example.irnn(32), example.tanh_network(32)
    assert ours.count_params() == theirs.count_params()
    assert 0.8 < reach(ours, x) < 1.25
    assert reach(theirs, x) < 1e-5
    for model in (ours, theirs):
        example.prepare(model, 1e-3)
        for _ in range(5):
            model.train_on_batch(x, y)
    assert 0.1 < reach(ours, x) < 10
    assert reach(theirs, x) < 1e-3


@pytest.mark.proof
def test_learns_the_adding_problem_of_100_steps_where_tanh_does_not(
    example, rng
):
    """Each at its best of all measurements, tanh at the best rate of three."""
    models = {"IRNN at 0.001": example.irnn()}
    example.prepare(models["IRNN at 0.001"], 1e-3)
    for rate in (3e-3, 1e-3, 3e-4):
        models[f"tanh at {rate}"] = example.tanh_network()
        example.prepare(models[f"tanh at {rate}"], rate)
    assert len({model.count_params() for model in models.values()}) == 1
    measured = [errors for _, errors in example.learn(models, 8000, 100, rng)]
    best = {name: min(row[name] for row in measured) for name in models}
    print(best)
    irnn = best.pop("IRNN at 0.001")
    assert irnn < 0.02
    assert min(best.values()) > 0.1
