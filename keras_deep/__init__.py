"""Very deep architectures for Keras.

Names are imported on first use, so that importing this package alone imports
neither Keras nor a backend.
"""

import importlib

from keras_deep import names as _names
from keras_deep.utils.after_import import after_import as _after_import
from keras_deep.version import __version__


def __getattr__(name):
    found = _names.find(name)
    globals()[name] = found
    return found


def __dir__():
    return ["__version__", *_names.public_names()]


# Files that Keras loads may name our layers, whichever is imported first.
_after_import(
    "keras", lambda: importlib.import_module("keras_deep.saved_objects")
)
