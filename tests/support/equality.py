"""Compares layers with Keras's own."""

import keras
import numpy as np
import pytest

from tests.support.backends import only_tensorflow

# Tolerance relative to the largest entry: a few rounding errors.
TOLERANCE = {
    "float32": 1e-5,
    "mixed_float16": 2e-3,
    "float16": 2e-3,
    "mixed_bfloat16": 2e-2,
    "bfloat16": 2e-2,
}


def on_tensorflow(test):
    """Marks a test that needs TensorFlow as Keras's backend."""
    skip = only_tensorflow("Keras's backend is not TensorFlow.")
    return pytest.mark.tensorflow(skip(test))


def array(value):
    """Returns a tensor or variable as a NumPy array of float64."""
    return keras.ops.convert_to_numpy(value).astype("float64")


def normal(rng, shape, dtype="float32"):
    """Returns a random tensor with mean 0.5 and standard deviation 2."""
    return keras.ops.cast(rng.normal(0.5, 2.0, shape), dtype)


def assert_near(ours, theirs, tolerance):
    """Compares sequences of tensors, each relative to its largest entry."""
    for mine, its in zip(ours, theirs, strict=True):
        assert keras.backend.standardize_dtype(mine.dtype) == (
            keras.backend.standardize_dtype(its.dtype)
        )
        mine, its = array(mine), array(its)
        scale = np.abs(its).max(initial=1e-30)
        np.testing.assert_allclose(mine / scale, its / scale, 0, tolerance)


def gradients(layer, x, seed, **call):
    """Returns the gradients of `x` and of all trainable weights."""
    weights = [variable.value for variable in layer.trainable_variables]
    if keras.backend.backend() == "jax":
        return _jax_gradients(layer, x, seed, weights, call)
    import tensorflow as tf

    with tf.GradientTape() as tape:
        tape.watch(x)
        loss = tf.reduce_sum(tf.cast(layer(x, **call), "float32") * seed)
    return tape.gradient(loss, [x, *weights])


def _jax_gradients(layer, x, seed, weights, call):
    import jax

    state = layer.non_trainable_variables

    @jax.jit
    @jax.grad
    def gradient(arrays):
        outputs, _ = layer.stateless_call(arrays[1:], state, arrays[0], **call)
        return (outputs.astype("float32") * seed).sum()

    return gradient([x, *weights])


def operations(call, x, jit_compile=None):
    """Returns the set of operation types in the graph of `call(x)`."""
    import tensorflow as tf

    function = tf.function(call, jit_compile=jit_compile)
    graph = function.get_concrete_function(x).graph
    return {operation.type for operation in graph.get_operations()}


def train(model, rng, images, jit_compile="auto"):
    """Fits `model` to noise for four steps and returns its weights."""
    if keras.backend.backend() == "jax":
        jit_compile = True  # Without it JAX is slow, with equal results.
    model.compile(
        keras.optimizers.SGD(0.1, momentum=0.9), "mse", jit_compile=jit_compile
    )
    # The last batch is smaller: the batch axis is dynamic.
    x = rng.normal(1.0, 3.0, (8, *images)).astype("float32")
    y = rng.normal(size=(8, *model.output_shape[1:])).astype("float32")
    model.fit(x, y, batch_size=5, epochs=2, shuffle=False, verbose=0)
    return [keras.ops.convert_to_tensor(v) for v in model.variables]
