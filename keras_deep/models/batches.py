"""The inputs of a model in batches, from what Keras's `fit` takes."""

import itertools

import keras
import numpy as np

from keras_deep.utils.checks import check_sizes


def batches_of(data, steps, batch_size):
    """Returns an iterator of batches of inputs, as tensors.

    Args:
        data: iterable of batches, `keras.utils.PyDataset`, or arrays; see
            `keras_deep.calibrate`.
        steps: int, the largest number of batches, or `None` for all.
        batch_size: int, for arrays.

    Raises:
        ValueError: if `data` is something else or endless, or a number is not
            positive.
    """
    given = {"steps": steps, "batch_size": batch_size}
    check_sizes(**{k: v for k, v in given.items() if v is not None})
    if steps is None and _is_endless(data):
        raise ValueError(
            "Expected `data` that end. Received: endlessly many batches. Give "
            "`steps`, the number of batches to use."
        )
    return itertools.islice(map(_inputs, _raw(data, batch_size)), steps)


def _raw(data, batch_size):
    if isinstance(data, keras.utils.PyDataset):
        # Not an iterator of Keras's, which never ends.
        numbers = itertools.count()
        if data.num_batches is not None:
            numbers = range(data.num_batches)
        return (data[number] for number in numbers)
    if isinstance(data, (tuple, list, dict)) or _is_array(data):
        return _slices(data, batch_size)
    if not hasattr(data, "__iter__"):
        raise ValueError(
            "Expected `data` to be arrays or batches of images, such as the "
            f"`train` of `keras_deep.data.load`. Received: {data!r}"
        )
    return iter(data)


def _slices(data, batch_size):
    """Yields batches of arrays, of tuples `(x, y)` only those of `x`."""
    x = _inputs_of(data)
    arrays = keras.tree.flatten(x)
    sizes = {len(array) if _is_array(array) else None for array in arrays}
    if len(sizes) != 1 or None in sizes:
        raise ValueError(
            "Expected arrays of equally many images, and batches in a "
            "`tf.data.Dataset`, a `PyDataset` or a generator. Received: "
            f"{sorted(map(str, sizes))} images"
        )
    for start in range(0, len(arrays[0]), batch_size):
        part = [array[start : start + batch_size] for array in arrays]
        yield keras.tree.pack_sequence_as(x, part)


def _inputs(batch):
    return keras.tree.map_structure(
        keras.ops.convert_to_tensor, _inputs_of(batch)
    )


def _inputs_of(batch):
    if isinstance(batch, tuple):
        return keras.utils.unpack_x_y_sample_weight(batch)[0]
    return batch


def _is_array(value):
    return isinstance(value, np.ndarray) or keras.ops.is_tensor(value)


def _is_endless(data):
    if isinstance(data, keras.utils.PyDataset):
        return data.num_batches is None
    cardinality = getattr(data, "cardinality", None)  # Of a `tf.data.Dataset`.
    return cardinality is not None and int(cardinality()) == -1
