"""Functions that TensorFlow and JAX implement differently.

Layers, solvers and models call these functions and import no framework. Each
is defined in `tensorflow/` and in `jax.py`; the module of the running Keras
backend is imported when a function is first used.
"""

import importlib

import keras

_FRAMEWORKS = ("tensorflow", "jax")
_FUNCTIONS = (
    "adam_steps",
    "compiled",
    "decay_steps",
    "dense_gradient",
    "fused_batch_norm",
    "grouped_conv",
    "moments_of_replicas",
    "momentum_steps",
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
    """Returns `None`, which tells the caller to use `keras.ops`."""
    return None
