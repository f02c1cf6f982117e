"""JSON that every reader accepts."""

import json
import math


def json_text(value, indent=None):
    """Writes data as JSON of the standard, which has no NaN and no infinity.

    Numbers that are not finite become `null`.

    Args:
        value: dicts, lists, tuples, strings, numbers, bools and `None`. NumPy's
            numbers and arrays become numbers and lists, anything else a
            string.
        indent: int, spaces of a level, or `None` for one line.

    Returns:
        String.
    """
    return json.dumps(
        _finite(value), indent=indent, allow_nan=False, default=str
    )


def parse_json(text):
    """Reads JSON. NaN and infinity, which Python writes, become `None`.

    Args:
        text: string or bytes.

    Raises:
        ValueError: if it is no JSON.
    """
    return json.loads(text, parse_constant=lambda _: None)


def _finite(value):
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {_key(k): _finite(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(v) for v in value]
    if hasattr(value, "dtype") and hasattr(value, "tolist"):
        return _finite(value.tolist())
    return value


def _key(key):
    return str(key) if isinstance(key, float) else key
