"""What JAX computes faster than Keras's own operations do."""


def fused_batch_norm(x, gamma, beta, statistics, epsilon, data_format):
    """Returns `None`: a gradient written out by hand is slower in XLA."""
    return None


def grouped_conv(x, kernel, strides, padding, data_format, dilation_rate):
    """Returns `None`: Keras calls the only kernel that JAX has."""
    return None


def set_array(variable, array):
    """Returns False: Keras sets a variable of JAX as fast as can be."""
    return False


def slow_groups():
    """Returns whether Keras's grouped convolutions are slow here: on CPU."""
    import jax

    return jax.default_backend() == "cpu"
