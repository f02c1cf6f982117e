"""Runs exported files in the programs that they are for."""

import pathlib
import sys

import numpy as np

from keras_deep.export.comparison import arrays
from keras_deep.export.outputs import input_name
from keras_deep.export.outputs import with_named_outputs
from keras_deep.models.saving import load_file
from keras_deep.utils.extras import require


def runner(path):
    """Returns a function that runs a file: of a dict of arrays to another one.

    Args:
        path: string or path of a `.onnx`, `.tflite`, `.xml` or `.keras` file.

    Raises:
        ImportError: if the program for it is not installed.
        ValueError: if there is none for such a file.
    """
    path = pathlib.Path(path)
    if path.suffix not in _RUNNERS:
        raise ValueError(
            f"Expected a path that ends in one of {list(_RUNNERS)}. "
            f"Received: {str(path)!r}"
        )
    return _RUNNERS[path.suffix](path)


def _onnx(path):
    runtime = require("onnxruntime", "onnx")
    session = runtime.InferenceSession(
        str(path), providers=["CPUExecutionProvider"]
    )
    names = [output.name for output in session.get_outputs()]
    return lambda inputs: dict(zip(names, session.run(names, inputs)))


def _litert(path):
    module = require("ai_edge_litert.interpreter", "litert")
    interpreter = module.Interpreter(str(path))
    given = interpreter.get_signature_list()["serving_default"]["inputs"]
    run = interpreter.get_signature_runner("serving_default")
    return lambda inputs: run(**{name: inputs[name] for name in given})


def import_openvino():
    """Imports OpenVINO without what tells its makers of every conversion.

    Raises:
        ImportError: if it is not installed.
    """
    sys.modules.setdefault("openvino_telemetry", None)  # As if not installed.
    return require("openvino", "openvino")


def _openvino(path):
    model = (
        import_openvino()
        .Core()
        .compile_model(
            # Where the processor has bfloat16, it would be used.
            str(path),
            "CPU",
            {"INFERENCE_PRECISION_HINT": "f32"},
        )
    )

    def run(inputs):
        found = model(inputs).items()
        return {
            name: np.array(value)
            for output, value in found
            for name in output.get_names()
        }

    return run


def _keras(path):
    model = with_named_outputs(load_file(path))
    names = [input_name(tensor) for tensor in model.inputs]

    def run(inputs):
        given = [inputs[name] for name in names]
        outputs = model(given[0] if len(given) == 1 else given, training=False)
        return arrays(outputs)

    return run


_RUNNERS = {
    ".onnx": _onnx,
    ".tflite": _litert,
    ".xml": _openvino,
    ".keras": _keras,
}
