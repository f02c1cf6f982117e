"""Arithmetic with sides that may be known only when a layer is called."""

from keras import ops


def pair(value):
    """Returns an int, or a pair of ints, as a pair of ints."""
    if isinstance(value, int):
        return value, value
    first, second = value
    return int(first), int(second)


def is_static(sides):
    """Returns whether every side is an int, and none a tensor."""
    return all(isinstance(side, int) for side in sides)


def smaller(a, b):
    """Returns the smaller of two sides."""
    return min(a, b) if is_static((a, b)) else ops.minimum(a, b)
