"""Our AdamW against the formula, and against Keras's with every option."""

import keras
import numpy as np
import pytest

from keras_deep.optimizers import AdamW
from tests.support import optimizers
from tests.support import stacks
from tests.support.backends import only_tensorflow

tensorflow = only_tensorflow("TensorFlow's kernels")
RATE, DECAY, BETA_1, BETA_2, EPSILON = 0.1, 0.02, 0.8, 0.9, 1e-3


def oracle(w, gradients, decay=DECAY):
    """AdamW with the epsilon of Keras, before the bias is corrected."""
    m = v = np.zeros_like(w)
    for t, g in enumerate(gradients, 1):
        w = w * (1 - RATE * decay)
        m = BETA_1 * m + (1 - BETA_1) * g
        v = BETA_2 * v + (1 - BETA_2) * g**2
        rate = RATE * np.sqrt(1 - BETA_2**t) / (1 - BETA_1**t)
        w = w - rate * m / (np.sqrt(v) + EPSILON)
    return w


@pytest.mark.parametrize("excluded", [False, True])
def test_steps_are_those_of_the_formula(rng, excluded):
    kernel, *gradients = rng.standard_normal((4, 3, 5))
    held = optimizers.variable(kernel)
    optimizer = AdamW(RATE, DECAY, BETA_1, BETA_2, EPSILON)
    if excluded:
        optimizer.exclude_from_weight_decay(var_names=["kernel"])
    for gradient in gradients:
        (ours,) = optimizers.apply(optimizer, [held], [gradient])
    expected = oracle(kernel, gradients, 0.0 if excluded else DECAY)
    np.testing.assert_allclose(ours, expected, rtol=1e-5)


OPTIONS = [
    {"amsgrad": True},
    {"clipnorm": 0.1},
    {"global_clipnorm": 0.1},
    {"gradient_accumulation_steps": 2},
    {"use_ema": True, "ema_overwrite_frequency": 3},
    {"learning_rate": keras.optimizers.schedules.CosineDecay(0.1, 8)},
]


@pytest.mark.parametrize("options", OPTIONS, ids=lambda x: list(x)[-1])
def test_all_options_are_those_of_keras(options):
    arguments = {"learning_rate": 0.05, **options}
    # The kernel rounds 1 - 0.999 otherwise.
    optimizers.assert_trains_as(
        AdamW(**arguments), keras.optimizers.AdamW(**arguments), 1e-4
    )


@tensorflow
@pytest.mark.parametrize("built", [True, False])
def test_a_step_has_few_operations(built):
    import tensorflow as tf

    def operations(kind):
        inputs = x = keras.Input((4,))
        for _ in range(10):
            x = keras.layers.Dense(4)(x)
        model = keras.Model(inputs, x)
        model.compile(kind(0.1), "mse")
        if built:
            model.optimizer.build(model.trainable_variables)
        step = tf.function(lambda x, y: model.train_step((x, y)))
        graph = step.get_concrete_function(*[tf.zeros((2, 4))] * 2).graph
        return len(graph.get_operations()), len(model.weights)

    ours, weights = operations(AdamW)
    theirs, _ = operations(keras.optimizers.AdamW)
    assert ours < theirs - 20 * weights


def test_sparse_gradients_are_applied():
    inputs = keras.Input((2,), dtype="int32")
    x = keras.layers.Embedding(5, 3, embeddings_initializer="ones")(inputs)
    model = keras.Model(inputs, keras.layers.GlobalAveragePooling1D()(x))
    model.compile(AdamW(0.5, weight_decay=0.0), "mse")
    model.train_on_batch(np.array([[1, 3]]), np.zeros((1, 3)))
    table = model.get_weights()[0]
    np.testing.assert_array_equal(table[[0, 2, 4]], 1.0)
    np.testing.assert_allclose(table[[1, 3]], 0.5, rtol=1e-4)


@tensorflow
@pytest.mark.parametrize("policy", ["mixed_float16", "bfloat16"])
def test_half_precision_trains(policy):
    keras.config.set_dtype_policy(policy)
    model = stacks.compiled(optimizers.dense(), AdamW(0.1, beta_2=0.9))
    before = stacks.values(model)
    stacks.train(model, 1)
    assert optimizers.moved(model, before) == set(before)
