"""Examples of a share that count, and copies that do not."""

import keras


def cut(count):
    """Returns a function that leaves out the examples that do not count."""
    if count is None:
        return lambda x: x
    return lambda x: None if x is None else x[: keras.ops.cast(count, "int32")]


def weights(count, x, sample_weight):
    """Returns weights that make a mean over a share that of what counts."""
    import tensorflow as tf

    rows = keras.tree.flatten(x)[0].shape[0]
    counts = tf.cast(tf.range(rows) < tf.cast(count, tf.int32), tf.float32)
    counts *= rows / tf.maximum(count, 1.0)
    if sample_weight is None:
        return counts

    def weighted(given):
        shape = (rows, *[1] * (len(given.shape) - 1))
        return tf.cast(given, tf.float32) * tf.reshape(counts, shape)

    return keras.tree.map_structure(weighted, sample_weight)
