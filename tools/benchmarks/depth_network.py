"""Measures one network of the topic `depth`."""

import contextlib
import statistics
import sys
import tempfile
import time

import keras
import numpy
import tensorflow

import keras_deep
from benchmarks.clock import Clock
from benchmarks.measure import measured
from benchmarks.measure import report
from keras_deep import training
from keras_deep.data import Data
from keras_deep.export import saved_model

STEPS = 5
LINE = "one line"


class Timed:
    """Calls a function and adds up the seconds."""

    def __init__(self, function):
        self.function = function
        self.seconds = 0.0

    def __call__(self, *arguments):
        start = time.perf_counter()
        try:
            return self.function(*arguments)
        finally:
            self.seconds += time.perf_counter() - start


def build(depth, block, version, form):
    return keras_deep.CifarResNet(
        depth=int(depth),
        block=block,
        version=int(version),
        stack=form.endswith("stacked"),
        classifier_activation=None,
    )


def train(batch, *network):
    """Builds and trains a network; returns seconds and MiB."""
    batch, rng = int(batch), numpy.random.default_rng(0)
    images = batch * (STEPS + 1)
    x = rng.standard_normal((images, 32, 32, 3), "float32")
    data = tensorflow.data.Dataset.from_tensor_slices(
        (x, rng.integers(0, 10, images))
    ).batch(batch)
    tensorflow.zeros([]) + 1.0  # Starts the runtime.
    measured(lambda: None)  # Loads what the measurement itself needs.
    work = _by_training if network[-1].startswith("training") else _by_fit
    seconds, _, growth = measured(lambda: _train(network, data, work))
    return {**seconds, "memory": growth / 2**20}


def _train(network, data, work):
    start = time.perf_counter()
    model = build(*network)
    built = time.perf_counter()
    clock, trace = Clock(), Timed(model.train_step)
    model.train_step = trace
    work(model, data, clock, network[-1])
    first = clock.ends[0]
    return {
        "build": built - start,
        "fit": first - built,
        "trace": trace.seconds,
        "start": first - start,
        "step": statistics.median(numpy.diff(clock.ends)),
    }


def _by_fit(model, data, clock, form):
    """Trains as a user of Keras does."""
    model.compile(
        keras.optimizers.SGD(0.01, momentum=0.9),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    if form == LINE:
        model.optimizer.build(model.trainable_variables)
    model.fit(data, verbose=0, shuffle=False, callbacks=[clock])


def _by_training(model, data, clock, form):
    """Trains as a user of this package does, which also tests."""
    given = Data(
        name="random",
        classes=10,
        class_names=None,
        sizes={"train": 1, "test": 1},
        preprocessing={"shape": (32, 32, 3)},
        arguments={},
        train_from=lambda epoch, step=0: data,
        train=data,
        validation=None,
        test=data.take(1),
    )
    with contextlib.redirect_stdout(sys.stderr):
        training.fit(model, given, training.Config(epochs=1), callbacks=clock)


def files(batch, *network):
    """Exports, saves and loads a network; returns the seconds of each."""
    del batch
    model = build(*network)
    with tempfile.TemporaryDirectory() as folder:
        works = {
            "export": Timed(lambda: saved_model(model, f"{folder}/export")),
            "save": Timed(
                lambda: keras_deep.save(model, f"{folder}/model.keras")
            ),
            "load": Timed(lambda: keras_deep.load(f"{folder}/model.keras")),
        }
        for work in works.values():
            work()
    return {name: work.seconds for name, work in works.items()}


if __name__ == "__main__":
    work, *words = sys.argv[1:]
    values = {"train": train, "files": files}[work](*words)
    report(values, (keras_deep, keras, tensorflow, numpy))
