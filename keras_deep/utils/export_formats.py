"""The formats that models are exported in."""

import pathlib

# Name to the ending of its files, a folder where there is none.
FORMATS = {
    "savedmodel": "",
    "onnx": ".onnx",
    "litert": ".tflite",
    "openvino": ".xml",
    "keras": ".keras",
}


def format_of(path):
    """Returns the format that the ending of a path means."""
    endings = {ending: name for name, ending in FORMATS.items() if ending}
    return endings.get(pathlib.Path(path).suffix, "savedmodel")
