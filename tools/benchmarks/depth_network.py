"""Measures one network of the topic `depth`."""

import statistics
import sys
import tempfile
import time

import keras
import numpy
import tensorflow

import keras_deep
from benchmarks.measure import measured
from benchmarks.measure import report
from keras_deep.export import saved_model

BATCH = 8
STEPS = 5


class Clock:
    """Measures the seconds between calls of `stop`, by name."""

    def __init__(self):
        self.seconds = {}
        self._last = time.perf_counter()

    def stop(self, name):
        now = time.perf_counter()
        self.seconds[name] = now - self._last
        self._last = now


def build(depth, block, version, stack):
    return keras_deep.CifarResNet(
        depth=int(depth),
        block=block,
        version=int(version),
        stack=stack == "stacked",
        classifier_activation=None,
    )


def train(*network):
    """Builds and trains a network; returns seconds and MiB."""
    rng = numpy.random.default_rng(0)
    x = tensorflow.constant(rng.standard_normal((BATCH, 32, 32, 3), "float32"))
    y = tensorflow.constant(rng.integers(0, 10, BATCH))
    tensorflow.zeros([]) + 1.0  # Starts the runtime.
    measured(lambda: None)  # Loads what the measurement itself needs.
    seconds, _, growth = measured(lambda: _train(network, x, y))
    start = ("build", "optimizer", "trace", "first step")
    seconds["start"] = sum(seconds[name] for name in start)
    return {**seconds, "memory": growth / 2**20}


def _train(network, x, y):
    clock = Clock()
    model = build(*network)
    clock.stop("build")
    model.compile(
        keras.optimizers.SGD(0.01, momentum=0.9),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    model.optimizer.build(model.trainable_variables)
    clock.stop("optimizer")
    step = tensorflow.function(lambda x, y: model.train_step((x, y)))
    step = step.get_concrete_function(x, y)
    clock.stop("trace")
    _wait(step(x, y))
    clock.stop("first step")
    steps = []
    for _ in range(STEPS):
        _wait(step(x, y))
        clock.stop("step")
        steps.append(clock.seconds["step"])
    return {**clock.seconds, "step": statistics.median(steps)}


def _wait(logs):
    return {name: float(value) for name, value in logs.items()}


def files(*network):
    """Exports, saves and loads a network; returns the seconds of each."""
    model = build(*network)
    with tempfile.TemporaryDirectory() as folder:
        clock = Clock()
        saved_model(model, f"{folder}/export")
        clock.stop("export")
        keras_deep.save(model, f"{folder}/model.keras")
        clock.stop("save")
        keras_deep.load(f"{folder}/model.keras")
        clock.stop("load")
    return clock.seconds


if __name__ == "__main__":
    work, *words = sys.argv[1:]
    values = {"train": train, "files": files}[work](*words)
    report(values, (keras_deep, keras, tensorflow, numpy))
