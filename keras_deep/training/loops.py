"""The loops that train: ours, and Keras's where it is right."""

import keras

from keras_deep.training.filled import Filled
from keras_deep.training.state.trained import read
from keras_deep.training.state.trained import write
from keras_deep.training.stop_after import StopAfter
from keras_deep.training.stop_after import last_place
from keras_deep.training.targets import class_weights


def loop_of(model, data, config, place):
    """Returns the loop for a model and its data: `OwnLoop` or `StockLoop`."""
    kind = OwnLoop if is_own(data) else StockLoop
    return kind(model, data, config, place)


def is_own(data):
    """Returns whether `OwnLoop` trains on a `Data`."""
    if keras.backend.backend() != "tensorflow":
        return False
    import tensorflow as tf

    return isinstance(data.train, tf.data.Dataset)


class OwnLoop:
    """Trains by `Trainer`, from any step on."""

    within = True

    def __init__(self, model, data, config, place):
        from keras_deep.training.trainer.trainer import Trainer

        self.model, self.data, self.config = model, data, config
        self.trainer = Trainer(model, place.strategy, config.accumulate_steps)
        self.parts = {}
        if config.accumulate_steps > 1:
            self.parts["trainer"] = self.trainer
        self.read, self.write = self.trainer.read, self.trainer.write

    def fit(self, callbacks, start):
        """Trains from an epoch and step on."""
        self.trainer.fit(
            self.data.train_from,
            self.config.epochs,
            validation_data=self.data.validation,
            callbacks=callbacks,
            start=start,
            iterations=self.config.iterations,
            class_weight=class_weights(self.config, self.data),
        )


class StockLoop:
    """Trains by `Model.fit`, from any epoch on.

    Raises:
        ValueError: if several replicas or accumulated gradients are wanted.
    """

    within = False
    parts = {}
    read = staticmethod(read)
    write = staticmethod(write)

    def __init__(self, model, data, config, place):
        if place.replicas > 1 or config.accumulate_steps > 1:
            raise ValueError(
                "Expected data of `format='tf'` on the TensorFlow backend for "
                "several devices of a strategy and for `accumulate_steps`. "
                f"Received: {place.replicas} devices, accumulate_steps="
                f"{config.accumulate_steps}, the backend "
                f"{keras.backend.backend()} and batches of type "
                f"{type(data.train).__name__}."
            )
        self.model, self.data, self.config = model, data, config

    def fit(self, callbacks, start):
        """Trains from an epoch on."""
        epoch, _ = start
        if self.config.iterations is not None:
            batches = len(self.data.train)
            end = last_place(self.config.iterations, batches)
            callbacks = [StopAfter(*end), *callbacks]
        weights = None
        if not isinstance(self.data.train, Filled):  # Else it has them.
            weights = class_weights(self.config, self.data)
        self.model.fit(
            self.data.train_from(epoch) if epoch else self.data.train,
            initial_epoch=epoch,
            epochs=self.config.epochs,
            validation_data=self.data.validation,
            shuffle=False,  # The pipeline shuffles.
            verbose=0,
            callbacks=callbacks,
            class_weight=weights,
        )
