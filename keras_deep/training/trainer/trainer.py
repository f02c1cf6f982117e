"""Trains, evaluates and predicts on one device or by a strategy."""

import numpy as np

from keras_deep.training.cluster.lost import explained
from keras_deep.training.state.trained import write
from keras_deep.training.trainer.batches import Batches
from keras_deep.training.trainer.callback_list import callback_list
from keras_deep.training.trainer.checks import check_model
from keras_deep.training.trainer.checks import check_resumable
from keras_deep.training.trainer.epochs import Epochs
from keras_deep.training.trainer.metrics import build_metrics
from keras_deep.training.trainer.reduction import check_reduction
from keras_deep.training.trainer.replicas import spread_seeds


class Trainer:
    """Trains a compiled model as one device would, on any number of them.

    Losses, metrics, clipping, gradient accumulation, weight decay, averaged
    weights and scaled losses are those of the global batch, whatever the
    number of devices and workers, and whether or not it divides the batch.
    Keras's own `Model.fit` gives other results there, or fails. Callbacks,
    metrics and the history are Keras's.

    Batch normalisation has statistics of each replica's share, as in other
    libraries; the moving ones are averaged before they are used or saved.
    `keras.layers.BatchNormalization(synchronized=True)` computes those of the
    global batch. Random layers draw other numbers on every replica.

    Losses are means over the examples of a batch, of any targets and weights.
    Others, such as sums, are refused on several replicas.

    XLA (`jit_compile=True` on several replicas, TPUs) needs shares of one size:
    smaller ones are filled up with copies of their examples, which do not count
    in losses, gradients and metrics, but which batch normalisation sees. Keras
    leaves `jit_compile` out, and warns, where operations are deterministic, as
    with `training.Config(seed=...)`.

    TensorFlow only; on JAX `Model.fit` is right. One trainer traces its steps
    once: use it for all calls.

    Args:
        model: `keras.Model`, made and compiled in the scope of the strategy;
            `jit_compile`, `steps_per_execution` and `run_eagerly` are those of
            `compile`.
        strategy: `tf.distribute.Strategy`, or `None` for the default one.
        accumulate_steps: int, batches whose gradients are averaged before the
            weights change. The rest of an epoch changes them, too.

    Raises:
        ValueError: if the strategy cannot train the model.
        RuntimeError: if this Keras sums gradients elsewhere.
    """

    def __init__(self, model, strategy=None, accumulate_steps=1):
        import tensorflow as tf

        self.model = model
        self.strategy = strategy or tf.distribute.get_strategy()
        self.accumulate_steps = accumulate_steps
        check_model(model, self.strategy)
        if self.strategy.num_replicas_in_sync > 1:
            check_reduction(self.strategy)
        if model.optimizer is not None and not model.optimizer.built:
            with self.strategy.scope():
                model.optimizer.build(model.trainable_variables)
        self._epochs = Epochs(model, self.strategy, accumulate_steps)
        self._batches = self._data_state = None
        self.average_statistics = self._epochs.average_statistics
        self.spread_seeds()

    def spread_seeds(self):
        """Gives every replica random numbers of its own, after a restore."""
        spread_seeds(self.model, self.strategy)

    def read(self, variables):
        """Returns the values of variables, those of all replicas together."""
        self.average_statistics()
        return [np.array(v.value.read_value()) for v in variables]

    def write(self, variables, arrays):
        """Sets variables; random numbers of replicas part again."""
        write(variables, arrays)
        self.spread_seeds()

    def get_state(self):
        """Returns gradients that wait, and the state of data that have one."""
        steps = self._epochs.steps
        sums = [total.read_value().numpy() for total in steps.sums]
        data = None if self._batches is None else self._batches.get_state()
        return {"sums": sums, "pending": steps.pending, "data": data}

    def set_state(self, state):
        """Restores what `get_state` returned."""
        steps = self._epochs.steps
        steps.pending = state["pending"]
        self._data_state = state.get("data")
        for total, array in zip(steps.sums, state["sums"], strict=True):
            total.assign(array)

    def fit(
        self,
        data,
        epochs=1,
        steps_per_epoch=None,
        validation_data=None,
        validation_steps=None,
        validation_freq=1,
        callbacks=(),
        verbose=0,
        start=(0, 0),
        iterations=None,
        class_weight=None,
    ):
        """Trains the model.

        Args:
            data: `tf.data.Dataset` of batches of inputs, targets and maybe
                weights of examples; a batch is divided among all replicas. Or
                an object with iterators over such batches, of NumPy arrays,
                that have `get_state()` and `set_state(state)`, as those of
                Grain. Or a function of the epoch, from 0, that returns either;
                it may take the number of batches to leave out as well. Of a
                dataset by itself no checkpoint restores the order.
            epochs: int, the number of the last epoch, from 1.
            steps_per_epoch: int, or `None` for the whole dataset.
            validation_data: `tf.data.Dataset`, or `None`.
            validation_steps: int, or `None` for the whole dataset.
            validation_freq: int, epochs between validations.
            callbacks: sequence of Keras callbacks. Those that write files do
                so on the first worker only. Several workers stop at the end
                of the epoch in which one of them asks for it.
            verbose: as in `Model.fit`; only the first worker shows anything.
            start: tuple of the epoch and the step to begin with. If the step
                is not 0 the metrics go on from their values.
            iterations: int, updates of the weights after which the training
                ends, counted from the first epoch on, or `None` for all of
                `epochs`. The last epoch may be shorter then.
            class_weight: dict of classes, ints from 0, to the floats that
                their losses are multiplied by, as in `Model.fit`. It has no
                effect on the validation.

        Returns:
            `keras.callbacks.History`.

        Raises:
            ValueError: if the data cannot be divided, the class weights are
                no such dict, or `iterations` are given with epochs of unknown
                length.
            WorkerLost: if another worker ends.
        """
        state = self._data_state if any(start) else None
        steps = self._epochs.steps
        self._batches = batches = Batches(
            *(data, self.strategy, steps_per_epoch, start),
            *(steps.fixed, class_weight, state),
        )
        end = batches.end(epochs, iterations, self.accumulate_steps)
        build_metrics(self.model, self.strategy, batches.dataset)
        held = None
        if validation_data is not None:
            held = Batches(
                *(validation_data, self.strategy, validation_steps),
                fixed=steps.fixed_tests,
            )
        with explained(self.strategy):
            callbacks = callback_list(
                *(self.model, self.strategy, callbacks, verbose),
                add_history=True,
                epochs=epochs,
                steps=batches.steps,
            )
            check_resumable(data, callbacks.callbacks, start)
            self.model.stop_training = False
            callbacks.on_train_begin()
            logs = self._epochs.fit(
                batches, held, validation_freq, start, end, callbacks
            )
            callbacks.on_train_end(logs)
        self._data_state = None
        return self.model.history

    def evaluate(self, data, steps=None, callbacks=(), verbose=0):
        """Measures the model.

        Args:
            data: `tf.data.Dataset` of batches.
            steps: int, or `None` for the whole dataset.
            callbacks: as in `fit`.
            verbose: as in `fit`.

        Returns:
            Dict of names of metrics to floats.
        """
        fixed = self._epochs.steps.fixed_tests
        batches = Batches(data, self.strategy, steps, fixed=fixed)
        build_metrics(self.model, self.strategy, batches.dataset)
        with explained(self.strategy):
            callbacks = callback_list(
                *(self.model, self.strategy, callbacks, verbose),
                steps=batches.steps,
            )
            return self._epochs.evaluate(batches, callbacks)

    def predict(self, data, steps=None):
        """Returns the outputs of all batches as arrays, in their order."""
        batches = Batches(data, self.strategy, steps)
        with explained(self.strategy):
            return self._epochs.predict(batches)
