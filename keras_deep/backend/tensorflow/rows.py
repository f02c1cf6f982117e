"""Rows of a tensor in a loop of TensorFlow, with a gradient that is cheap."""

import functools

import numpy as np

_GRADIENT = "KerasDeepRowOfLoop"


class Rows:
    """A list of the rows of a tensor.

    TensorFlow knows the list by a handle, a tensor that goes through the loop:
    setting a row gives the handle of the next list, whose other rows are the
    same memory.

    Args:
        tensor: tensor of shape `(length, ...)`, all of it known.
    """

    def __init__(self, tensor):
        import tensorflow as tf

        self.length, *shape = tensor.shape.as_list()
        self.shape = np.array(shape, "int32")  # An empty list would be float.
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
        """Returns the handle of a list with another row at an index."""
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
    """Lets the gradients of rows go through the loop, backwards, in lists.

    The gradient of TensorFlow's own `TensorListGetItem` makes a list of zeros
    in every call and adds it to that of the last one, which takes the longer
    the more rows there are. Here the row's gradient is set in the list that
    comes from the call behind it.

    Args:
        rows: list of tensors, the rows of lists at the loop's index. Those
            that have no gradient stay as they are.
        handles: list of the handles of their lists.
        count: float32 scalar, any, that goes through the loop. Its gradient
            counts the calls, so that it tells the index: a gradient that used
            the index itself could not be written into a SavedModel.

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
            # What a list contains; jacobians ask for it.
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
        del op  # There is none when a SavedModel is written.
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
