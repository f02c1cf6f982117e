"""Compares the outputs of an export with those of its model."""

import keras
import numpy as np

from keras_deep.export.outputs import input_name
from keras_deep.models.image_needs import known_preprocessing

# Of the largest output, or of 1 if all are smaller.
TOLERANCE = 1e-5
_BATCH = 3
_SIDE = 64  # of an image, where the model does not say it


def sample_inputs(model, batch=_BATCH):
    """Returns random inputs in the structure of a model's.

    Those of an image model with preprocessing on its card are random images.
    """
    rng = np.random.default_rng(0)

    def random(tensor):
        shape = (batch, *(_SIDE if n is None else n for n in tensor.shape[1:]))
        dtype = keras.backend.standardize_dtype(tensor.dtype)
        if "int" in dtype or dtype == "bool":
            return rng.integers(0, 2, shape).astype(dtype)
        return rng.standard_normal(shape).astype(dtype)

    record = _record(model)
    if record is None:
        return keras.tree.map_structure(random, model.input)
    from keras_deep.data import preprocess

    return preprocess(rng.integers(0, 256, (batch, *record["shape"])), record)


def _record(model):
    """Returns a preprocessing that gives what the model takes, or `None`."""
    from keras_deep.models.image_input import in_data_format

    try:
        record = known_preprocessing(model)
    except ValueError:
        return None
    if record is None or "shape" not in record or len(model.inputs) != 1:
        return None
    given = model.inputs[0].shape[1:]
    shape = in_data_format(*record["shape"])
    fits = len(given) == 3 and all(
        side in (None, n) for side, n in zip(given, shape)
    )
    return record if fits else None


def named_inputs(model, inputs):
    """Returns a dict of inputs by the names that they have in exports."""
    names = map(input_name, model.inputs)
    return dict(zip(names, map(np.asarray, keras.tree.flatten(inputs))))


def arrays(outputs):
    """Returns a dict of tensors as arrays."""
    return {
        name: keras.ops.convert_to_numpy(value)
        if keras.ops.is_tensor(value)
        else np.asarray(value)
        for name, value in outputs.items()
    }


def difference(outputs, expected):
    """Returns the largest difference of two dicts of arrays.

    It is relative to the largest expected value of an output, or absolute if
    that is below 1. Values that are not finite must be equal.
    """
    return max(
        _difference(np.asarray(outputs[name]), np.asarray(value))
        for name, value in expected.items()
    )


def _difference(given, expected):
    if given.shape != expected.shape:
        return np.inf
    with np.errstate(invalid="ignore"):
        apart = np.abs(given.astype("float64") - expected)
    same = (given == expected) | (np.isnan(given) & np.isnan(expected))
    apart = np.where(same, 0.0, apart)
    apart = np.where(np.isnan(apart), np.inf, apart)
    known = np.abs(expected[np.isfinite(expected)])
    scale = max(1.0, float(known.max(initial=0.0)))
    return float(apart.max(initial=0.0)) / scale


def check_difference(found, path, way_out="", tolerance=TOLERANCE):
    """Refuses an export whose outputs are not its model's.

    Raises:
        ValueError: if the difference `found` is larger than the tolerance.
    """
    if not found <= tolerance:
        raise ValueError(
            f"Expected {str(path)!r} to compute what the model does, to "
            f"{tolerance:g} of the largest output. Received: a difference of "
            f"{found:.2g}.{way_out}"
        )
