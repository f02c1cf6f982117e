"""What replicas have of their own: statistics, and streams of numbers."""

import functools

import keras
import numpy as np

# Far apart, so that the streams of replicas do not meet.
_APART = 1_000_003
_SEED_STATE = "seed_generator_state"


def average_statistics(model, strategy):
    """Returns a function that averages the statistics of all replicas.

    Batch normalisation keeps its moving statistics per replica; Keras saves
    the first replica's.

    Args:
        model: `keras.Model`, made in the scope of the strategy.
        strategy: `tf.distribute.Strategy`.
    """
    import tensorflow as tf

    variables = [
        variable
        for variable in model.non_trainable_variables
        if keras.backend.is_float_dtype(variable.dtype)
    ]
    if strategy.num_replicas_in_sync == 1 or not variables:
        return lambda: None

    def average():
        context = tf.distribute.get_replica_context()
        values = [variable.value * 1 for variable in variables]
        mean = tf.distribute.ReduceOp.MEAN
        for variable, value in zip(variables, context.all_reduce(mean, values)):
            variable.assign(value)

    return tf.function(lambda: strategy.run(average), autograph=False)


def spread_seeds(model, strategy):
    """Gives every replica a stream of random numbers of its own.

    Keras gives all of them the same, so that they drop the same units. The
    first replica keeps the model's, which is what is saved; call it again
    after the states were restored.
    """
    import tensorflow as tf

    states = [v for v in model.variables if v.path.endswith(_SEED_STATE)]
    if strategy.num_replicas_in_sync == 1 or not states:
        return

    def spread():
        context = tf.distribute.get_replica_context()
        number = context.replica_id_in_sync_group * _APART
        for state in states:
            shift = tf.cast(tf.stack([number, 0]), state.value.dtype)
            state.assign(state.value + shift)

    tf.function(lambda: strategy.run(spread), autograph=False)()


def gathered(strategy, value):
    """Returns an array with a number, or a list of some, of every replica."""
    import tensorflow as tf

    value = tf.constant([value], tf.float64)
    return np.asarray(_gatherer(strategy)(value))


@functools.cache
def _gatherer(strategy):
    import tensorflow as tf

    def gather(value):
        own = strategy.run(tf.identity, args=(value,))
        return strategy.gather(own, axis=0)

    return tf.function(gather, autograph=False)


def of_first(strategy, value):
    """Returns the array that the first replica has.

    Args:
        strategy: `tf.distribute.Strategy`.
        value: array, of equal shape and type on all workers.
    """
    import tensorflow as tf

    return np.asarray(_chooser(strategy)(tf.convert_to_tensor(value)))


@functools.cache
def _chooser(strategy):
    import tensorflow as tf

    def own(value):
        context = tf.distribute.get_replica_context()
        first = tf.equal(context.replica_id_in_sync_group, 0)
        return tf.where(first, value, tf.zeros_like(value))

    def choose(value):
        values = strategy.run(own, args=(value,))
        return strategy.reduce(tf.distribute.ReduceOp.SUM, values, axis=None)

    return tf.function(choose, autograph=False, reduce_retracing=True)


def broadcast(strategy, variables):
    """Overwrites variables with the values that the first replica has.

    Args:
        strategy: `tf.distribute.Strategy`.
        variables: list of `keras.Variable`, the same on all workers.
    """
    for variable in variables:
        dtype = keras.backend.standardize_dtype(variable.dtype)
        # Any number is exact in 64 bits of its own kind.
        wide = "float64" if keras.backend.is_float_dtype(dtype) else "int64"
        array = keras.ops.convert_to_numpy(variable).astype(wide)
        variable.assign(of_first(strategy, array).astype(dtype))
