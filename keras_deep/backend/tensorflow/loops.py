"""TensorFlow loops with gradients; `rows` explains how they work."""

from keras_deep.backend.tensorflow.rows import Rows
from keras_deep.backend.tensorflow.rows import carry_gradients


def scan(function, carry, constants, states, length):
    """Applies a function to the slices of tensors, in a loop.

    The function is traced once, whatever the length. In graph mode the loop
    itself costs next to nothing. Inside XLA on the CPU, convolutions in loops
    do not use the threaded library and take some ten times as long.

    Args:
        function: function `(carry, constants, states, index) -> (carry,
            states)`, called with the slices at the index, a scalar int32
            tensor. The carry and the states that it returns have the shapes
            and dtypes of those it was given.
        carry: structure of tensors, passed from one call to the next.
        constants: list of tensors of shape `(length, ...)`.
        states: list of tensors of shape `(length, ...)`.
        length: int, the number of calls.

    Returns:
        The last carry, and the list of new states, stacked to tensors of shape
        `(length, ...)`. The states have no gradient: it would be expensive in
        every call, and statistics and seeds need none.
    """
    import tensorflow as tf

    constants, states = (
        [tf.convert_to_tensor(tensor) for tensor in tensors]
        for tensors in (constants, states)
    )
    apply = _python_loop if tf.executing_eagerly() else _graph_loop
    return apply(function, carry, constants, states, length)


def _python_loop(function, carry, constants, states, length):
    import tensorflow as tf

    constants = [tf.unstack(t) for t in constants]
    before = [tf.unstack(tf.stop_gradient(t)) for t in states]
    after = []
    for i in range(length):
        slices = ([t[i] for t in tensors] for tensors in (constants, before))
        carry, found = function(carry, *slices, tf.constant(i))
        after.append([tf.stop_gradient(state) for state in found])
    return carry, [tf.stack(found) for found in zip(*after)]


def _graph_loop(function, carry, constants, states, length):
    import tensorflow as tf

    read = [Rows(tensor) for tensor in constants]
    kept = [Rows(_as_integers(tensor)) for tensor in states]
    dtypes = [tensor.dtype for tensor in states]

    def body(index, count, carry, handles, kept_handles):
        rows = [r.get(handle, index) for r, handle in zip(read, handles)]
        rows, handles, count = carry_gradients(rows, handles, count)
        before = [
            _from_integers(r.get(handle, index), dtype)
            for r, handle, dtype in zip(kept, kept_handles, dtypes)
        ]
        found, after = function(carry, rows, before, index)
        found = tf.nest.map_structure(_with_shape, found, carry)
        after = [
            r.set(handle, index, _as_integers(state))
            for r, handle, state in zip(kept, kept_handles, after)
        ]
        return index + 1, count, found, handles, after

    handles = [r.handle for r in read], [r.handle for r in kept]
    _, _, carry, _, after = tf.while_loop(
        lambda index, *_: index < length,
        body,
        (tf.constant(0), tf.constant(0.0), carry, *handles),
        maximum_iterations=length,  # XLA needs it for the gradient.
    )
    return carry, [
        _from_integers(r.stack(handle), dtype)
        for r, handle, dtype in zip(kept, after, dtypes)
    ]


def _with_shape(new, old):
    """Restores the static shape, which must be the same in every call."""
    import tensorflow as tf

    return tf.ensure_shape(new, old.shape)


def _as_integers(state):
    """Returns the bits of a state as integers, which have no gradient.

    With `tf.stop_gradient` the backward loop would still carry zeros.
    """
    import tensorflow as tf

    if not state.dtype.is_floating:
        return state
    return tf.bitcast(state, f"int{8 * state.dtype.size}")


def _from_integers(bits, dtype):
    import tensorflow as tf

    return bits if bits.dtype == dtype else tf.bitcast(bits, dtype)


def slow_loops():
    """Returns whether convolutions in loops are slow: not in graph mode."""
    return False
