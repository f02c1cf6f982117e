"""Bodies of requests as arrays by name: TF Serving's JSON."""

import dataclasses

import numpy as np

from keras_deep.serving.documents import DEFAULT
from keras_deep.serving.documents import parse_object
from keras_deep.serving.documents import signature_name
from keras_deep.serving.errors import ServingError
from keras_deep.serving.plain_numbers import plain_array
from keras_deep.serving.plain_numbers import plain_request
from keras_deep.serving.scalars import is_base64
from keras_deep.serving.scalars import shown
from keras_deep.serving.values import quick_array
from keras_deep.serving.values import stacked
from keras_deep.serving.values import strict_array


@dataclasses.dataclass(frozen=True)
class Request:
    """What a client wants to have computed.

    Args:
        signature: `Signature`.
        inputs: dict of name to array.
        in_rows: bool. Whether it had `instances`, which are answered by
            `predictions`.
    """

    signature: object
    inputs: dict
    in_rows: bool


def parse_predict(body, signatures):
    """Returns the `Request` of a `:predict` body.

    Args:
        body: bytes.
        signatures: dict of name to `Signature`.

    Raises:
        ServingError: if it is not one of that model.
    """
    found = _from_plain(body, signatures) or _from_document(body, signatures)
    for name, tensor in found.signature.inputs.items():
        tensor.check(name, found.inputs[name])
    return found


def _from_plain(body, signatures):
    """Returns the `Request` of just an array of numbers, or `None`."""
    plain = plain_request(body)
    if plain is None:
        return None
    name, key, text = plain
    signature = signatures.get(name or DEFAULT)
    if signature is None or len(signature.inputs) != 1 or not signature.compute:
        return None
    ((name, tensor),) = signature.inputs.items()
    array = plain_array(text, tensor.dtype)
    if array is None:
        return None
    return Request(signature, {name: array}, key == "instances")


def _from_document(body, signatures):
    document = parse_object(body)
    name = signature_name(document)
    signature = signatures.get(name)
    if signature is None:
        raise ServingError(
            f'Serving signature name: "{name}" not found in signature def'
        )
    signature.require_inputs()
    if "instances" in document and "inputs" in document:
        raise ServingError(
            f"JSON Value: {shown(document)} Not formatted correctly expecting "
            "only one of 'inputs' or 'instances' keys to exist "
        )
    # NumPy takes them for 1 and 0.
    quick = not (_has(body, b"true", b"u") or _has(body, b"false", b"l"))
    if "instances" in document:
        inputs = _from_rows(document, signature.inputs, quick)
    elif "inputs" in document:
        inputs = _from_columns(document["inputs"], signature.inputs, quick)
    else:
        raise ServingError("Missing 'inputs' or 'instances' key")
    return Request(signature, inputs, "instances" in document)


def _has(body, word, letter):
    """Returns whether a word is there; a rare letter is found sooner."""
    return letter in body and word in body


def _is_named(value):
    return isinstance(value, dict) and not is_base64(value)


def _from_rows(document, tensors, quick):
    rows = document["instances"]
    if not isinstance(rows, list):
        raise ServingError(
            f"JSON Value: {shown(document)} Excepting 'instances' to be an "
            "list/array"
        )
    if not rows:
        raise ServingError(
            f"JSON Value: {shown(document)} No values in 'instances' array"
        )
    if not isinstance(rows[0], dict) and len(tensors) > 1:
        raise ServingError(
            "instances is a plain list, but expecting list of objects as "
            "multiple input tensors required as per tensorinfo_map"
        )
    named = _is_named(rows[0])
    for number, row in enumerate(rows):
        if _is_named(row) != named:
            expected = "object" if named else "value/list"
            received = "list" if named else "object"
            raise ServingError(
                f"Expecting {expected} but got {received} at item {number} of "
                "input list"
            )
        if named and row.keys() != tensors.keys():
            raise _other_keys(number, row, tensors)
    if named:
        return {
            name: stacked(
                [row[name] for row in rows],
                tensor.dtype,
                quick or tensor.dtype == bool,
                lambda number, name=name: f"{number} key: {name}",
            )
            for name, tensor in tensors.items()
        }
    ((name, tensor),) = tensors.items()
    quick = quick or tensor.dtype == bool
    return {name: stacked(rows, tensor.dtype, quick, str)}


def _other_keys(number, row, tensors):
    for name in row:
        if name not in tensors:
            return ServingError(
                f"Failed to process element: {number} key: {shown(name)} of "
                "'instances' list. Error: INVALID_ARGUMENT: JSON object: does "
                f"not have named input: {shown(name)}"
            )
    return ServingError(
        f"Failed to process element: {number} of 'instances' list. JSON "
        f"object: {shown(row)} keys must be equal to: "
        f"{','.join(sorted(tensors))}"
    )


def _from_columns(value, tensors, quick):
    if not _is_named(value):
        if len(tensors) > 1:
            raise ServingError(
                "inputs is a plain value/list, but expecting an object as "
                "multiple input tensors required as per tensorinfo_map"
            )
        value = {name: value for name in tensors}
    for name in tensors:
        if name not in value:
            raise ServingError(
                f"Missing named input: {name} in 'inputs' object."
            )
    found = {}
    for name, tensor in tensors.items():
        array = None
        if quick or tensor.dtype == bool:
            array = quick_array(value[name], tensor.dtype)
        if array is None:
            array = strict_array(value[name], tensor.dtype)
        found[name] = np.ascontiguousarray(array).reshape(array.shape)
    return found
