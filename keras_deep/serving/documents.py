"""Bodies of requests as documents of JSON."""

import json

import orjson

from keras_deep.serving.errors import ServingError
from keras_deep.serving.scalars import shown

DEFAULT = "serving_default"  # of signatures
# A list or object takes 64 bytes or more of memory, and two of JSON.
_MOST_LISTS = 2_000_000


def parse_object(body):
    """Returns the dict that is written in a request's body.

    NaN, Infinity and -Infinity are numbers.

    Raises:
        ServingError: if it is no JSON, or no object.
    """
    if not body.strip():
        raise ServingError("JSON Parse error: The document is empty.")
    if len(body) > _MOST_LISTS:
        _check_lists(body)
    try:
        try:
            found = orjson.loads(body)
        except ValueError:
            if b"NaN" not in body and b"Infinity" not in body:
                raise
            found = json.loads(body)
    except (ValueError, RecursionError) as error:
        # A text that is not UTF-8 has another error, with all of it.
        place = getattr(error, "pos", None)
        where = "" if place is None else f" at offset: {place}"
        raise ServingError(
            f"JSON Parse error: Invalid value{where}. "
            f"{getattr(error, 'msg', '')}".rstrip()
        ) from None
    if not isinstance(found, dict):
        raise ServingError(f"JSON Value: {shown(found)} Is not object")
    return found


def _check_lists(body):
    lists = body.count(b"[") + body.count(b"{")
    if lists > _MOST_LISTS:
        raise ServingError(
            f"Expected at most {_MOST_LISTS:,} lists and objects in a request. "
            f"Received: {lists:,}. Send less rows, or images as base64."
        )


def signature_name(document):
    """Returns the name of the signature that a request asks for.

    Raises:
        ServingError: if it is not a string.
    """
    name = document.get("signature_name", "")
    if not isinstance(name, str):
        raise ServingError(
            f"JSON Value: {shown(document)} not formatted correctly. "
            "'signature_name' key must be a string value."
        )
    return name or DEFAULT
