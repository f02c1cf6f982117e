"""Measures one way of training for the topic `scaling`.

    python -m benchmarks.scaling_fit steps FORM BATCH STEPS EPOCHS SEVERAL
    python -m benchmarks.scaling_fit start FORM BATCH DEPTH STAGES

`FORM` is `"ours"` or `"stock"`, `STAGES` are `"plain"` or `"stacked"`.
"""

import sys
import time

import keras
import numpy
import tensorflow

import keras_deep
from benchmarks.clock import Clock
from benchmarks.measure import report
from benchmarks.measure import steady
from keras_deep import training

# Epochs that are not measured: they trace, and allocate memory.
WARM = 1


class Epochs(keras.callbacks.Callback):
    """Notes when epochs end, whose metrics are then known."""

    def __init__(self):
        super().__init__()
        self.ends = []

    def on_epoch_end(self, epoch, logs=None):
        self.ends.append(time.perf_counter())


class First(Clock):
    """Notes when the first step ends, and stops there."""

    def on_train_batch_end(self, batch, logs=None):
        super().on_train_batch_end(batch, logs)
        self.model.stop_training = True


def network(depth=20, several=1, stages="plain"):
    """Builds and compiles a residual network for CIFAR as its users do."""
    model = keras_deep.CifarResNet(depth=depth, stack=stages == "stacked")
    model.compile(
        keras.optimizers.SGD(0.1, momentum=0.9),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
        steps_per_execution=several,
    )
    return model


def images(batch, steps):
    """Returns a dataset of random images and labels."""
    rng = numpy.random.default_rng(0)
    x = rng.standard_normal((batch * steps, 32, 32, 3), "float32")
    y = rng.integers(0, 10, batch * steps)
    data = tensorflow.data.Dataset.from_tensor_slices((x, y))
    return data.batch(batch, drop_remainder=True).prefetch(2)


def ours(model, data, epochs, callback):
    """Trains by the trainer of this package, on the strategy in scope."""
    trainer = training.Trainer(model, training.strategy())
    trainer.fit(data, epochs=epochs, callbacks=[callback])


def stock(model, data, epochs, callback):
    """Trains by Keras's own `fit`."""
    callbacks = [callback]
    model.fit(
        data, epochs=epochs, callbacks=callbacks, verbose=0, shuffle=False
    )


FORMS = {"ours": ours, "stock": stock}


def seconds_of_step(form, model, data, steps, epochs):
    """Returns the seconds of a step: an epoch's, from end to end, per step.

    Args:
        form: string, of `FORMS`.
        model: `keras.Model`, compiled.
        data: `tf.data.Dataset` of `steps` batches.
        steps: int.
        epochs: int, those after the first whose median counts.
    """
    clock = Epochs()
    FORMS[form](model, data, WARM + epochs, clock)
    return steady(clock.ends, epochs) / steps


def seconds_to_first(form, model, data):
    """Returns the seconds from the call to the end of the first step."""
    clock = First()
    start = time.perf_counter()
    FORMS[form](model, data, 1, clock)
    return clock.ends[0] - start


def measure_steps(form, batch, steps, epochs, several):
    batch, steps, epochs, several = map(int, (batch, steps, epochs, several))
    model, data = network(several=several), images(batch, steps)
    return {"step": seconds_of_step(form, model, data, steps, epochs)}


def measure_start(form, batch, depth, stages):
    model = network(int(depth), stages=stages)
    data = images(int(batch), 2)
    tensorflow.zeros([]) + 1.0  # Starts the runtime.
    return {"start": seconds_to_first(form, model, data)}


MODULES = (keras_deep, keras, tensorflow, numpy)

if __name__ == "__main__":
    work, *words = sys.argv[1:]
    values = {"steps": measure_steps, "start": measure_start}[work](*words)
    report(values, MODULES)
