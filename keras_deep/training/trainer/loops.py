"""Compiled loops over the batches of an iterator."""

import contextlib

import keras

from keras_deep.optimizers.per_block import per_block
from keras_deep.training.trainer.metrics import metrics_of_all
from keras_deep.training.trainer.reduction import gradients_summed_first
from keras_deep.training.trainer.steps import in_xla


class Loops:
    """Runs steps on all replicas, several in one call.

    Every loop returns what the metrics are after it. They are read outside of
    the replicas' context, so that they are those of all workers.

    Args:
        model: `keras.Model`, compiled; its `run_eagerly` and `jit_compile` are
            obeyed.
        strategy: `tf.distribute.Strategy`.
        steps: `Steps`.
    """

    def __init__(self, model, strategy, steps):
        self.model = model
        self.strategy = strategy
        self.replicas = strategy.num_replicas_in_sync
        self.eager = model.run_eagerly
        # With more, `Steps` compiles what can be.
        self.jit = bool(model.jit_compile) and self.replicas == 1
        self.train = self._loop(steps.train)
        self.accumulate = self._loop(steps.accumulate)
        self.accumulate_and_apply = self._loop(steps.accumulate_and_apply)
        self.test = self._loop(steps.test)
        self.apply_rest = self._compiled(
            lambda batches: self._run(steps.apply_rest, batches)
        )
        self.results = self._compiled(self._results)
        self.predict = self._compiled(self._predicted(steps))

    def _loop(self, step):
        """Returns a function of an iterator and a number of its batches."""
        if self.jit:
            step = in_xla(step)

        def several(iterator, number):
            import tensorflow as tf

            for _ in tf.range(number):
                self._run(step, next(iterator))
            return self._results()

        def one(iterator):
            self._run(step, next(iterator))
            return self._results()

        one, several = self._compiled(one), self._compiled(several, True)

        def run(iterator, number):
            import tensorflow as tf

            if number == 1:
                return one(iterator)
            if self.eager:
                for _ in range(number):
                    found = one(iterator)
                return found
            return several(iterator, tf.constant(number))

        return run

    def _results(self):
        if self.replicas == 1 or self.eager:
            return self.model.get_metrics_result()
        return metrics_of_all(self.model, self.strategy)

    def _run(self, step, data):
        optimizer = self.model.optimizer
        with contextlib.ExitStack() as stack:
            if optimizer is not None:
                stack.enter_context(per_block(optimizer, self.model))
            if optimizer is not None and self.replicas > 1:
                stack.enter_context(gradients_summed_first(optimizer))
            return self.strategy.run(step, args=(data,))

    def _compiled(self, function, autograph=False):
        import tensorflow as tf

        if self.eager:
            return function
        return tf.function(function, reduce_retracing=True, autograph=autograph)

    def _predicted(self, steps):
        step = in_xla(steps.predict) if self.jit else steps.predict

        def outputs(iterator):
            found = self.strategy.run(step, args=(next(iterator),))
            if self.replicas == 1:
                return found
            return keras.tree.map_structure(
                lambda x: self.strategy.gather(x, axis=0), found
            )

        return outputs
