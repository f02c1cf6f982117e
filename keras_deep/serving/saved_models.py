"""Loads a SavedModel as TF Serving does: a session and its signatures."""

import dataclasses
import logging
import pathlib

import numpy as np

from keras_deep.serving.signatures import Signature
from keras_deep.serving.signatures import Tensor

_TAGS = ["serve"]
_INIT_OP = "__saved_model_init_op"


@dataclasses.dataclass(frozen=True)
class SavedModel:
    """A loaded SavedModel.

    Args:
        signatures: dict of name to `Signature`.
        metadata: dict, TF Serving's description of the signatures.
        close: function that frees its memory.
    """

    signatures: dict
    metadata: dict
    close: object


def load_saved_model(path):
    """Loads the SavedModel in a folder.

    Raises:
        Exception: whatever TensorFlow raises, if it cannot.
    """
    import tensorflow as tf

    v1 = tf.compat.v1
    config = v1.ConfigProto(allow_soft_placement=True)
    config.gpu_options.allow_growth = True
    graph = tf.Graph()
    session = v1.Session(graph=graph, config=config)
    try:
        with graph.as_default(), _without_deprecations():
            meta_graph = v1.saved_model.loader.load(
                session, _TAGS, str(pathlib.Path(path))
            )
            signatures = {
                name: _signature(session, name, definition)
                for name, definition in meta_graph.signature_def.items()
            }
            found = SavedModel(
                signatures, _metadata(meta_graph.signature_def), session.close
            )
            _try(found)
    except BaseException:
        session.close()
        raise
    return found


def _try(model):
    """Computes one row of zeros: the first computation takes far longer."""
    import tensorflow as tf

    for signature in model.signatures.values():
        shapes = [tensor.shape for tensor in signature.inputs.values()]
        if (
            signature.compute is None
            or not shapes
            or not signature.takes_rows
            or any(x is None or None in x[1:] for x in shapes)
            or any(x.dtype == object for x in signature.inputs.values())
        ):
            continue
        zeros = {
            name: np.zeros((1, *tensor.shape[1:]), tensor.dtype)
            for name, tensor in signature.inputs.items()
        }
        try:
            signature.compute(zeros)
        except tf.errors.OpError:
            pass  # They may be no legal input.


def _signature(session, name, definition):
    inputs = _tensors(definition.inputs)
    outputs = _tensors(definition.outputs)
    compute = None
    if inputs and outputs and name != _INIT_OP:
        compute = _compute(session, inputs, outputs)
    return Signature(
        name, definition.method_name, inputs or {}, outputs or {}, compute
    )


def _tensors(infos):
    """Returns a dict of `Tensor`, or `None` if one is of another kind."""
    import tensorflow as tf

    found = {}
    for name, info in sorted(infos.items()):
        if info.WhichOneof("encoding") != "name" or not info.dtype:
            return None
        shape = None
        if not info.tensor_shape.unknown_rank:
            sizes = (dim.size for dim in info.tensor_shape.dim)
            shape = tuple(None if size < 0 else size for size in sizes)
        dtype = np.dtype(tf.dtypes.as_dtype(info.dtype).as_numpy_dtype)
        found[name] = Tensor(info.name, dtype, shape)
    return found


def _compute(session, inputs, outputs):
    call = session.make_callable(
        [tensor.key for tensor in outputs.values()],
        feed_list=[tensor.key for tensor in inputs.values()],
    )

    def compute(arrays):
        found = call(*(arrays[name] for name in inputs))
        return dict(zip(outputs, map(np.asarray, found)))

    return compute


def _metadata(signatures):
    """Returns the signatures as TF Serving's `/metadata` has them."""
    from google.protobuf import json_format

    return {
        "signature_def": {
            name: json_format.MessageToDict(
                definition,
                preserving_proto_field_name=True,
                always_print_fields_with_no_presence=True,
            )
            for name, definition in sorted(signatures.items())
        }
    }


class _without_deprecations:
    """Keeps TensorFlow from recommending its other loader, on every load."""

    def __enter__(self):
        import tensorflow as tf

        self._logger = tf.get_logger()
        self._before = self._logger.level
        self._logger.setLevel(logging.ERROR)

    def __exit__(self, *_):
        self._logger.setLevel(self._before)
