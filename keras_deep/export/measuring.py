"""Size and outputs of exported files beside those of the model."""

import pathlib

import keras
import numpy as np

from keras_deep.export.comparison import arrays
from keras_deep.export.comparison import difference
from keras_deep.export.comparison import named_inputs
from keras_deep.export.comparison import sample_inputs
from keras_deep.export.optimized import network_of
from keras_deep.export.running import runner
from keras_deep.models.nested import as_functional

_BATCH = 32


def compare(model, path, inputs=None):
    """Compares an exported file with its model.

    Args:
        model: `keras.Model`.
        path: string or path of a `.onnx`, `.tflite`, `.xml` or `.keras` file
            that was exported without `pixels` and `features`.
        inputs: array of inputs as the model takes them, or `None` for random
            ones.

    Returns:
        Dict: `size`, of the file in bytes; `difference`, the largest between
        outputs, of the largest output; `agreement`, the fraction of inputs
        with the same best class, for a classifier.

    Raises:
        FileNotFoundError: if there is no such file.
        ImportError: if the program for the file is not installed.
    """
    path = pathlib.Path(path)
    size = sum(
        p.stat().st_size
        for p in {path, path.with_suffix(".bin")}
        if p == path or (path.suffix == ".xml" and p.exists())
    )
    model = as_functional(model)
    exact, run = network_of(model, optimize=False), runner(path)
    if inputs is None:
        inputs = sample_inputs(model, _BATCH)
    given = named_inputs(model, inputs)
    parts = []
    for start in range(0, len(next(iter(given.values()))), _BATCH):
        stop = start + _BATCH
        batch = {name: value[start:stop] for name, value in given.items()}
        values = list(batch.values())
        x = keras.tree.pack_sequence_as(model.input, values)
        parts.append((run(batch), arrays(exact(x, training=False))))
    ours, theirs = (_joined(side) for side in zip(*parts))
    found = {"size": size, "difference": difference(ours, theirs)}
    if "probabilities" in theirs and theirs["probabilities"].shape[-1] > 1:
        best = [x["probabilities"].argmax(axis=-1) for x in (ours, theirs)]
        found["agreement"] = float(np.mean(best[0] == best[1]))
    return found


def _joined(parts):
    return {name: np.concatenate([x[name] for x in parts]) for name in parts[0]}
