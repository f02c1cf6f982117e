"""What JAX computes in its own way or faster than Keras does."""


def fused_batch_norm(x, gamma, beta, statistics, epsilon, data_format):
    """Returns `None`: a gradient written out by hand is slower in XLA."""
    return None


def grouped_conv(x, kernel, strides, padding, data_format, dilation_rate):
    """Returns `None`: Keras calls the only kernel that JAX has."""
    return None


def scan(function, carry, constants, states, length):
    """Applies a function to slices of tensors, one after the other.

    See the function of this name for TensorFlow.
    """
    import jax

    def step(carry, slices):
        found, states = function(carry, *slices)
        found = jax.tree.map(_with_dtype, found, carry)
        return found, jax.lax.stop_gradient(states)

    slices = (list(constants), list(states), jax.numpy.arange(length))
    return jax.lax.scan(step, carry, slices, length)


def _with_dtype(new, old):
    return new.astype(old.dtype)


def set_array(variable, array):
    """Returns False: Keras sets a variable of JAX as fast as can be."""
    return False


def slow_groups():
    """Returns whether Keras's grouped convolutions are slow here: on CPU."""
    import jax

    return jax.default_backend() == "cpu"


def slow_loops():
    """Returns whether convolutions in loops are slow here: on the CPU."""
    import jax

    return jax.default_backend() == "cpu"
