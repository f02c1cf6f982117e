"""Arithmetic of sides that may be tensors, whose values are known in calls."""

from keras import ops


def is_static(sides):
    """Returns whether all sides are ints, not tensors."""
    return all(isinstance(side, int) for side in sides)


def smaller(a, b):
    """Returns the smaller of two sides."""
    return min(a, b) if is_static((a, b)) else ops.minimum(a, b)
