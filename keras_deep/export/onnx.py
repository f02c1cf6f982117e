"""Exports ONNX files, for onnxruntime, Triton and others."""

import warnings

from keras_deep.export.files import Exported
from keras_deep.export.files import checked_path
from keras_deep.export.files import refuse_operations
from keras_deep.export.files import require_tensorflow_backend
from keras_deep.export.onnx_gaps import add_operations
from keras_deep.export.onnx_gaps import held_as_arrays
from keras_deep.export.running import runner
from keras_deep.utils.extras import require
from keras_deep.utils.files import written_whole

_DEFAULT = 15
# From here on ONNX resizes as Pillow does.
PIXELS = 18


def onnx(
    model,
    path,
    *,
    opset=None,
    optimize=True,
    features=False,
    pixels=False,
    overwrite=False,
):
    """Writes a model as an ONNX file and checks it with onnxruntime.

    Inputs and outputs have the names of `saved_model`'s `serving_default`, and
    the size of the batch is free. Stacked blocks become ordinary layers.

    Args:
        model: `keras.Model`, also stacked or in half precision, which is
            written in float32. The backend must be TensorFlow.
        path: string or path that ends in `.onnx`.
        opset: int, the version of ONNX's operations. `None` is 15, or 18 with
            `pixels`.
        optimize: bool. Whether to write a network that computes the same
            faster.
        features: see `saved_model`.
        pixels: bool. Whether the file takes images as they are, in the input
            `pixels`: uint8 of shape `(batch, height, width, channels)` in any
            size, which it resizes, crops and normalises as `predict` does.
        overwrite: bool. Whether an existing file may be replaced.

    Returns:
        `pathlib.Path` of the file.

    Raises:
        FileExistsError: if the file exists and `overwrite` is not set.
        ValueError: if `path` has another ending, there is no such opset, ONNX
            lacks an operation, `pixels` needs preprocessing that the card
            does not have, or the file computes something else than the model.
        ImportError: if a package is missing: pip install 'keras_deep[onnx]'.
    """
    for module in ("onnx", "tf2onnx", "onnxruntime"):
        require(module, "onnx")
    add_operations()
    require_tensorflow_backend("ONNX")
    path = checked_path(path, ".onnx", overwrite)
    opset = _checked_opset(opset, pixels)
    preparing = None
    if pixels:
        from keras_deep.export.onnx_pixels import pixels_graph

        preparing = pixels_graph(model, opset)
    exported = Exported(model, optimize, features)
    with written_whole(path) as temporary:
        with warnings.catch_warnings(), held_as_arrays(exported.network):
            # Keras gives NumPy a name back that tf2onnx asks for.
            warnings.filterwarnings("ignore", ".*np.object", FutureWarning)
            exported.network.export(
                temporary,
                format="onnx",
                verbose=False,
                input_signature=exported.signature,
                opset_version=opset,
            )
        _check_operations(temporary)
        exported.check(runner(temporary), path.name)
        if preparing is not None:
            from keras_deep.export.onnx_pixels import prepend

            prepend(temporary, preparing)
    return path


def _checked_opset(opset, pixels):
    from tf2onnx.constants import OPSET_TO_IR_VERSION

    if opset is None:
        return PIXELS if pixels else _DEFAULT
    first, last = PIXELS if pixels else 7, max(OPSET_TO_IR_VERSION)
    if type(opset) is not int or not first <= opset <= last:
        raise ValueError(
            f"Expected `opset` to be an int from {first} to {last}. Received: "
            f"opset={opset!r}"
        )
    return opset


def _check_operations(path):
    """Refuses a file with operations of TensorFlow, which tf2onnx leaves."""
    import onnx

    model = onnx.load(path)
    opsets = {one.domain: one.version for one in model.opset_import}
    unknown = {
        node.op_type
        for node in _nodes(model.graph)
        if node.domain in ("", "ai.onnx")
        and not onnx.defs.has(node.op_type, max_inclusive_version=opsets[""])
    }
    if unknown:
        refuse_operations("ONNX", sorted(unknown))
    onnx.checker.check_model(model)


def _nodes(graph):
    for node in graph.node:
        yield node
        for attribute in node.attribute:
            for inner in (attribute.g, *attribute.graphs):
                yield from _nodes(inner)
