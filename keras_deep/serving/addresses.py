"""The addresses of TF Serving's REST API."""

import dataclasses
import re
import urllib.parse

from keras_deep.serving.errors import ServingError
from keras_deep.serving.errors import shortened

_WHICH = r"(?:/versions/(?P<version>\d+)|/labels/(?P<label>[^/:]+))?"
_POST = re.compile(
    rf"(?i)/v1/models/(?P<name>[^/:]+){_WHICH}:"
    r"(?P<method>classify|regress|predict)"
)
_GET = re.compile(
    rf"(?i)/v1/models(?:/(?P<name>[^/:]+))?{_WHICH}(?:/(?P<method>metadata))?"
)
_LARGEST = 2**63 - 1


@dataclasses.dataclass(frozen=True)
class Address:
    """What an address names.

    Args:
        method: `"predict"`, `"classify"`, `"regress"`, `"metadata"` or
            `"status"`.
        name: string, the model's.
        version: int or `None`.
        label: string or `None`.
    """

    method: str
    name: str
    version: int | None
    label: str | None


def parse_address(verb, path):
    """Returns the `Address` of a request.

    Args:
        verb: string, such as `"GET"`.
        path: string, as it was sent: with its percent signs.

    Raises:
        ServingError: if it is none.
    """
    form = {"POST": _POST, "GET": _GET, "HEAD": _GET}.get(verb)
    found = form and form.fullmatch(path)
    if not found:
        raise ServingError(f"Malformed request: {verb} {path}")
    if found["name"] is None:
        raise ServingError("Missing model name in request.")
    version = found["version"]
    # The digits of a longer one are not even made an int of.
    if version is not None and (len(version) > 19 or int(version) > _LARGEST):
        shown = shortened(version, 40)
        raise ServingError(f"Failed to convert version: {shown} to numeric.")
    return Address(
        (found["method"] or "status").lower(),
        urllib.parse.unquote(found["name"]),
        None if version is None else int(version),
        found["label"] and urllib.parse.unquote(found["label"]),
    )
