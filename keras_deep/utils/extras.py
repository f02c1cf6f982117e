"""Imports of optional packages."""

import importlib


def require(module, extra):
    """Imports an optional package.

    Args:
        module: string, the name to import.
        extra: string, the extra of `keras_deep` that installs it.

    Raises:
        ImportError: if it is not installed; the message says how to install
            it.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise ImportError(
            f"This needs the package `{module}`: "
            f"pip install 'keras_deep[{extra}]'."
        ) from error
