"""Reads pickles of NumPy arrays in plain containers, and nothing else.

NumPy itself makes the arrays, in all protocols. For checkpoints, whose pickles
may refer to classes that are not installed, see `formats.pytorch`.
"""

import io
import pickle

import numpy as np


def load_arrays(content, place):
    """Returns the object in a pickle.

    Args:
        content: bytes, the pickle. Strings of Python 2 are read as Latin-1.
        place: string, the file, for messages.

    Raises:
        ValueError: if it is damaged, or refers to anything but arrays, numbers
            and plain containers.
    """
    try:
        return _ArrayUnpickler(io.BytesIO(content), encoding="latin1").load()
    except pickle.UnpicklingError as error:
        raise ValueError(
            f"Expected {place!r} to be a pickle of arrays. Received: {error}"
        ) from error
    # A damaged pickle may raise any exception, says the documentation.
    except Exception as error:
        raise ValueError(
            f"Expected {place!r} to be a complete pickle. "
            f"Received: {type(error).__name__}: {error}"
        ) from error


def _encode(text, encoding):
    """Replaces `_codecs.encode`, with which protocol 2 writes bytes."""
    if encoding != "latin1":
        raise pickle.UnpicklingError(f"bytes in the encoding {encoding!r}")
    return text.encode("latin1")


# The functions come from NumPy's own reductions. Old files name them in
# `numpy.core`, new ones in `numpy._core`.
_ARRAY = np.empty(0, "uint8")
_ALLOWED = {
    ("numpy", "ndarray"): np.ndarray,
    ("numpy", "dtype"): np.dtype,
    ("_codecs", "encode"): _encode,
}
for _core in ("numpy.core", "numpy._core"):
    _ALLOWED |= {
        (f"{_core}.multiarray", "_reconstruct"): _ARRAY.__reduce_ex__(2)[0],
        (f"{_core}.multiarray", "scalar"): np.int64(0).__reduce__()[0],
        (f"{_core}.numeric", "_frombuffer"): _ARRAY.__reduce_ex__(5)[0],
    }


class _ArrayUnpickler(pickle.Unpickler):
    """Unpickles arrays and plain containers and calls nothing else.

    A pickle names functions to call: an untrusted one could run anything.
    """

    def find_class(self, module, name):
        try:
            return _ALLOWED[module, name]
        except KeyError:
            raise pickle.UnpicklingError(
                f"{module}.{name}, which is not allowed in a data file"
            ) from None
