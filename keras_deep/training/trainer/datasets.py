"""Gives every replica its share of the global batches."""

import functools

import keras


def shared_out(dataset, strategy, exhausts, size=None):
    """Cuts global batches into equal shares for the replicas of all workers.

    Each worker reads the whole dataset, which must be the same on all of them,
    and keeps the shares of its own replicas: shares differ by at most one
    example, so that a global batch of any size gives the gradient that it has
    on one device. (TensorFlow's own cut of a last batch may leave replicas
    with nothing.) A replica for which there is no example gets a copy of the
    last one, which does not count. Batches whose size is fixed and a multiple
    of the replicas have shares of fixed size, as XLA needs them; others have
    them if `size` is given, filled up with copies that do not count.

    Args:
        dataset: `tf.data.Dataset` of batches.
        strategy: `tf.distribute.Strategy`.
        exhausts: bool. Whether the end of the dataset is looked for, which
            costs a message between the workers in every step.
        size: int, the examples of the largest batch, or `None`.

    Returns:
        Dataset for `strategy.run`. With one replica it has the batches, with
        more pairs of the number of examples that count and the share, or
        tuples of the share alone, if all examples count.
    """
    import tensorflow as tf

    replicas = strategy.num_replicas_in_sync
    if replicas == 1:
        return strategy.experimental_distribute_dataset(dataset)

    share = _share if size is None else functools.partial(_filled, size)
    if has_equal_shares(dataset, replicas):
        share = _equal_share

    def shares_of_worker(context):
        here = replicas // context.num_input_pipelines
        first = context.input_pipeline_id * here

        def shares(*batch):
            batch = batch[0] if len(batch) == 1 else batch
            found = [
                tf.data.Dataset.from_tensors(share(batch, i, replicas))
                for i in range(first, first + here)
            ]
            for other in found[1:]:
                found[0] = found[0].concatenate(other)
            return found[0]

        own = dataset.flat_map(shares)
        if not exhausts:
            own = own.concatenate(_endless(own.element_spec))
        return own.prefetch(2 * here)

    return strategy.distribute_datasets_from_function(shares_of_worker)


def _share(batch, number, replicas):
    import tensorflow as tf

    start, count = _place(batch, number, replicas)
    stop = start + tf.maximum(count, 1)
    return (
        tf.cast(count, tf.float32),
        keras.tree.map_structure(lambda x: x[start:stop], batch),
    )


def _filled(size, batch, number, replicas):
    """Returns a share of fixed size, which begins with what counts."""
    import tensorflow as tf

    rows = -(-size // replicas)
    start, count = _place(batch, number, replicas)
    enough = tf.debugging.assert_less_equal(
        count, tf.constant(rows, tf.int64), "A batch is larger than the first."
    )
    with tf.control_dependencies([enough]):
        places = start + tf.range(rows, dtype=tf.int64) % tf.maximum(count, 1)

    def part(x):
        return tf.ensure_shape(tf.gather(x, places), (rows, *x.shape[1:]))

    return tf.cast(count, tf.float32), keras.tree.map_structure(part, batch)


def _place(batch, number, replicas):
    """Returns where a replica's share begins, and how many examples it has.

    Of none the place is that of the last example.
    """
    import tensorflow as tf

    size = tf.shape(keras.tree.flatten(batch)[0], tf.int64)[0]
    start = size * number // replicas
    count = size * (number + 1) // replicas - start
    return tf.where(count > 0, start, size - 1), count


def _endless(spec):
    """Returns zeros without end, of which none is used.

    The workers need not ask each other then whether there is more.
    """
    import tensorflow as tf

    def zeros(x):
        return tf.zeros([1 if n is None else n for n in x.shape], x.dtype)

    one = keras.tree.map_structure(zeros, spec)
    return tf.data.Dataset.from_tensors(one).repeat()


def _equal_share(batch, number, replicas):
    def part(x):
        size = x.shape[0] // replicas
        return x[number * size : (number + 1) * size]

    return (keras.tree.map_structure(part, batch),)


def has_equal_shares(dataset, replicas):
    """Returns whether batches have a fixed size that can be divided."""
    size = keras.tree.flatten(dataset.element_spec)[0].shape[0]
    return size is not None and size % replicas == 0


def number_of_batches(dataset):
    """Returns the number of batches of a dataset, or `None` if unknown.

    Raises:
        ValueError: if it is endless.
    """
    import tensorflow as tf

    count = int(tf.data.experimental.cardinality(dataset))
    if count == tf.data.INFINITE_CARDINALITY:
        raise ValueError(
            "Expected a dataset that ends, or `steps_per_epoch`. Received: "
            "an endless one."
        )
    return None if count < 0 else count


def check_dataset(dataset, replicas=1):
    """Refuses what cannot be shared out among the replicas.

    Args:
        dataset: what was given as one.
        replicas: int.

    Raises:
        TypeError: if it is no dataset of TensorFlow.
        ValueError: if its elements are no batches, or are smaller than the
            number of replicas.
    """
    import tensorflow as tf

    if not isinstance(dataset, tf.data.Dataset):
        raise TypeError(
            "Expected a `tf.data.Dataset` of batches, an object whose "
            "iterators have `get_state` and `set_state`, or a function of the "
            f"epoch that returns one. Received: {type(dataset).__name__}"
        )
    first = keras.tree.flatten(dataset.element_spec)[0]
    if first.shape.rank in (None, 0):
        raise ValueError(
            "Expected a dataset of batches: `dataset.batch(...)` makes them, "
            "as large as all replicas take together. Received elements of "
            f"{dataset.element_spec}"
        )
    size = first.shape[0]
    if size is not None and size < replicas:
        raise ValueError(
            f"Expected batches of at least {replicas} examples, one for each "
            f"replica. Received: batches of {size}"
        )
