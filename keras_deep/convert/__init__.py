"""Weights of PyTorch, Caffe and Keras files, in our models and proven."""

import importlib

_FUNCTIONS = {
    "read_pytorch": "..formats.pytorch.reader",
    "read_caffe": "..formats.caffe.reader",
    "read_keras": "..formats.keras_files",
    "caffe_to_keras": ".caffe.graph",
    "keras_names": ".caffe.graph",
    "load_pytorch": ".loading",
    "load_caffe": ".loading",
    "load_keras": ".loading",
    "from_file": ".loading",
    "from_pytorch": ".loading",
    "from_caffe": ".loading",
    "from_keras": ".loading",
    "list_weights": ".published_weights",
    "verify": ".verification",
    "record": ".verification",
}


def __getattr__(name):
    if name not in _FUNCTIONS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = importlib.import_module(_FUNCTIONS[name], __name__)
    return getattr(module, name)


def __dir__():
    return sorted({*globals(), *_FUNCTIONS})
