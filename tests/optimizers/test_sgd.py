"""Our SGD against the formula, and in files against Keras's."""

import itertools

import keras
import numpy as np
import pytest

import keras_deep
from keras_deep.optimizers import SGD
from tests.support.backends import only_tensorflow
from tests.support.keras_alone import keras_alone

tensorflow = only_tensorflow("TensorFlow's kernels")
RATE, MOMENTUM, DECAY = 0.3, 0.8, 0.02


def _model(layers=(), units=3):
    inputs = keras.Input((4,))
    x = inputs
    for layer in layers:
        x = layer(x)
    return keras.Model(inputs, keras.layers.Dense(units, name="last")(x))


def _data(rng):
    x = rng.standard_normal((6, 4)).astype("float32")
    return x, rng.standard_normal((6, 3)).astype("float32")


def _expected(kernel, bias, x, y, steps, nesterov, decays):
    """Gradient descent of the mean squared error, from the formulas."""
    weights = [np.float64(kernel), np.float64(bias)]
    velocities = [np.zeros_like(w) for w in weights]
    for _ in range(steps):
        error = 2 * (x @ weights[0] + weights[1] - y) / y.size
        gradients = [x.T @ error, error.sum(0)]
        for i, gradient in enumerate(gradients):
            w = weights[i] * (1 - RATE * DECAY * decays[i])
            v = velocities[i] = MOMENTUM * velocities[i] - RATE * gradient
            step = MOMENTUM * v - RATE * gradient if nesterov else v
            weights[i] = w + step
    return weights


@pytest.mark.parametrize(
    "nesterov, excluded, eager",
    [(*flags, False) for flags in itertools.product((True, False), repeat=2)]
    + [(True, True, True)],
)
def test_steps_are_those_of_the_formula(rng, nesterov, excluded, eager):
    optimizer = SGD(
        RATE, momentum=MOMENTUM, nesterov=nesterov, weight_decay=DECAY
    )
    if excluded:
        optimizer.exclude_from_weight_decay(var_names=["bias"])
    model = _model()
    kernel, bias = model.get_weights()
    model.compile(optimizer, "mse", run_eagerly=eager)
    x, y = _data(rng)
    for _ in range(4):
        model.train_on_batch(x, y)
    expected = _expected(kernel, bias, x, y, 4, nesterov, (1, not excluded))
    for ours, theirs in zip(model.get_weights(), expected):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)


@tensorflow
@pytest.mark.parametrize("built", [True, False])
def test_a_step_has_few_operations(built):
    """Also where the step makes the state, as stock `fit` does."""
    import tensorflow as tf

    def operations(kind):
        model = _model([keras.layers.Dense(4) for _ in range(10)])
        model.compile(kind(0.1, momentum=0.9, weight_decay=1e-3), "mse")
        if built:
            model.optimizer.build(model.trainable_variables)
        step = tf.function(lambda x, y: model.train_step((x, y)))
        x, y = tf.zeros((2, 4)), tf.zeros((2, 3))
        graph = step.get_concrete_function(x, y).graph
        return len(graph.get_operations()), len(model.weights)

    ours, weights = operations(SGD)
    theirs, _ = operations(keras.optimizers.SGD)
    assert ours < theirs - 10 * weights


@pytest.mark.parametrize(
    "arguments",
    [
        {"momentum": 0.9, "clipnorm": 0.1},
        {"momentum": 0.9, "global_clipnorm": 0.1, "weight_decay": 0.01},
        {"momentum": 0.9, "gradient_accumulation_steps": 2},
        {"momentum": 0.9, "use_ema": True, "ema_overwrite_frequency": 3},
        {"weight_decay": 0.01},
    ],
    ids=lambda arguments: list(arguments)[-1],
)
def test_all_options_are_those_of_keras(rng, arguments):
    x, y = _data(rng)
    models = [_model() for _ in range(2)]
    models[1].set_weights(models[0].get_weights())
    for model, kind in zip(models, (SGD, keras.optimizers.SGD)):
        model.compile(kind(0.1, **arguments), "mse")
        for _ in range(4):
            model.train_on_batch(x, y)
    for ours, theirs in zip(*(model.get_weights() for model in models)):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-7)
    states = [model.optimizer.variables for model in models]
    for ours, theirs in zip(*states, strict=True):
        assert ours.name == theirs.name
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-7)


def test_sparse_gradients_are_applied():
    inputs = keras.Input((2,), dtype="int32")
    x = keras.layers.Embedding(5, 3, embeddings_initializer="ones")(inputs)
    model = keras.Model(inputs, keras.layers.GlobalAveragePooling1D()(x))
    model.compile(SGD(0.5, momentum=0.9), "mse")
    model.train_on_batch(np.array([[1, 1]]), np.zeros((1, 3)))
    table = model.get_weights()[0]
    np.testing.assert_array_equal(table[[0, 2, 3, 4]], 1.0)
    assert (table[1] < 1).all()


@tensorflow
@pytest.mark.parametrize("policy", ["mixed_float16", "bfloat16"])
def test_half_precision_trains(rng, policy):
    keras.config.set_dtype_policy(policy)
    model = _model()
    before = model.get_weights()
    model.compile(SGD(0.1, momentum=0.9, weight_decay=1e-3), "mse")
    model.train_on_batch(*_data(rng))
    changed = [(a != b).any() for a, b in zip(before, model.get_weights())]
    assert all(changed)


def test_files_name_keras_and_keep_the_state(rng, tmp_path):
    model = _model()
    model.compile(SGD(0.1, momentum=0.9), "mse")
    model.train_on_batch(*_data(rng))
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert type(loaded.optimizer) is SGD
    for ours, theirs in zip(
        loaded.optimizer.variables, model.optimizer.variables, strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)
    printed = keras_alone(
        "model = keras.models.load_model('model.keras')\n"
        "print(type(model.optimizer) is keras.optimizers.SGD)\n"
        "print(float(abs(model.optimizer.variables[2].numpy()).max()) > 0)\n",
        tmp_path,
    )
    assert printed.split()[-2:] == ["True", "True"]


def test_files_of_keras_stay_what_they_were(tmp_path):
    model = _model()
    model.compile(keras.optimizers.SGD(0.1, momentum=0.9), "mse")
    model.train_on_batch(np.zeros((2, 4)), np.zeros((2, 3)))
    model.save(tmp_path / "model.keras")
    loaded = keras_deep.load(tmp_path / "model.keras")
    assert type(loaded.optimizer) is keras.optimizers.SGD


@tensorflow
def test_loops_of_the_users_own_may_give_variables_of_tensorflow():
    import tensorflow as tf

    variable = tf.Variable([2.0, 4.0])
    optimizer = SGD(0.5, momentum=0.9, weight_decay=0.1)
    optimizer.build([variable])
    optimizer.apply_gradients([(tf.constant([1.0, 0.0]), variable)])
    # Decay by 0.5 * 0.1, then half the gradient.
    np.testing.assert_allclose(variable, [1.4, 3.8], rtol=1e-6)
