"""One name for what TensorFlow and JAX each do in their own way.

Layers, solvers and models call these functions and import no framework. Each
stands in `tensorflow/` and in `jax.py`; the module of the running Keras
backend is imported when the first one is used.
"""

import importlib

import keras

_FRAMEWORKS = ("tensorflow", "jax")
_FUNCTIONS = (
    "fused_batch_norm",
    "grouped_conv",
    "scan",
    "set_array",
    "slow_groups",
    "slow_loops",
)


def __getattr__(name):
    if name not in _FUNCTIONS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    framework = keras.backend.backend()
    if framework not in _FRAMEWORKS:
        return _unavailable
    return getattr(importlib.import_module(f"{__name__}.{framework}"), name)


def __dir__():
    return sorted({*globals(), *_FUNCTIONS})


def _unavailable(*arguments):
    """Answers as a function does where it has nothing to offer: `None`."""
    return None
