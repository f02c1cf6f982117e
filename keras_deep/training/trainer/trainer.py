"""Trains, evaluates and predicts on one device or by a strategy."""

import keras

from keras_deep.training.cluster.lost import explained
from keras_deep.training.strategies import is_chief
from keras_deep.training.trainer.batches import Batches
from keras_deep.training.trainer.checks import callbacks_of_worker
from keras_deep.training.trainer.checks import check_model
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

    Losses are means over the examples of a batch, whose targets and weights
    may be any that `Model.fit` takes. Others, such as sums, are refused on
    several replicas.

    TensorFlow only; on JAX `Model.fit` is right. One trainer traces its steps
    once: use it for all calls.

    Example:

    ```python
    strategy = keras_deep.training.strategy("mirrored")
    with strategy.scope():
        model = keras_deep.ResNet20()
        model.compile("sgd", "sparse_categorical_crossentropy")
    trainer = keras_deep.training.Trainer(model, strategy)
    history = trainer.fit(dataset, epochs=3)  # batches of all devices together
    ```

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
        self.average_statistics = self._epochs.average_statistics
        self.spread_seeds()

    def spread_seeds(self):
        """Gives every replica random numbers of its own, after a restore."""
        spread_seeds(self.model, self.strategy)

    def get_state(self):
        """Returns what is not in the model and the optimizer: gradients."""
        steps = self._epochs.steps
        sums = [total.read_value().numpy() for total in steps.sums]
        return {"sums": sums, "pending": steps.pending}

    def set_state(self, state):
        """Restores what `get_state` returned."""
        steps = self._epochs.steps
        steps.pending = state["pending"]
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
                a function of the epoch, from 0, that returns one; it may take
                the number of batches to leave out as well.
            epochs: int, the number of the last epoch, from 1.
            steps_per_epoch: int, or `None` for the whole dataset.
            validation_data: `tf.data.Dataset`, or `None`.
            validation_steps: int, or `None` for the whole dataset.
            validation_freq: int, epochs between validations.
            callbacks: sequence of Keras callbacks. Those that write files do
                so on the first worker only. One that stops the training within
                an epoch stops several workers at its end.
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
        fixed = bool(self.model.jit_compile)
        batches = Batches(
            *(data, self.strategy, steps_per_epoch, start, fixed, class_weight)
        )
        end = batches.end(epochs, iterations, self.accumulate_steps)
        build_metrics(self.model, self.strategy, batches.dataset)
        held = None
        if validation_data is not None:
            held = Batches(validation_data, self.strategy, validation_steps)
        with explained(self.strategy):
            callbacks = self._callbacks(callbacks, verbose, epochs, batches)
            self.model.stop_training = False
            callbacks.on_train_begin()
            logs = self._epochs.fit(
                batches, held, validation_freq, start, end, callbacks
            )
            optimizer = self.model.optimizer
            if epochs:
                optimizer.finalize_variable_values(
                    self.model.trainable_variables
                )
            callbacks.on_train_end(logs)
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
        batches = Batches(data, self.strategy, steps)
        build_metrics(self.model, self.strategy, batches.dataset)
        with explained(self.strategy):
            callbacks = self._callbacks(callbacks, verbose, 1, batches, False)
            return self._epochs.evaluate(batches, callbacks)

    def predict(self, data, steps=None):
        """Returns the outputs of all batches as arrays, in their order."""
        batches = Batches(data, self.strategy, steps)
        with explained(self.strategy):
            return self._epochs.predict(batches)

    def _callbacks(self, callbacks, verbose, epochs, batches, history=True):
        shown = verbose if is_chief(self.strategy) else 0
        return keras.callbacks.CallbackList(
            callbacks_of_worker(callbacks, self.strategy),
            add_history=history,
            add_progbar=bool(shown),
            verbose=shown,
            epochs=epochs,
            steps=batches.steps,
            model=self.model,
        )
