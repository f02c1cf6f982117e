"""Exports OpenVINO's files, for Intel's processors."""

import os
import re

from keras_deep.export.files import WAY_OUT
from keras_deep.export.files import Exported
from keras_deep.export.files import checked_path
from keras_deep.export.files import refuse_operations
from keras_deep.export.files import require_tensorflow_backend
from keras_deep.export.running import import_openvino
from keras_deep.export.running import runner
from keras_deep.utils.files import check_new_file
from keras_deep.utils.files import written_whole


def openvino(model, path, *, optimize=True, features=False, overwrite=False):
    """Writes a model in OpenVINO's format and checks it with OpenVINO.

    That are two files: `path` and one beside it that ends in `.bin` and holds
    the weights. Inputs and outputs have the names of `saved_model`'s
    `serving_default`. Stacked blocks become ordinary layers.

    Args:
        model: `keras.Model`, also stacked or in half precision, which is
            written in float32. The backend must be TensorFlow.
        path: string or path that ends in `.xml`.
        optimize: bool. Whether to write a network that computes the same
            faster.
        features: see `saved_model`.
        overwrite: bool. Whether existing files may be replaced.

    Returns:
        `pathlib.Path` of the file.

    Raises:
        FileExistsError: if a file exists and `overwrite` is not set.
        ValueError: if `path` has another ending, OpenVINO lacks an operation,
            or the file computes something else than the model.
        ImportError: if a package is missing: pip install
            'keras_deep[openvino]'.
    """
    package = import_openvino()
    require_tensorflow_backend("OpenVINO")
    path = checked_path(path, ".xml", overwrite)
    weights = path.with_suffix(".bin")
    check_new_file(weights, "path", overwrite, WAY_OUT)
    exported = Exported(model, optimize, features)
    with written_whole(path) as temporary:
        try:
            exported.network.export(
                str(temporary),
                format="openvino",
                verbose=False,
                input_signature=exported.signature,
            )
        except package.frontend.OpConversionFailure as error:
            found = re.findall(r"operations?:? ([\w, ]+)", str(error))
            refuse_operations("OpenVINO", found or [str(error)[:300]])
        exported.check(runner(temporary), path.name)
        # The file that names the other one comes last.
        os.replace(temporary.with_suffix(".bin"), weights)
    return path
