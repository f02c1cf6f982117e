"""Settings of layers that have a value for height and one for width."""


def pair(value):
    """Returns an int, or a pair of ints, as a pair of ints."""
    if isinstance(value, int):
        return value, value
    first, second = value
    return int(first), int(second)
