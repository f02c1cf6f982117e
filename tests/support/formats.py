"""What the programs that run exported files need."""

import importlib.util

import pytest

from tests.support.backends import only_tensorflow

MARKS = [
    pytest.mark.tensorflow,
    only_tensorflow("These formats are written from TensorFlow."),
    # What the converters of others warn of.
    pytest.mark.filterwarnings("default"),
]
PACKAGES = {
    "onnx": ("onnx", "tf2onnx", "onnxruntime"),
    "tflite": ("ai_edge_litert",),
    "xml": ("openvino",),
    "keras": (),
}


def needs(ending):
    """Skips a test if a package for files of an ending is not installed."""
    for package in PACKAGES[ending]:
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"{package} is not installed.")
