"""JAX's implementations of the functions of `keras_deep.backend`."""


def fused_batch_norm(x, gamma, beta, statistics, epsilon, data_format):
    """Returns `None`: in XLA a hand-written gradient is slower."""
    return None


def grouped_conv(x, kernel, strides, padding, data_format, dilation_rate):
    """Returns `None`: Keras already calls JAX's only kernel."""
    return None


def moments_of_replicas(x, axes):
    """Returns `None`: the moments of a sharded batch are those of all."""
    return None


def scan(function, carry, constants, states, length):
    """Applies a function to the slices of tensors, in a loop.

    See `keras_deep.backend.tensorflow.loops.scan`.
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
    """Returns False: Keras's own assignment is as fast in JAX."""
    return False


def slow_groups():
    """Returns whether Keras's grouped convolutions are slow: on the CPU."""
    import jax

    return jax.default_backend() == "cpu"


def slow_loops():
    """Returns whether convolutions in loops are slow: on the CPU."""
    import jax

    return jax.default_backend() == "cpu"


def compiled(function):
    """Returns a function of tensors that is compiled at its first call."""
    import jax

    return jax.jit(function)


def adam_steps(variables, means, squares, gradients, rate, step, constants):
    """Returns False: XLA fuses Keras's operations."""
    return False


def decay_steps(variables, rate, decay):
    """Returns False: XLA fuses Keras's operations."""
    return False


def dense_gradient(gradient):
    """Returns `None`: gradients are dense."""
    return None


def momentum_steps(variables, states, gradients, rate, momentum, nesterov):
    """Returns False: XLA fuses Keras's operations."""
    return False
