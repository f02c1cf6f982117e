"""This package's side of the topic `convert`."""

import sys

import keras
import numpy
import safetensors

import keras_deep
from benchmarks.measure import measured
from benchmarks.measure import report
from benchmarks.measure import warm
from benchmarks.resnet152 import weights_bytes
from keras_deep.convert import load_pytorch
from keras_deep.convert import read_pytorch


def load(path):
    """Loads a file into a model; returns the time and the memory."""
    model = keras_deep.ResNet152(weights=None)
    warm(path)

    def work():
        load_pytorch(model, path)
        if keras.backend.backend() == "jax":
            import jax

            jax.block_until_ready([v.value for v in model.variables])

    _, seconds, growth = measured(work)
    return {"time": seconds, "memory": 1 + growth / weights_bytes()}


def read(path):
    """Reads all arrays of a file; returns the time and the memory."""
    warm(path)

    def work():
        arrays = dict(read_pytorch(path).items())
        # One value of every page, as a mapped file is not read before.
        for array in arrays.values():
            array.reshape(-1)[::1024].sum()
        return arrays

    _, seconds, growth = measured(work)
    return {"time": seconds, "memory": growth / weights_bytes()}


if __name__ == "__main__":
    values = {"load": load, "read": read}[sys.argv[1]](sys.argv[2])
    backend = sys.modules[keras.backend.backend()]
    report(values, (keras_deep, keras, backend, numpy, safetensors))
