"""Requests of `:classify` and `:regress`: examples as `tf.Example`."""

import numpy as np

from keras_deep.serving.documents import parse_object
from keras_deep.serving.documents import signature_name
from keras_deep.serving.errors import ServingError
from keras_deep.serving.responses import classifications
from keras_deep.serving.responses import regressions
from keras_deep.serving.scalars import as_bytes
from keras_deep.serving.scalars import is_base64
from keras_deep.serving.scalars import shown

_LARGEST = float(np.finfo("float32").max)
_KINDS = {"bytes": "bytes_list", "float": "float_list", "int64": "int64_list"}
_TYPES = {type(None): "Null", dict: "Object", list: "Array"}
_FORMS = {
    "classify": (
        "classification",
        {"classes", "scores"},
        lambda outputs, count: classifications(outputs, count),
    ),
    "regress": (
        "regression",
        {"outputs"},
        lambda outputs, count: regressions(outputs["outputs"], count),
    ),
}


def parse_examples(body, signatures, method):
    """Returns the `Signature` and the serialised examples of a request.

    Args:
        body: bytes.
        signatures: dict of name to `Signature`.
        method: `"classify"` or `"regress"`.

    Returns:
        Tuple of the signature and a dict of the name of its input to an array
        of bytes.

    Raises:
        ServingError: if the request is none, or the signature of another kind.
    """
    document = parse_object(body)
    name = signature_name(document)
    context = None
    if "context" in document:
        context = _example(document["context"])
    examples = document.get("examples")
    if "examples" not in document:
        raise ServingError(
            f"JSON Value: {shown(document)} When method is classify, key "
            "'examples' is expected and was not found"
        )
    if not isinstance(examples, list):
        raise ServingError(
            f"JSON Value: {shown(document)} Expecting 'examples' value to be "
            "an list/array"
        )
    if not examples:
        raise ServingError(
            f"JSON Value: {shown(document)} 'examples' value is an empty array"
        )
    rows = np.empty(len(examples), object)
    for number, example in enumerate(examples):
        built = _example(example)
        if context is not None:
            built.MergeFrom(context)
        rows[number] = built.SerializeToString()
    signature = _checked(name, signatures, method)
    return signature, {next(iter(signature.inputs)): rows}


def _checked(name, signatures, method):
    kind, wanted, _ = _FORMS[method]
    signature = signatures.get(name)
    if signature is None:
        raise ServingError(f"No signature was found with the name: {name}")
    if signature.method != f"tensorflow/serving/{method}":
        raise ServingError(
            f"Expected {kind} signature method_name to be "
            f"tensorflow/serving/{method}. Was: {signature.method}"
        )
    signature.require_inputs()
    if set(signature.inputs) != {"inputs"}:
        raise ServingError(
            f"No {kind} inputs found in SignatureDef: "
            f"{', '.join(signature.inputs)}",
            "FAILED_PRECONDITION",
        )
    if not wanted & set(signature.outputs):
        raise ServingError(
            f"Expected {kind} signature outputs to contain at least one of "
            f"{', '.join(sorted(wanted))}. Signature has: "
            f"{', '.join(signature.outputs)}",
            "FAILED_PRECONDITION",
        )
    return signature


def render(method, outputs, count):
    """Returns the answer to a request of `count` examples, bytes."""
    return _FORMS[method][2](outputs, count)


def _example(value):
    import tensorflow as tf

    if not isinstance(value, dict):
        kind = _TYPES.get(type(value), type(value).__name__)
        raise ServingError(f"Example must be JSON object but got JSON {kind}")
    example = tf.train.Example()
    for name, content in value.items():
        try:
            feature = example.features.feature[name]
        except (ValueError, UnicodeError):
            raise ServingError(
                f"Feature: {shown(name)} has a name that is no valid Unicode"
            ) from None
        many = content if isinstance(content, list) else [content]
        for item in many:
            _add(feature, name, item)
    return example


def _add(feature, name, value):
    kind, value = _of_kind(name, value)
    used = feature.WhichOneof("kind")
    if used not in (None, _KINDS[kind]):
        before = next(x for x, attribute in _KINDS.items() if attribute == used)
        raise ServingError(
            f"Unexpected element type in feature: {name} expecting type: "
            f"{before}"
        )
    getattr(feature, _KINDS[kind]).value.append(value)


def _of_kind(name, value):
    """Returns the kind of list that a value belongs to, and the value."""
    if isinstance(value, bool):
        return "int64", int(value)
    if isinstance(value, str) or is_base64(value):
        return "bytes", as_bytes(value, np.dtype(object))
    if isinstance(value, float):
        if abs(value) < float("inf") and abs(value) > _LARGEST:
            raise ServingError(
                f"Cannot convert JSON value: {shown(value)} to float without "
                "loss of precision."
            )
        return "float", value
    if not isinstance(value, int):
        kind = _TYPES.get(type(value), type(value).__name__)
        raise ServingError(
            f"Feature: {name} has element with unexpected JSON type: {kind}"
        )
    if not -(2**63) <= value < 2**63:
        raise ServingError(
            f"Feature: {name} has uint64 element. Only int64 is supported."
        )
    return "int64", value
