"""Scripts that write checkpoints in processes without TensorFlow."""

# The training's own package imports TensorFlow: it takes seconds, and its
# threads do not outlive a fork.
PREAMBLE = """
import os, pathlib, sys, types
import numpy as np
import keras_deep

package = types.ModuleType("keras_deep.training")
package.__path__ = [os.path.join(keras_deep.__path__[0], "training")]
sys.modules["keras_deep.training"] = package
from keras_deep.training.state import checkpoints
from keras_deep.training.state.archive import State

def state(epoch, size=2000):
    values = np.random.default_rng(epoch).bytes(size)
    arrays = {"a": np.frombuffer(values, "uint8")}
    return State({"epoch": epoch, "step": 0}, arrays)
"""
