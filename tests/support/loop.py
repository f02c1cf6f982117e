"""The smallest loop that a training can be resumed in, step by step."""

import keras
import numpy as np


def batches(epoch, step=0):
    """Yields the batches of an epoch from a step on; there are five."""
    for number in range(step, 5):
        rng = np.random.default_rng((epoch, number))
        y = rng.integers(0, 3, 8)
        yield rng.normal(size=(8, 6)).astype("float32") + y[:, None], y


class Loop:
    """Calls callbacks as `Model.fit` does, from any step on.

    It is traced once, however often it trains.
    """

    def __init__(self, model):
        import tensorflow as tf

        self.model = model
        self.step = tf.function(lambda *batch: model.train_step(batch))
        self.held = next(batches(99))
        # It makes the variables of the metrics.
        model.test_on_batch(*self.held)
        model.optimizer.build(model.trainable_variables)

    def fit(self, epochs, callbacks, start=(0, 0), validation=True):
        """Trains; returns the history."""
        model = self.model
        listed = keras.callbacks.CallbackList(
            callbacks, model=model, epochs=epochs, steps=5
        )
        model.stop_training = False
        logs = {}
        listed.on_train_begin()
        step = start[1]
        for epoch in range(start[0], epochs):
            model.reset_metrics()
            listed.on_epoch_begin(epoch)
            self._epoch(epoch, step, listed)
            step = 0
            logs = _floats(model.get_metrics_result())
            if validation:
                held = self.model.evaluate(
                    *self.held, 4, 0, callbacks=listed, return_dict=True
                )
                logs |= {f"val_{name}": value for name, value in held.items()}
            listed.on_epoch_end(epoch, logs)
            if model.stop_training:
                break
        model.optimizer.finalize_variable_values(model.trainable_variables)
        listed.on_train_end(logs)

    def _epoch(self, epoch, step, listed):
        for number, batch in enumerate(batches(epoch, step), step):
            listed.on_train_batch_begin(number)
            logs = self.step(*batch)
            listed.on_train_batch_end(number, _floats(logs))


def _floats(logs):
    return {name: float(value) for name, value in logs.items()}
