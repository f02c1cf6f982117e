"""Checks of arguments, with errors that say what was expected."""

import math

from keras_deep.utils.errors import did_you_mean


def check_one_of(known, others="", /, **values):
    """Checks that arguments are among the known ones.

    Args:
        known: dict or sequence of what is known.
        others: string, what is allowed besides, such as `" or a function"`.
        **values: arguments with their names.

    Raises:
        ValueError: if one is not, with its name and near misses.
    """
    for name, value in values.items():
        if value not in list(known):  # It may be unhashable.
            raise ValueError(
                f"Expected `{name}` to be one of {list(known)}{others}. "
                f"Received: {name}={value!r}.{did_you_mean(value, known)}"
            )


def check_sizes(**sizes):
    """Checks that arguments are positive ints.

    Raises:
        ValueError: if one is not, with its name.
    """
    for name, value in sizes.items():
        if not is_size(value):
            raise ValueError(
                f"Expected `{name}` to be a positive int. "
                f"Received: {name}={value!r}"
            )


def check_numbers(**numbers):
    """Checks that arguments are finite numbers.

    Raises:
        ValueError: if one is not, with its name.
    """
    for name, value in numbers.items():
        is_number = isinstance(value, (int, float))
        if not is_number or isinstance(value, bool) or not math.isfinite(value):
            raise ValueError(
                f"Expected `{name}` to be a finite number. "
                f"Received: {name}={value!r}"
            )


def is_size(value):
    """Returns whether a value is a positive int."""
    # A bool is an int; `units=True` would be one unit.
    return isinstance(value, int) and not isinstance(value, bool) and value > 0
