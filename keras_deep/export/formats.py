"""One call for all formats."""

import importlib

from keras_deep.utils.checks import check_one_of
from keras_deep.utils.export_formats import FORMATS
from keras_deep.utils.export_formats import format_of

# Of modules of this folder, whose functions have the same names.
_MODULES = {"savedmodel": "saved_model", "keras": "keras_file"}


def export(model, path, format=None, **options):
    """Writes a model in one of the formats and checks what was written.

    Example:

    ```python
    keras_deep.export.export(model, "model.onnx")
    keras_deep.export.export(model, "served/digits")  # for TF Serving
    ```

    Args:
        model: `keras.Model`.
        path: string or path of the file, or the directory of SavedModels.
        format: `"savedmodel"`, `"onnx"`, `"litert"`, `"openvino"` or
            `"keras"`; `None` goes by the ending of `path`.
        **options: those of `saved_model`, `onnx`, `litert`, `openvino` or
            `keras_file`.

    Returns:
        `pathlib.Path` of what was written.

    Raises:
        ValueError: if the format is unknown, or see the format's function.
    """
    if format is None:
        format = format_of(path)
    check_one_of(FORMATS, format=format)
    name = _MODULES.get(format, format)
    module = importlib.import_module(f"keras_deep.export.{name}")
    return getattr(module, name)(model, path, **options)
