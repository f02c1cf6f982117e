"""Reads rows of tensors in a TensorFlow loop, with a cheap gradient.

The loop of `loops.scan`, for one constant. A list of rows is a loop variable:

    rows, count = list_of(constant), 0.0
    for index in range(length):
        row, rows, count = identity(rows[index], rows, count)
        carry, states[index] = function(carry, row, states[index], index)

Its gradient, which TensorFlow builds from that of the body, is a loop from the
last call to the first. It carries the gradients of the loop variables. Those
of `rows` and `count` begin with zeros, as nothing reads their last values:

    d_rows, d_count = list_of(zeros_like(constant)), 0.0
    for _ in range(length):
        d_carry, d_row = gradient_of_function(d_carry)
        d_rows[length - 1 - d_count] = d_row
        d_count = d_count + 1.0
    d_constant = stack(d_rows)

The last two lines of that loop are the gradient of `identity`. It passes no
gradient to `rows[index]`: TensorFlow's own gradient there makes a list of zeros
in every call and adds it to `d_rows`, which is quadratic in the length. Only
`d_count` tells the index: a gradient that read `index`, a tensor of the forward
loop, could not be written into a SavedModel. The states go through the loop as
lists of integers, which have no gradient.
"""

import functools

import numpy as np

_GRADIENT = "KerasDeepRowOfLoop"


class Rows:
    """A list of the rows of a tensor.

    TensorFlow refers to a list by a handle, a tensor that can be a loop
    variable. Setting a row returns the handle of a new list, which shares the
    memory of the other rows.

    Args:
        tensor: tensor of shape `(length, ...)`, fully known.
    """

    def __init__(self, tensor):
        import tensorflow as tf

        self.length, *shape = tensor.shape.as_list()
        self.shape = np.array(shape, "int32")  # `[]` would become float.
        self.dtype = tensor.dtype
        self.handle = tf.raw_ops.TensorListFromTensor(
            tensor=tensor, element_shape=self.shape
        )

    def get(self, handle, index):
        """Returns the row at an index."""
        import tensorflow as tf

        return tf.raw_ops.TensorListGetItem(
            input_handle=handle,
            index=index,
            element_shape=self.shape,
            element_dtype=self.dtype,
        )

    def set(self, handle, index, row):
        """Returns the handle of a list with `row` at an index."""
        import tensorflow as tf

        return tf.raw_ops.TensorListSetItem(
            input_handle=handle, index=index, item=row
        )

    def stack(self, handle):
        """Returns the rows as one tensor."""
        import tensorflow as tf

        return tf.raw_ops.TensorListStack(
            input_handle=handle,
            element_shape=self.shape,
            element_dtype=self.dtype,
            num_elements=self.length,
        )


def carry_gradients(rows, handles, count):
    """Carries the gradients of rows through the backward loop, in lists.

    This is `identity` in the description of this module.

    Args:
        rows: list of tensors, the rows of lists at the loop's index. Integer
            rows, which have no gradient, are returned as they are.
        handles: list of the handles of their lists.
        count: float32 scalar, a loop variable of any value. Its gradient
            counts the calls of the backward loop.

    Returns:
        The rows to compute with, and the handles and the count for the next
        call.
    """
    import tensorflow as tf
    from tensorflow.python.ops import handle_data_util

    places = [i for i, row in enumerate(rows) if _has_gradient(row.dtype)]
    if places:
        _register_gradient()
        graph = tf.compat.v1.get_default_graph()
        given = [tensors[i] for tensors in (rows, handles) for i in places]
        with graph.gradient_override_map({"IdentityN": _GRADIENT}):
            *given, count = tf.raw_ops.IdentityN(input=[*given, count])
        rows, handles = list(rows), list(handles)
        for i, row, handle in zip(places, given, given[len(places) :]):
            # The dtype and shape of the rows, which jacobians need.
            handle_data_util.copy_handle_data(handles[i], handle)
            rows[i], handles[i] = row, handle
    return rows, handles, count


def _has_gradient(dtype):
    return dtype.is_floating or dtype.is_complex


@functools.cache
def _register_gradient():
    import tensorflow as tf

    @tf.RegisterGradient(_GRADIENT)
    def gradient(op, *changes):
        del op  # It is `None` when a SavedModel is written.
        *changes, count = changes
        rows, lists = changes[: len(changes) // 2], changes[len(changes) // 2 :]
        length = tf.raw_ops.TensorListLength(input_handle=lists[0])
        index = length - 1 - tf.cast(count, "int32")
        lists = [
            tf.raw_ops.TensorListSetItem(
                input_handle=handle, index=index, item=row
            )
            for row, handle in zip(rows, lists)
        ]
        return *[None] * len(rows), *lists, count + 1.0
