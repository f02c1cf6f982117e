"""Pickles of NumPy arrays in plain containers, and of nothing else.

NumPy makes the arrays itself, in all protocols. For checkpoints, whose pickles
are of classes that need not be installed, see `formats.pytorch`.
"""

import io
import pickle

import numpy as np


def load_arrays(content, place):
    """Returns what is in a pickle.

    Args:
        content: bytes, the pickle. Texts of Python 2 are read as Latin-1.
        place: string, the file, for messages.

    Raises:
        ValueError: if it is damaged, or names anything that does not make
            arrays, numbers and plain containers.
    """
    try:
        return _ArrayUnpickler(io.BytesIO(content), encoding="latin1").load()
    except pickle.UnpicklingError as error:
        raise ValueError(
            f"Expected {place!r} to be a pickle of arrays. Received: {error}"
        ) from error
    # What a damaged pickle raises is not limited by its documentation.
    except Exception as error:
        raise ValueError(
            f"Expected {place!r} to be a complete pickle. "
            f"Received: {type(error).__name__}: {error}"
        ) from error


def _encode(text, encoding):
    """Stands for `_codecs.encode`, with which pickle 2 writes bytes."""
    if encoding != "latin1":
        raise pickle.UnpicklingError(f"bytes in the encoding {encoding!r}")
    return text.encode("latin1")


# NumPy itself says which functions its arrays and numbers are made by. Old
# files name them in `numpy.core`, new ones in `numpy._core`.
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
    """Makes arrays and plain containers, and runs nothing else.

    A pickle names functions to call: an untrusted one could run anything.
    """

    def find_class(self, module, name):
        try:
            return _ALLOWED[module, name]
        except KeyError:
            raise pickle.UnpicklingError(
                f"{module}.{name}, which is not allowed in a data file"
            ) from None
