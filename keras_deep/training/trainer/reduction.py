"""Sums the gradients of all replicas before an optimizer looks at them.

Keras clips each replica's own gradients and looks for values that are not
finite in them, and sums what is left. Clipping by norm is then another
function of the batch, and a replica whose gradients overflow leaves the others
with wrong weights.
"""

import contextlib

import keras

from keras_deep.optimizers.clipping import replaced
from keras_deep.optimizers.inner import inner_optimizers


@contextlib.contextmanager
def gradients_summed_first(optimizer):
    """Makes `optimizer.apply` sum the gradients over all replicas first.

    It surrounds `strategy.run` while a step is traced, and is not entered in
    it: replicas are threads.

    Args:
        optimizer: `keras.optimizers.Optimizer`.
    """
    import tensorflow as tf

    apply = optimizer.apply

    def summed_apply(grads, trainable_variables=None):
        grads = list(grads)
        known = [i for i, grad in enumerate(grads) if grad is not None]
        context = tf.distribute.get_replica_context()
        sums = context.all_reduce(
            tf.distribute.ReduceOp.SUM, [grads[i] for i in known]
        )
        for i, total in zip(known, sums):
            grads[i] = total
        return apply(grads, trainable_variables)

    with contextlib.ExitStack() as stack:
        for inner in inner_optimizers(optimizer):
            # The one private hook: Keras would sum again.
            summed = {"_all_reduce_sum_gradients": list}
            stack.enter_context(replaced(inner, **summed))
        stack.enter_context(replaced(optimizer, apply=summed_apply))
        yield


def check_reduction(strategy):
    """Checks that this Keras sums gradients where the trainer expects it.

    One weight with a gradient of 1 on each of `n` replicas moves by `n`.

    Raises:
        RuntimeError: if it does not: this Keras is newer than the package.
    """
    import tensorflow as tf

    with strategy.scope():
        weight = keras.Variable([0.0], name="probe")
        optimizer = keras.optimizers.SGD(1.0)
        optimizer.build([weight])

    @tf.function(autograph=False)
    def step():
        with gradients_summed_first(optimizer):
            gradient = tf.constant([1.0])
            strategy.run(lambda: optimizer.apply([gradient * 1.0], [weight]))

    step()
    moved = -float(keras.ops.convert_to_numpy(weight)[0])
    if moved != strategy.num_replicas_in_sync:
        raise RuntimeError(
            "Expected gradients to be summed by "
            "`Optimizer._all_reduce_sum_gradients`, as in Keras 3.12 to 3.15. "
            f"Received: Keras {keras.__version__}, where a weight moved by "
            f"{moved} instead of {strategy.num_replicas_in_sync}. Train on one "
            "device, or install another Keras or a newer keras_deep."
        )
