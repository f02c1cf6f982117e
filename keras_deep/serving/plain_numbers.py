"""Arrays of numbers in JSON, read without an object of Python for each."""

import math
import re

import numpy as np

from keras_deep.serving.scalars import is_float
from keras_deep.serving.values import DEEPEST
from keras_deep.serving.values import is_within

# A ~ stands for the spaces that JSON knows. The first value is a number.
_NAME = rb'"signature_name"~:~"(\w*)"'
_LISTS = rb'"(instances|inputs)"~:~(\[(?:~\[)*~[-0-9].*\])'
_REQUEST = rb"~\{~(?:%b~,~)?%b~(?:,~%b~)?\}~" % (_NAME, _LISTS, _NAME)
_REQUEST = re.compile(_REQUEST.replace(b"~", rb"[ \t\r\n]*"), re.DOTALL)
_OF_NUMBERS = b"0123456789+-.eE \t\r\n"
# simdjson takes up to 40 bytes for a number, more than a short one in lists.
_MOST = 4_000_000  # brackets and commas


def plain_request(body):
    """Takes a request apart that may have nothing but lists of numbers.

    Args:
        body: bytes.

    Returns:
        Tuple of the signature's name, `""` if there is none, the key that the
        lists have, and their JSON in bytes; `None` if it is another request.
    """
    found = _REQUEST.fullmatch(body)
    if found is None or (found[1] is not None and found[4] is not None):
        return None
    name = found[1] or found[4] or b""
    return name.decode("ascii"), found[2].decode("ascii"), found[3]


def plain_array(text, dtype):
    """Returns the array of lists of numbers in JSON.

    It takes less than half of the time that lists of Python's numbers take.

    Args:
        text: bytes.
        dtype: NumPy dtype.

    Returns:
        Array, or `None` if that cannot be told from here: it may be no JSON,
        or no array, or `pysimdjson` is not installed.
    """
    try:
        import simdjson
    except ImportError:
        return None
    kind = "d" if is_float(dtype) else "i"
    if kind == "i" and dtype.kind not in "iu":
        return None
    shape = _shape(text.translate(None, _OF_NUMBERS))
    if shape is None:
        return None
    try:
        numbers = simdjson.Parser().parse(text).as_buffer(of_type=kind)
    except (TypeError, ValueError, RuntimeError):
        return None
    array = np.frombuffer(numbers, "float64" if kind == "d" else "int64")
    if array.size != math.prod(shape) or not is_within(array, dtype):
        return None
    return array.astype(dtype).reshape(shape)


def _shape(text):
    """Returns the lengths of nested lists, of which the numbers are left out.

    Args:
        text: bytes such as `b"[[,],[,]]"`, which is `(2, 2)`.

    Returns:
        Tuple of ints, `None` if lists of a level have other lengths, or
        anything else is there.
    """
    depth = len(text) - len(text.lstrip(b"["))
    if depth > DEEPEST or len(text) > _MOST:
        return None
    shape, item = [], b""
    for level in range(depth, 0, -1):
        length = text.find(item + b"]", level) - level
        count = length // (len(item) + 1) + 1
        item = b"[%b]" % b",".join([item] * count)
        shape.insert(0, count)
    return tuple(shape) if item == text else None
