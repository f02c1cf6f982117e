"""TensorFlow kernels that are faster than Keras's operations."""

import functools

import numpy as np


def fused_batch_norm(x, gamma, beta, statistics, epsilon, data_format):
    """Normalises an image tensor with `FusedBatchNormV3`.

    Not used inside XLA, whose batch norm computes the variance as
    E[x^2] - E[x]^2: the error is 0.2 % where the mean is 30 standard
    deviations and 60 % where it is 1000. Keras's formula, and this kernel
    outside XLA, are accurate there.

    Args:
        x: tensor of shape `(batch, height, width, channels)` or
            `(batch, channels, height, width)`.
        gamma: variable of shape `(channels,)`, or `None` for ones.
        beta: variable of shape `(channels,)`, or `None` for zeros.
        statistics: pair of variables `(mean, variance)` to normalise with, or
            `None` for the batch's own. They get no gradient.
        epsilon: float, added to the variance.
        data_format: `"channels_last"` or `"channels_first"`.

    Returns:
        Tuple `(outputs, mean, variance)`: a tensor like `x` and two float32
        tensors of shape `(channels,)`, the variance that of the population
        (divided by n). `None` where Keras's operations are to be used.
    """
    import tensorflow as tf

    if not _can_fuse(x, epsilon, data_format):
        return None
    mean, variance = (_float32(value) for value in statistics or ([], []))
    channels = x.shape[-1 if data_format == "channels_last" else 1]
    if x.dtype == "bfloat16" and channels % 16 and _devices() == {"CPU"}:
        # oneDNN's kernel of other numbers of channels takes up to four times
        # as long in bfloat16 as in float32 with both conversions.
        x = _float32(x)
    outputs, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
        x=x,
        scale=tf.ones([channels]) if gamma is None else _float32(gamma),
        offset=tf.zeros([channels]) if beta is None else _float32(beta),
        mean=mean,
        variance=variance,
        epsilon=epsilon,
        data_format="NHWC" if data_format == "channels_last" else "NCHW",
        is_training=statistics is None,
    )
    if statistics is None:
        # The kernel divides by n - 1, Keras by n. For a single pixel the
        # variance is 0, even where the kernel divided by zero.
        n = tf.cast(tf.size(x, tf.int64) // channels, "float32")
        variance = tf.math.multiply_no_nan(variance, (n - 1.0) / n)
    return outputs, mean, variance


def grouped_conv(x, kernel, strides, padding, data_format, dilation_rate):
    """Computes a grouped convolution with oneDNN's kernel.

    Keras compiles grouped convolutions with XLA, whose gradient on the CPU
    takes some 300 times as long.

    Args:
        x: tensor of shape `(batch, height, width, channels)`.
        kernel: tensor of shape
            `(*kernel_size, channels // groups, filters)`.
        strides: pair of ints.
        padding: `"same"` or `"valid"`.
        data_format: `"channels_last"`, or `"channels_first"`, for which there
            is no kernel.
        dilation_rate: pair of ints.

    Returns:
        Tensor of shape `(batch, height, width, filters)`, or `None` where
        there is no kernel. For an empty input its shape may be wrong.
    """
    import tensorflow as tf

    if (
        data_format != "channels_last"
        or _inside_xla()
        or _devices() != {"CPU"}
        or not _has_grouped_kernel(x.dtype)
    ):
        return None
    return tf.nn.conv2d(
        x, kernel, strides, padding.upper(), dilations=dilation_rate
    )


def set_array(variable, array):
    """Assigns a Keras variable in one operation; Keras needs several.

    That matters for the hundreds of variables of a checkpoint.

    Args:
        variable: `keras.Variable`.
        array: NumPy array of its shape and dtype. It is copied.

    Returns:
        Whether it was assigned. It is not if the variable is mirrored on
        several devices, which only TensorFlow's own assignment handles.
    """
    import tensorflow as tf
    from tensorflow.python.ops import resource_variable_ops

    value = variable.value
    if not isinstance(value, resource_variable_ops.ResourceVariable):
        return False
    tf.raw_ops.AssignVariableOp(resource=value.handle, value=_copied(array))
    return True


def _copied(array):
    """Returns a copy of an array in C order, which TensorFlow may keep."""
    import tensorflow as tf

    if not array.flags.c_contiguous:
        order = np.argsort(array.strides, kind="stable")[::-1]
        packed = array.transpose(order)
        if packed.flags.c_contiguous:
            # TensorFlow transposes several times as fast as NumPy.
            return tf.raw_ops.Transpose(x=packed, perm=np.argsort(order))
    # TensorFlow may use the memory of an aligned array without a copy.
    return np.array(array, order="C")


def slow_groups():
    """Returns whether Keras's grouped convolutions are slow: on the CPU."""
    return _devices() == {"CPU"}


def _can_fuse(x, epsilon, data_format):
    """Returns whether there is a kernel and its results are Keras's."""
    found = _devices()
    if x.dtype.name not in ("float32", "float16", "bfloat16"):
        return False
    # Older cuDNN refuses a smaller epsilon; the CPU kernels take any.
    if "GPU" in found and epsilon < 1e-5:
        return False
    # Without a GPU only oneDNN supports this layout.
    if data_format == "channels_first" and "GPU" not in found:
        return False
    return found <= {"CPU", "GPU"} and not _inside_xla()


def _float32(value):
    import tensorflow as tf

    return tf.cast(value, "float32")


@functools.cache
def _devices():
    """Returns the set of device types that TensorFlow sees, as strings."""
    import tensorflow as tf

    found = tf.config.list_logical_devices()
    return {device.device_type for device in found}


def _inside_xla():
    """Returns whether the graph that is being traced is compiled with XLA.

    TensorFlow has no public function for it; this is the one that its own
    control flow uses.
    """
    import tensorflow as tf
    from tensorflow.python.ops import control_flow_util

    graph = tf.compat.v1.get_default_graph()
    return control_flow_util.GraphOrParentsInXlaContext(graph)


@functools.cache
def _has_grouped_kernel(dtype):
    """Returns whether grouped convolutions have gradients outside XLA.

    On the CPU only oneDNN has them, on some processors and for some dtypes,
    which only a trial shows. It calls the gradient operations themselves: a
    tape inside `init_scope` or a batch of one may succeed where training fails.
    """
    import tensorflow as tf

    with tf.init_scope():
        try:
            tf.raw_ops.Conv2DBackpropInput(
                input_sizes=[2, 5, 5, 4],
                filter=tf.ones([3, 3, 2, 4], dtype),
                out_backprop=tf.ones([2, 5, 5, 4], dtype),
                strides=[1, 1, 1, 1],
                padding="SAME",
            )
            tf.raw_ops.Conv2DBackpropFilter(
                input=tf.ones([2, 5, 5, 4], dtype),
                filter_sizes=[3, 3, 2, 4],
                out_backprop=tf.ones([2, 5, 5, 4], dtype),
                strides=[1, 1, 1, 1],
                padding="SAME",
            )
        except tf.errors.OpError:
            return False
    return True
