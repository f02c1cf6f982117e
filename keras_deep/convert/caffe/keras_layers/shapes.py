"""Arithmetic with sides that may be tensors, known only in a call."""

from keras import ops


def is_static(sides):
    """Returns whether every side is an int, and none a tensor."""
    return all(isinstance(side, int) for side in sides)


def smaller(a, b):
    """Returns the smaller of two sides."""
    return min(a, b) if is_static((a, b)) else ops.minimum(a, b)
