"""The kernels of TensorFlow: what they compute and when they are taken."""

import itertools

import keras
import numpy as np
import pytest

from keras_deep.backend.tensorflow import kernels as room
from keras_deep.layers.normalization import BatchNormalization
from tests.support.equality import assert_near
from tests.support.equality import gradients
from tests.support.equality import normal

if keras.backend.backend() != "tensorflow":
    pytest.skip("Keras's backend is not TensorFlow.", allow_module_level=True)

pytestmark = pytest.mark.tensorflow
IMAGES = (5, 4, 3, 6)


def normalized(x, statistics=None, epsilon=1e-3, data_format="channels_last"):
    return room.fused_batch_norm(
        x, None, None, statistics, epsilon, data_format
    )


@pytest.fixture
def gpu(monkeypatch):
    """Pretends that there is a GPU. What is computed stays on the CPU."""
    monkeypatch.setattr(room, "_devices", lambda: {"CPU", "GPU"})


def test_variance_is_that_of_the_population(rng):
    x = rng.normal(3.0, 2.0, IMAGES)
    outputs, mean, variance = normalized(keras.ops.cast(x, "float32"))
    np.testing.assert_allclose(mean, x.mean((0, 1, 2)), rtol=1e-6)
    np.testing.assert_allclose(variance, x.var((0, 1, 2)), rtol=1e-5)
    expected = (x - x.mean((0, 1, 2))) / np.sqrt(x.var((0, 1, 2)) + 1e-3)
    np.testing.assert_allclose(outputs, expected, atol=1e-5)


def test_given_statistics_are_used_and_returned(rng):
    x = rng.normal(3.0, 2.0, IMAGES)
    mean, variance = rng.uniform(1.0, 2.0, (2, 6)).astype("float32")
    outputs, *returned = normalized(
        keras.ops.cast(x, "float32"), (mean, variance)
    )
    np.testing.assert_allclose(returned, [mean, variance])
    expected = (x - mean) / np.sqrt(variance + 1e-3)
    np.testing.assert_allclose(outputs, expected, atol=1e-5)


def test_channels_first_is_for_gpus(rng, gpu, monkeypatch):
    """XLA has this layout on the CPU too, so it computes what a GPU would."""
    import tensorflow as tf

    x = normal(rng, IMAGES)
    first = keras.ops.transpose(x, (0, 3, 1, 2))
    monkeypatch.setattr(room, "_inside_xla", lambda: False)

    @tf.function(jit_compile=True)
    def compiled(x):
        return normalized(x, data_format="channels_first")

    outputs, *statistics = compiled(first)
    expected, *expected_statistics = normalized(x)
    outputs = keras.ops.transpose(outputs, (0, 2, 3, 1))
    assert_near([outputs], [expected], 1e-5)
    assert_near(statistics, expected_statistics, 1e-5)
    monkeypatch.setattr(room, "_devices", lambda: {"CPU"})
    assert normalized(first, data_format="channels_first") is None


def test_gpu_needs_an_epsilon(rng, gpu):
    x = normal(rng, IMAGES)
    assert normalized(x, epsilon=1e-5) is not None
    assert normalized(x, epsilon=9e-6) is None


def test_tpu_is_left_to_xla(rng, monkeypatch):
    monkeypatch.setattr(room, "_devices", lambda: {"CPU", "TPU"})
    assert normalized(normal(rng, IMAGES)) is None


@pytest.mark.parametrize("dtype", ("float64", "int32"))
def test_other_types_have_no_batch_norm(rng, dtype):
    assert normalized(normal(rng, IMAGES, dtype)) is None


def test_variance_of_one_pixel_is_zero_whatever_the_kernel(rng, monkeypatch):
    import tensorflow as tf

    own = tf.raw_ops.FusedBatchNormV3

    def divided_by_zero(**arguments):
        outputs, mean, variance, *rest = own(**arguments)
        return outputs, mean, variance * np.inf, *rest

    monkeypatch.setattr(tf.raw_ops, "FusedBatchNormV3", divided_by_zero)
    variance = normalized(normal(rng, (1, 1, 1, 6)))[2]
    np.testing.assert_array_equal(variance, np.zeros(6))


def test_gradients_of_gradients_equal_keras(rng):
    import tensorflow as tf

    x = normal(rng, IMAGES)
    seed = rng.normal(size=x.shape).astype("float32")
    results = []
    for layer in (BatchNormalization(), keras.layers.BatchNormalization()):
        layer.build(IMAGES)
        with tf.GradientTape() as tape:
            tape.watch(x)
            first = gradients(layer, x, seed, training=True)
            loss = sum(tf.reduce_sum(gradient**2) for gradient in first)
        results.append(tape.gradient(loss, [x, layer.gamma.value]))
    assert_near(*results, 1e-4)


