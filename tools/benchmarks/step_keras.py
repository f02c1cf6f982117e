"""The contenders of the topic `step` that run in Keras."""

import math
import sys

import keras
import numpy

import keras_deep
from benchmarks.clock import Clock
from benchmarks.measure import repeated
from benchmarks.measure import report
from benchmarks.measure import steady
from benchmarks.step_networks import Work
from benchmarks.step_networks import check_parameters
from keras_deep.models.saving import with_stock_layers

_POLICIES = {"float32": "float32", "bfloat16": "mixed_bfloat16"}


def build(form, network):
    """Builds a `Network` as `"ours"`, `"stock"` or `"keras"`."""
    common = {
        "weights": None,
        "input_shape": (network.side, network.side, 3),
        "classes": network.classes,
        "classifier_activation": None,
    }
    if form == "keras":
        return getattr(keras.applications, network.application)(**common)
    builder = getattr(keras_deep, network.builder)
    model = builder(**network.arguments, **common)
    # Those of keras.applications have other biases.
    check_parameters(
        network, sum(math.prod(v.shape) for v in model.trainable_variables)
    )
    return with_stock_layers(model) if form == "stock" else model


def measure(form, work):
    """Trains and predicts; returns the seconds of each measure."""
    keras.config.set_dtype_policy(_POLICIES[work.precision])
    network = work.network
    rng = numpy.random.default_rng(0)
    shape = (work.steps * network.batch, network.side, network.side, 3)
    x = rng.standard_normal(shape, "float32")
    y = rng.integers(0, network.classes, len(x))
    package = keras_deep if form == "ours" else keras
    model = build(form, network)
    model.compile(
        package.optimizers.SGD(0.01, momentum=0.9),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    step, batch, image = Clock(), Clock(), x[:1]
    options = {"batch_size": network.batch, "verbose": 0}
    model.fit(x, y, callbacks=[step], **options)
    model.predict(x, callbacks=[batch], **options)
    calls = {
        "image": lambda: model.predict(image, verbose=0),
        "image on batch": lambda: model.predict_on_batch(image),
    }
    return {
        "step": steady(step.ends, work.repeats),
        "batch": steady(batch.ends, work.repeats),
        **{
            name: repeated(call, work.steps, work.repeats)
            for name, call in calls.items()
        },
    }


if __name__ == "__main__":
    form, *words = sys.argv[1:]
    values = measure(form, Work.parse(words))
    backend = sys.modules[keras.backend.backend()]
    report(values, (keras_deep, keras, backend, numpy))
