"""Exports LiteRT (TFLite) files, for phones and small devices."""

import contextlib
import re

import keras
import numpy as np

from keras_deep.export.files import Exported
from keras_deep.export.files import checked_path
from keras_deep.export.files import refuse_operations
from keras_deep.export.files import require_tensorflow_backend
from keras_deep.export.running import runner
from keras_deep.utils.checks import check_one_of
from keras_deep.utils.extras import require
from keras_deep.utils.files import written_whole

_QUANTIZE = (None, "dynamic", "int8")


def litert(
    model,
    path,
    *,
    quantize=None,
    calibration=None,
    optimize=True,
    features=False,
    overwrite=False,
):
    """Writes a model as a LiteRT file and checks it with ai-edge-litert.

    It has one signature, `serving_default`, with the names of `saved_model`'s;
    inputs and outputs are float32, and the size of the batch is free. Stacked
    blocks become ordinary layers.

    Args:
        model: `keras.Model`, also stacked or in half precision, which is
            written in float32. The backend must be TensorFlow.
        path: string or path that ends in `.tflite`.
        quantize: `None` writes weights in float32, `"dynamic"` in int8 and
            computes with float32, `"int8"` computes in int8, too.
        calibration: for `"int8"`: array of inputs as the model takes them,
            such as `preprocess_input(images, model)`, or a list of arrays for
            several inputs. Of them the ranges of values are taken; some
            hundreds of the training images are enough.
        optimize: bool. Whether to write a network that computes the same
            faster.
        features: see `saved_model`.
        overwrite: bool. Whether an existing file may be replaced.

    Returns:
        `pathlib.Path` of the file.

    Raises:
        FileExistsError: if the file exists and `overwrite` is not set.
        ValueError: if `path` has another ending, `quantize` is unknown,
            `calibration` is missing or of no use, LiteRT lacks an operation,
            or the file computes something else than the model.
        ImportError: if a package is missing: pip install 'keras_deep[litert]'.
    """
    require("ai_edge_litert.interpreter", "litert")
    require_tensorflow_backend("LiteRT")
    path = checked_path(path, ".tflite", overwrite)
    check_one_of(_QUANTIZE, quantize=quantize)
    _check_calibration(model, quantize, calibration)
    exported = Exported(model, optimize, features)
    with written_whole(path) as temporary, _named_operations():
        exported.network.export(
            temporary,
            format="litert",
            verbose=False,
            input_signature=exported.signature,
            **_options(quantize, calibration),
        )
        run = runner(temporary)
        if quantize is None:
            exported.check(run, path.name)
        elif not exported.difference(run) < np.inf:
            raise ValueError(
                f"Expected finite outputs of {path.name!r}. Received: others. "
                "Calibrate with images as the model takes them."
            )
    return path


def _options(quantize, calibration):
    """Returns attributes of TensorFlow's converter."""
    import tensorflow as tf

    found = {"target_spec": {"supported_ops": [tf.lite.OpsSet.TFLITE_BUILTINS]}}
    if quantize is not None:
        found["optimizations"] = [tf.lite.Optimize.DEFAULT]
    if quantize == "int8":
        batches = keras.tree.flatten(calibration)

        def examples():
            for rows in zip(*batches):
                yield [np.asarray(row, "float32")[np.newaxis] for row in rows]

        found["representative_dataset"] = examples
    return found


def _check_calibration(model, quantize, calibration):
    if (quantize == "int8") != (calibration is not None):
        raise ValueError(
            'Expected `calibration` with `quantize="int8"`, and only then: '
            "inputs as the model takes them. Received: "
            f"quantize={quantize!r} and {_described(calibration)}"
        )
    if calibration is None:
        return
    given = [np.shape(x) for x in keras.tree.flatten(calibration)]
    wanted = [tuple(x.shape) for x in model.inputs]
    fits = len(given) == len(wanted) and all(
        len(a) == len(b) and a[0] and all(n in (None, m) for m, n in zip(a, b))
        for a, b in zip(given, wanted)
    )
    if not fits:
        raise ValueError(
            f"Expected `calibration` of shape {wanted}. Received: {given}"
        )


def _described(calibration):
    return "no calibration" if calibration is None else "calibration"


@contextlib.contextmanager
def _named_operations():
    """Turns the converter's errors into one that names the operations."""
    from tensorflow.lite.python.convert_phase import ConverterError

    try:
        yield
    except ConverterError as error:
        text = str(error)
        found = sorted(set(re.findall(r"\btf\.([A-Z]\w+)", text)))
        reason = "" if found else f" {text.strip().splitlines()[0][:300]}"
        refuse_operations("LiteRT", found or ["others"], reason)
