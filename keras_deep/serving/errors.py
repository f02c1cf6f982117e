"""Errors that a client is told in TF Serving's form."""

import json

# What TF Serving answers with each of TensorFlow's codes.
_STATUS = {
    "CANCELLED": 499,
    "UNKNOWN": 500,
    "INVALID_ARGUMENT": 400,
    "DEADLINE_EXCEEDED": 504,
    "NOT_FOUND": 404,
    "ALREADY_EXISTS": 409,
    "PERMISSION_DENIED": 403,
    "RESOURCE_EXHAUSTED": 429,
    "FAILED_PRECONDITION": 400,
    "ABORTED": 409,
    "OUT_OF_RANGE": 400,
    "UNIMPLEMENTED": 501,
    "INTERNAL": 500,
    "UNAVAILABLE": 503,
    "DATA_LOSS": 500,
    "UNAUTHENTICATED": 401,
}
_LONGEST = 500  # characters of a message


class ServingError(Exception):
    """A request that fails.

    Args:
        text: string, what the client is told.
        code: string, one of TensorFlow's codes.
        status: int, the HTTP status, by default that of the code.
    """

    def __init__(self, text, code="INVALID_ARGUMENT", status=None):
        super().__init__(text)
        self.code = code
        self.status = status or _STATUS[code]

    @property
    def body(self):
        """The bytes of the answer."""
        return json.dumps({"error": shortened(str(self))}).encode()


def shortened(text, longest=_LONGEST):
    """Returns a text of limited length, with dots in place of its end."""
    return text if len(text) <= longest else f"{text[: longest - 3]}..."


def from_tensorflow(error):
    """Returns the `ServingError` of an error that a computation raised.

    TensorFlow's messages go on with the place in Python, which is nobody's
    business who sends a request.
    """
    code = getattr(error, "error_code", None)  # Of TensorFlow's errors.
    names = dict(zip(range(1, 17), _NUMBERED))
    text = str(getattr(error, "message", None) or error)
    text = text.removeprefix("Graph execution error:").lstrip()
    text = text.partition("\n")[0].strip() or type(error).__name__
    return ServingError(text, names.get(code, "INTERNAL"))


# In the order of their numbers.
_NUMBERED = (
    *("CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED"),
    *("NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED"),
    *("RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE"),
    *("UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS"),
    "UNAUTHENTICATED",
)
