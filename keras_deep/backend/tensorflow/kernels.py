"""Kernels of TensorFlow that are faster than Keras's own operations."""

import functools

import numpy as np


def fused_batch_norm(x, gamma, beta, statistics, epsilon, data_format):
    """Normalises an image tensor with `FusedBatchNormV3`.

    Not taken inside XLA: its batch norm computes the variance as
    E[x^2] - E[x]^2, wrong by 0.2 % where the mean is 30 standard deviations
    and by 60 % where it is 1000. Keras's own formula, and this kernel outside
    XLA, are right there.

    Args:
        x: tensor of shape `(batch, height, width, channels)` or
            `(batch, channels, height, width)`.
        gamma: variable of shape `(channels,)`, or `None` for ones.
        beta: variable of shape `(channels,)`, or `None` for zeros.
        statistics: pair of variables `(mean, variance)` to normalise with, or
            `None` for those of the batch. They get no gradient.
        epsilon: float, added to the variance.
        data_format: `"channels_last"` or `"channels_first"`.

    Returns:
        The tuple `(outputs, mean, variance)`: a tensor like `x` and two in
        float32 of shape `(channels,)`, the variance that of the population
        (divided by n). `None` where Keras's way is the right one.
    """
    import tensorflow as tf

    if not _can_fuse(x, epsilon, data_format):
        return None
    mean, variance = (_float32(value) for value in statistics or ([], []))
    channels = x.shape[-1 if data_format == "channels_last" else 1]
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
        # The kernel divides by n - 1, Keras by n. Nothing must come of a
        # single pixel, even where the kernel divided by zero.
        n = tf.cast(tf.size(x, tf.int64) // channels, "float32")
        variance = tf.math.multiply_no_nan(variance, (n - 1.0) / n)
    return outputs, mean, variance


def grouped_conv(x, kernel, strides, padding, data_format, dilation_rate):
    """Convolves the groups of channels with the kernel of oneDNN.

    Keras sends a grouped convolution through XLA, whose gradient on the CPU
    takes some 300 times as long.

    Args:
        x: tensor of shape `(batch, height, width, channels)`.
        kernel: tensor of shape
            `(*kernel_size, channels // groups, filters)`.
        strides: pair of ints.
        padding: `"same"` or `"valid"`.
        data_format: `"channels_last"`, for which there is a kernel, or
            `"channels_first"`.
        dilation_rate: pair of ints.

    Returns:
        Tensor of shape `(batch, height, width, filters)`, or `None` where
        there is no such kernel. An empty tensor may get the wrong shape.
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
    """Sets a Keras variable in one operation; Keras itself takes several.

    That matters for the hundreds of variables of a checkpoint.

    Args:
        variable: `keras.Variable`.
        array: NumPy array of its shape and type. It is copied.

    Returns:
        Whether it was set. It is not where the variable has copies on several
        devices, which only TensorFlow's own assignment knows.
    """
    import tensorflow as tf
    from tensorflow.python.ops import resource_variable_ops

    value = variable.value
    if not isinstance(value, resource_variable_ops.ResourceVariable):
        return False
    tf.raw_ops.AssignVariableOp(resource=value.handle, value=_copied(array))
    return True


def _copied(array):
    """Returns a copy of an array in the order of C, for TensorFlow to keep."""
    import tensorflow as tf

    if not array.flags.c_contiguous:
        order = np.argsort(array.strides, kind="stable")[::-1]
        packed = array.transpose(order)
        if packed.flags.c_contiguous:
            # TensorFlow turns axes round several times as fast as NumPy does.
            return tf.raw_ops.Transpose(x=packed, perm=np.argsort(order))
    # TensorFlow may keep the memory of an array that is aligned as it likes.
    return np.array(array, order="C")


def slow_groups():
    """Returns whether Keras's grouped convolutions are slow here: on CPU."""
    return _devices() == {"CPU"}


def _can_fuse(x, epsilon, data_format):
    """Returns whether the kernel gives what Keras gives, and exists."""
    found = _devices()
    if x.dtype.name not in ("float32", "float16", "bfloat16"):
        return False
    # cuDNN refused a smaller epsilon for years; the CPU kernels take any.
    if "GPU" in found and epsilon < 1e-5:
        return False
    # Without a GPU only oneDNN knows this layout.
    if data_format == "channels_first" and "GPU" not in found:
        return False
    return found <= {"CPU", "GPU"} and not _inside_xla()


def _float32(value):
    import tensorflow as tf

    return tf.cast(value, "float32")


@functools.cache
def _devices():
    """Returns the kinds of devices that TensorFlow sees, a set of strings."""
    import tensorflow as tf

    found = tf.config.list_logical_devices()
    return {device.device_type for device in found}


def _inside_xla():
    """Returns whether what is being traced will be compiled with XLA.

    TensorFlow has no public way to ask, only the one that its own control
    flow uses.
    """
    import tensorflow as tf
    from tensorflow.python.ops import control_flow_util

    graph = tf.compat.v1.get_default_graph()
    return control_flow_util.GraphOrParentsInXlaContext(graph)


@functools.cache
def _has_grouped_kernel(dtype):
    """Returns whether grouped convolutions have gradients outside XLA.

    On the CPU only oneDNN has them, on some processors and for some types,
    and nothing but the attempt tells. Asked of the operation itself: a tape
    inside `init_scope` or a batch of one may say yes where it is no.
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