def convolved(x, data_format="channels_last"):
    kernel = np.ones((3, 3, 3, 4), "float32")
    return room.grouped_conv(x, kernel, (1, 1), "valid", data_format, (1, 1))


def test_grouped_kernel_sums_its_group(monkeypatch):
    """The forward kernel is always there, the gradient has to be asked for."""
    monkeypatch.setattr(room, "_has_grouped_kernel", lambda dtype: True)
    x = np.repeat(np.float32([1, 10]), 3) * np.ones((2, 3, 3, 6), "float32")
    x = keras.ops.convert_to_tensor(x)
    expected = [[[[27, 27, 270, 270]]]] * 2
    np.testing.assert_array_equal(convolved(x), expected)
    assert convolved(x, "channels_first") is None
    monkeypatch.setattr(room, "_has_grouped_kernel", lambda dtype: False)
    assert convolved(x) is None


def test_grouped_kernel_is_for_the_cpu(rng, gpu):
    assert convolved(normal(rng, IMAGES)) is None
    assert not room.slow_groups()


def test_xla_gets_no_kernel(rng):
    """Keras's own batch norm, and block-diagonal chunks, are right there."""
    import tensorflow as tf

    results = []

    @tf.function(jit_compile=True)
    def compiled(x):
        results.extend([normalized(x), convolved(x)])
        return x

    compiled(normal(rng, IMAGES))
    assert results and set(results) == {None}


def test_answer_about_gradients_is_true(rng):
    import tensorflow as tf

    x = normal(rng, IMAGES)
    kernel = normal(rng, (3, 3, 3, 4))

    @tf.function
    def trained():
        with tf.GradientTape() as tape:
            tape.watch([x, kernel])
            outputs = tf.nn.conv2d(x, kernel, 1, "SAME")
        return tape.gradient(outputs, [x, kernel])

    if room._has_grouped_kernel(x.dtype):
        assert [g.shape for g in trained()] == [x.shape, kernel.shape]
    else:
        with pytest.raises(tf.errors.OpError):
            trained()


@pytest.mark.parametrize("jit_compile", (True, False))
@pytest.mark.parametrize("nested", (True, False))
def test_xla_is_noticed(nested, jit_compile):
    """Also from functions, loops and branches inside a compiled one."""
    import tensorflow as tf

    seen = []

    def body(i):
        seen.append(room._inside_xla())
        return i + 1

    @tf.function(jit_compile=jit_compile)
    def compiled():
        if not nested:
            return body(0)
        one = tf.constant(0)
        return tf.while_loop(lambda i: i < 2, tf.function(body), [one])

    compiled()
    assert seen and set(seen) == {jit_compile}
    assert not room._inside_xla()


def test_set_array_copies_and_leaves_distributed_variables_alone(rng):
    import tensorflow as tf

    variable = keras.Variable(np.zeros(3, "float32"))
    # At an address where TensorFlow would share the memory.
    buffer = np.zeros(64, "float32")
    start = -buffer.ctypes.data % 64 // 4
    array = buffer[start : start + 3]
    array[:] = rng.standard_normal(3)
    assert room.set_array(variable, array)
    array[0] += 1
    np.testing.assert_array_equal(variable.numpy()[1:], array[1:])
    assert variable.numpy()[0] == pytest.approx(array[0] - 1)
    strategy = tf.distribute.MirroredStrategy(["CPU:0"])
    with strategy.scope():
        mirrored = keras.Variable(np.zeros(3, "float32"))
    assert not room.set_array(mirrored, array)


@pytest.mark.parametrize("shape", [(3, 4), (2, 3, 1, 1), (4, 1, 3, 3), (5, 1)])
def test_set_array_takes_axes_in_any_order(rng, shape):
    array = rng.standard_normal(shape).astype("float32")
    for order in itertools.permutations(range(len(shape))):
        view = array.transpose(order)
        variable = keras.Variable(np.zeros(view.shape, "float32"))
        assert room.set_array(variable, view)
        np.testing.assert_array_equal(variable.numpy(), view)
    gaps = np.zeros((*shape, 2), "float32")
    gaps[..., 0] = array
    variable = keras.Variable(np.zeros(shape, "float32"))
    assert room.set_array(variable, gaps[..., 0])
    np.testing.assert_array_equal(variable.numpy(), array)
    assert room.set_array(variable, array[::-1])
    np.testing.assert_array_equal(variable.numpy(), array[::-1])
    assert room.set_array(variable, np.broadcast_to(array[:1], shape))
    np.testing.assert_array_equal(variable.numpy(), array[:1] + 0 * array)
