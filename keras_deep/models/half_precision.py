"""Files of models that were trained in half precision."""

import contextlib
import json
import zipfile

import h5py
import keras

_SCALED = "mixed_float16"


@contextlib.contextmanager
def precision_of_file(path):
    """Sets Keras's policy to the one under which a model was compiled.

    `compile` wraps the optimizer of a model in float16 in one that scales the
    loss. A `.keras` file has the layers' policies, but not the model's, which
    is that of the process that opens it: in float32 the optimizer would not be
    wrapped, and Keras would skip its state.

    Args:
        path: string or path of a `.keras` file.
    """
    before = keras.config.dtype_policy()
    if _was_wrapped(path):
        keras.config.set_dtype_policy(_SCALED)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def _was_wrapped(path):
    """Returns whether `compile` wrapped the optimizer that a file has."""
    with zipfile.ZipFile(path) as archive:
        members = set(archive.namelist())
        if not {"config.json", "model.weights.h5"} <= members:
            return False  # Keras says what is missing.
        text = archive.read("config.json")
        if f'"{_SCALED}"'.encode() not in text:
            return False
        given = (json.loads(text).get("compile_config") or {}).get("optimizer")
        if isinstance(given, dict) and (
            given["class_name"] == "LossScaleOptimizer"
        ):
            return False
        with (
            archive.open("model.weights.h5") as member,
            h5py.File(member) as weights,
        ):
            return "inner_optimizer" in weights.get("optimizer", ())
