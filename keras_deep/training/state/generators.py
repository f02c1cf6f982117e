"""The random generators of the program: Python's, NumPy's and Keras's."""

import random

import keras
import numpy as np
from keras.src.backend.common import global_state
from keras.src.random import seed_generator


def generators():
    """Returns the states of the global generators, for `pack`.

    TensorFlow's own operations with a global seed keep a state that nobody
    can read; `keras.random` has one that can be.
    """
    used = _keras()
    return {
        "python": random.getstate(),
        "numpy": np.random.get_state(legacy=False),
        "keras": used and keras.ops.convert_to_numpy(used.state.value),
    }


def set_generators(states):
    """Sets the global generators to what `generators` returned."""
    if states["keras"] is not None:
        # It makes one if none was used yet, and draws its seed from Python's.
        seed_generator.global_seed_generator().state.assign(states["keras"])
    np.random.set_state(states["numpy"])
    random.setstate(states["python"])


def _keras():
    """Returns the generator of `keras.random` without a seed, if it is used.

    Keras has no public way to it.
    """
    name = seed_generator.GLOBAL_SEED_GENERATOR
    return global_state.get_global_attribute(name)
