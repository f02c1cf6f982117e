"""Checks the arguments of `load`."""

from keras_deep.utils.load_arguments import OPTIONAL
from keras_deep.utils.load_arguments import check_load_arguments


def checked_arguments(arguments):
    """Checks the arguments of `load` before any file is read.

    Args:
        arguments: dict of the arguments.

    Returns:
        Dict without the optional arguments that are `None`.

    Raises:
        ValueError: if an argument is invalid; it names the first one.
    """
    check_load_arguments(arguments)
    return {
        name: value
        for name, value in arguments.items()
        if value is not None or name not in OPTIONAL
    }
