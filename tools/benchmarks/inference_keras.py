"""The contenders of the topic `inference` that run in Keras."""

import sys

import keras
import numpy

import keras_deep
from benchmarks.measure import repeated
from benchmarks.measure import report
from benchmarks.step_keras import build
from benchmarks.step_networks import Work


def measure(form, work):
    """Predicts; returns the seconds of each measure.

    Args:
        form: `"ours"`, `"before"`, which is ours before `for_inference`, or
            `"keras"`.
        work: `Work`.
    """
    network = work.network
    model = build("ours" if form == "before" else form, network)
    if form == "ours":
        model = keras_deep.for_inference(model)
    shape = (network.batch, network.side, network.side, 3)
    x = numpy.random.default_rng(0).standard_normal(shape, "float32")
    calls = {
        "image": lambda: model.predict_on_batch(x[:1]),
        "batch": lambda: model.predict_on_batch(x),
    }
    return {
        name: repeated(call, work.steps, work.repeats)
        for name, call in calls.items()
    }


if __name__ == "__main__":
    form, *words = sys.argv[1:]
    values = measure(form, Work.parse(words))
    backend = sys.modules[keras.backend.backend()]
    report(values, (keras_deep, keras, backend, numpy))
