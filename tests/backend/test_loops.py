"""Tests of loops with gradients."""

import re

import keras
import numpy as np
import pytest

from keras_deep import backend

if keras.backend.backend() != "tensorflow":
    pytest.skip("Keras's backend is not TensorFlow.", allow_module_level=True)

import tensorflow as tf

LENGTH = 5


def blocks(x, constants, states, index):
    """A block with weights, a mask and a state, on a carry of two tensors."""
    kernel, bias, mask = constants
    x, total = x
    y = tf.tanh(x @ kernel + bias) * tf.cast(index + 1, x.dtype)
    mean = 0.9 * states[0] + 0.1 * tf.reduce_mean(y, 0)
    y = tf.where(mask, x + y, x)
    return (y, total + tf.reduce_sum(y**2)), [mean, states[1] + index]


def run(kernels, biases, x, mask):
    states = [tf.ones((LENGTH, 3), x.dtype), tf.zeros(LENGTH, tf.int32)]
    (y, total), states = backend.scan(
        blocks,
        (x, tf.zeros((), x.dtype)),
        [kernels, biases, mask],
        states,
        LENGTH,
    )
    return y, total, *states


def loss_of(kernels, biases, x, mask):
    y, total, *_ = run(kernels, biases, x, mask)
    return tf.reduce_sum(y**3) + total


def gradients(*given):
    """Returns the gradients of the loss."""
    given, mask = given[:-1], given[-1]
    with tf.GradientTape() as tape:
        tape.watch(given)
        loss = loss_of(*given, mask)
    return tape.gradient(loss, given)


def second_gradients(*given):
    """Returns the gradients of a penalty on the gradients."""
    with tf.GradientTape() as tape:
        tape.watch(given[:-1])
        penalty = tf.add_n([tf.reduce_sum(g**2) for g in gradients(*given)])
    return tape.gradient(penalty, given[:-1])


def jacobians(*given):
    """Returns the derivatives of every entry of the last carry."""
    given, mask = given[:-1], given[-1]
    with tf.GradientTape() as tape:
        tape.watch(given)
        y = run(*given, mask)[0]
    return tape.jacobian(y, given)


def symbolic_gradients(*given):
    """Returns the gradients of the loss as graphs of TensorFlow 1 do."""
    return tf.gradients(loss_of(*given), given[:-1])


def assert_close(received, expected):
    received, expected = tf.nest.flatten(received), tf.nest.flatten(expected)
    assert len(received) == len(expected)
    for one, other in zip(received, expected):
        np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-12)


@pytest.fixture
def given(rng):
    shapes = ((LENGTH, 3, 3), (LENGTH, 3), (4, 3))
    arrays = [tf.constant(rng.standard_normal(shape)) for shape in shapes]
    return *arrays, tf.constant([True, True, False, True, True])


@pytest.mark.parametrize("jit_compile", (False, True))
@pytest.mark.parametrize("function", (run, gradients, second_gradients))
def test_a_graph_gives_what_a_loop_of_python_gives(
    given, function, jit_compile
):
    compiled = tf.function(function, jit_compile=jit_compile)
    assert_close(compiled(*given), function(*given))


def test_jacobians_of_a_graph(given):
    assert_close(tf.function(jacobians)(*given), jacobians(*given))


def test_symbolic_gradients_are_those_of_the_tape(given):
    assert_close(tf.function(symbolic_gradients)(*given), gradients(*given))


def test_a_saved_model_has_the_gradients(given, tmp_path):
    module = tf.Module()
    module.loss_of = tf.function(loss_of)
    module.loss_of.get_concrete_function(*given)
    tf.saved_model.save(module, tmp_path)
    loaded = tf.saved_model.load(tmp_path)
    with tf.GradientTape() as tape:
        tape.watch(given[:-1])
        loss = loaded.loss_of(*given)
    assert_close(tape.gradient(loss, given[:-1]), gradients(*given))


def test_states_have_no_gradient(given):
    kernels, biases, x, mask = given

    @tf.function
    def gradient():
        with tf.GradientTape() as tape:
            tape.watch(kernels)
            means = run(kernels, biases, x, mask)[2]
        return tape.gradient(means, kernels)

    assert gradient() is None


def test_a_call_costs_the_same_in_a_long_loop(given):
    """What makes or adds whole lists would cost more, the more rows."""
    graph = tf.function(gradients).get_concrete_function(*given).graph
    text = str(graph.as_graph_def())
    _, backwards = (
        op.get_attr("body").name
        for op in graph.get_operations()
        if op.type in ("While", "StatelessWhile")
    )
    start = text.index(f'signature {{\n      name: "{backwards}"')
    end = text.find("\n  function {", start)
    operations = set(re.findall('op: "(.*)"', text[start:end]))
    assert "TensorListSetItem" in operations
    whole = {"TensorListReserve", "TensorListFromTensor", "ZerosLike"}
    assert not whole & operations
