"""TensorFlow's functions and updates of weights, of few operations each."""

import functools


def compiled(function):
    """Returns a function of tensors that is compiled at its first call."""
    import tensorflow as tf

    return tf.function(function, reduce_retracing=True, autograph=False)


def decay_steps(variables, rate, decay):
    """Removes the fraction `rate * decay` of each of some weights.

    Args:
        variables: list of `tf.Variable`.
        rate: scalar tensor or float, the learning rate.
        decay: float.

    Returns:
        Whether it was done. It is not under a `tf.distribute` strategy, nor
        for variables that are not TensorFlow's ordinary ones.
    """
    import tensorflow as tf

    if not _are_ordinary(variables):
        return False
    fraction = functools.cache(
        lambda dtype: tf.cast(rate, dtype) * tf.cast(decay, dtype)
    )
    for variable in variables:
        handle, dtype = variable.handle, variable.dtype
        value = tf.raw_ops.ReadVariableOp(resource=handle, dtype=dtype)
        tf.raw_ops.ResourceApplyGradientDescent(
            var=handle, alpha=fraction(dtype), delta=value
        )
    return True


def dense_gradient(gradient):
    """Returns a sparse gradient as a tensor, and `None` for a dense one."""
    import tensorflow as tf

    if isinstance(gradient, tf.IndexedSlices):
        return tf.convert_to_tensor(gradient)
    return None


def momentum_steps(variables, states, gradients, rate, momentum, nesterov):
    """Takes a step of gradient descent with momentum, as Keras's SGD does.

    Args:
        variables: list of `tf.Variable`.
        states: list of `tf.Variable` of their shapes, the velocities.
        gradients: list of tensors of their shapes.
        rate: scalar tensor or float, the learning rate.
        momentum: float.
        nesterov: bool.

    Returns:
        Whether it was done. It is not for sparse gradients, and where
        `decay_steps` does nothing.
    """
    import tensorflow as tf

    if not _are_alike(gradients, variables, states):
        return False
    scalars = functools.cache(
        lambda dtype: [tf.cast(value, dtype) for value in (rate, momentum)]
    )
    for variable, state, gradient in zip(variables, states, gradients):
        dtype = variable.dtype
        rate_of, momentum_of = scalars(dtype)
        tf.raw_ops.ResourceApplyKerasMomentum(
            var=variable.handle,
            accum=state.handle,
            lr=rate_of,
            grad=tf.cast(gradient, dtype),
            momentum=momentum_of,
            use_nesterov=nesterov,
        )
    return True


def adam_steps(variables, means, squares, gradients, rate, step, constants):
    """Takes a step of Adam, as Keras does.

    Args:
        variables: list of `tf.Variable`.
        means: list of `tf.Variable` of their shapes, of the gradients.
        squares: list of `tf.Variable` of their shapes, the mean squares.
        gradients: list of tensors of their shapes.
        rate: scalar tensor or float, the learning rate.
        step: scalar tensor or int, the number of the step, from 1.
        constants: tuple of float: decay of the means, that of the squares, and
            epsilon.

    Returns:
        Whether it was done, see `momentum_steps`.
    """
    import tensorflow as tf

    if not _are_alike(gradients, variables, means, squares):
        return False

    @functools.cache
    def scalars(dtype):
        lr, power, beta1, beta2, epsilon = (
            tf.cast(value, dtype) for value in (rate, step, *constants)
        )
        return {
            "lr": lr,
            "beta1": beta1,
            "beta2": beta2,
            "epsilon": epsilon,
            "beta1_power": tf.pow(beta1, power),
            "beta2_power": tf.pow(beta2, power),
        }

    for variable, mean, square, gradient in zip(
        variables, means, squares, gradients
    ):
        tf.raw_ops.ResourceApplyAdam(
            var=variable.handle,
            m=mean.handle,
            v=square.handle,
            grad=tf.cast(gradient, variable.dtype),
            **scalars(variable.dtype),
        )
    return True


def _are_alike(gradients, variables, *states):
    """Returns whether weights are ordinary, and each of the type of its state.

    Their gradients must be dense.
    """
    import tensorflow as tf

    return (
        _are_ordinary([*variables, *(one for state in states for one in state)])
        and all(isinstance(gradient, tf.Tensor) for gradient in gradients)
        and all(
            variable.dtype == one.dtype
            for state in states
            for variable, one in zip(variables, state)
        )
    )


def _are_ordinary(variables):
    """Returns whether variables are of one device and of TensorFlow's kind.

    That is also the kind of those that a `tf.function` made when it was traced.
    """
    import tensorflow as tf
    from tensorflow.python.ops import resource_variable_ops

    # Those that are made while a step is traced are of another class.
    kind = resource_variable_ops.BaseResourceVariable
    return not tf.distribute.has_strategy() and all(
        isinstance(variable, kind) for variable in variables
    )
