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

    if not (
        _are_ordinary([*variables, *states])
        and all(isinstance(gradient, tf.Tensor) for gradient in gradients)
        and all(v.dtype == s.dtype for v, s in zip(variables, states))
    ):
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


def _are_ordinary(variables):
    """Returns whether variables are of one device and of TensorFlow's kind."""
    import tensorflow as tf
    from tensorflow.python.ops import resource_variable_ops

    # Those that are made while a step is traced are of another class.
    kind = resource_variable_ops.BaseResourceVariable
    return not tf.distribute.has_strategy() and all(
        isinstance(variable, kind) for variable in variables
    )
