"""Parses idx files, the format of MNIST and Fashion-MNIST.

It is described at http://yann.lecun.com/exdb/mnist: two zero bytes, a byte for
the dtype (8: uint8), the number of axes, their lengths as big-endian int32,
then the values.
"""

import math

import numpy as np


def parse_idx(content, place, axes):
    """Parses the array of an idx file.

    Args:
        content: bytes, the whole file.
        place: string, the file, for messages.
        axes: int, the required number of axes.

    Returns:
        uint8 array, a view of `content`.

    Raises:
        ValueError: if it is another kind of file or incomplete.
    """
    start = 4 + 4 * axes
    magic = bytes((0, 0, 8, axes))
    if len(content) < start or content[:4] != magic:
        raise ValueError(
            f"Expected {place!r} to be an idx file of uint8 with {axes} axes, "
            f"which starts with the bytes {magic.hex()}. "
            f"Received: {content[:4].hex()}"
        )
    shape = np.frombuffer(content, ">i4", axes, 4).tolist()
    if min(shape) < 0 or len(content) - start != math.prod(shape):
        raise ValueError(
            f"Expected {place!r} to hold {shape} values, as it says. "
            f"Received: {len(content) - start} values"
        )
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)
