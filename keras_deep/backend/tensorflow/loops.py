"""Loops of TensorFlow, with gradients."""


def scan(function, carry, constants, states, length):
    """Applies a function to slices of tensors, one after the other.

    It is traced once, whatever the length. In graph mode the loop itself costs
    next to nothing; inside XLA on the CPU convolutions do not use the threaded
    library, and take some ten times as long.

    Args:
        function: function `(carry, constants, states, index) -> (carry,
            states)`, called with the slice of every tensor at the index, a
            scalar int32 tensor. It returns a carry and states of the shapes
            and types that it was given.
        carry: structure of tensors that goes from one call to the next.
        constants: list of tensors of shape `(length, ...)`.
        states: list of tensors of shape `(length, ...)`.
        length: int, how often the function is applied.

    Returns:
        The last carry, and the list of all states that were returned, each of
        shape `(length, ...)`. The states have no gradient: it would cost much
        in every call, and statistics and seeds need none.
    """
    import tensorflow as tf

    def array(tensor):
        shape = tensor.shape[1:]
        return tf.TensorArray(tensor.dtype, length, element_shape=shape)

    constants = [array(t).unstack(t) for t in constants]
    before = [array(t).unstack(t) for t in states]
    after = [array(t) for t in states]

    def body(index, carry, after):
        found, states = function(
            carry,
            [_read(a, index, length) for a in constants],
            [tf.stop_gradient(a.read(index)) for a in before],
            index,
        )
        # The shapes must not change from one call to the next, and what Keras
        # calls inside may know less of them.
        found = tf.nest.map_structure(
            lambda new, old: tf.ensure_shape(new, old.shape), found, carry
        )
        states = [tf.stop_gradient(state) for state in states]
        after = [a.write(index, state) for a, state in zip(after, states)]
        return index + 1, found, after

    _, carry, after = tf.while_loop(
        lambda index, *_: index < length,
        body,
        (tf.constant(0), carry, after),
        maximum_iterations=length,  # Else XLA cannot take the gradient.
    )
    return carry, [a.stack() for a in after]


def _read(array, index, length):
    """Returns an item of a `TensorArray` of known length and shape.

    The gradient of TensorFlow's own `read` asks every array in every call for
    its length and shape, and keeps the answers of all.
    """
    import tensorflow as tf

    if tf.executing_eagerly():  # There the items are a list of Python.
        return array.read(index)
    dtype, shape = array.dtype, array.element_shape.as_list()

    @tf.custom_gradient
    def read(items):
        item = tf.raw_ops.TensorListGetItem(
            input_handle=items,
            index=index,
            element_shape=shape,
            element_dtype=dtype,
        )

        def gradient(change):
            empty = tf.raw_ops.TensorListReserve(
                element_shape=shape,
                num_elements=length,
                element_dtype=dtype,
            )
            return tf.raw_ops.TensorListSetItem(
                input_handle=empty, index=index, item=change
            )

        return item, gradient

    return read(array.flow)


def slow_loops():
    """Returns whether convolutions in loops are slow: not in graph mode."""
    return False
