"""What the replicas of a strategy of TensorFlow compute together."""


def moments_of_replicas(x, axes):
    """Computes mean and variance of the batches of all replicas together.

    The replicas send each other their own moments in one message, and combine
    them exactly: the squares of sums, which need no such care, lose the
    variance where the mean is large.

    Args:
        x: tensor, this replica's part of the batch.
        axes: list of int, the axes to reduce.

    Returns:
        Pair of tensors of at least float32, the variance that of the
        population. `None` with one replica, and outside of a replica's context.

    Reference:
        Chan, Golub, LeVeque: Updating Formulae and a Pairwise Algorithm for
        Computing Sample Variances (1979).
    """
    import tensorflow as tf

    context = tf.distribute.get_replica_context()
    if context is None or context.num_replicas_in_sync == 1:
        return None
    x = tf.cast(x, tf.float64 if x.dtype == tf.float64 else tf.float32)
    mean = tf.reduce_mean(x, axes, keepdims=True)
    squares = tf.reduce_sum(tf.math.squared_difference(x, mean), axes)
    mean = tf.reshape(mean, tf.shape(squares))
    channels = squares.shape[0]
    count = tf.cast(tf.size(x, tf.int64) // channels, x.dtype)
    own = tf.concat([count[None], mean, squares], axis=0)
    found = context.all_gather(own[None], axis=0)
    counts, means, squares = tf.split(found, [1, channels, channels], axis=1)
    total = tf.reduce_sum(counts)
    mean = tf.reduce_sum(counts * means, axis=0) / total
    between = counts * tf.math.squared_difference(means, mean)
    return mean, tf.reduce_sum(squares + between, axis=0) / total
