"""Arguments of layers with one value each for height and width."""


def pair(value):
    """Returns an int, or a pair of ints, as a pair of ints."""
    if isinstance(value, int):
        return value, value
    first, second = value
    return int(first), int(second)
