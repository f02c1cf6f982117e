"""Work of which several pieces are done at a time."""

import collections
import concurrent.futures
import math
import os

_LARGE = 2**12  # Numbers.


def in_threads(function, items):
    """Yields what a function makes of each item, in order.

    It is only a few items ahead, so that few results are kept.
    """
    threads = os.cpu_count() or 1
    waiting = collections.deque()
    with concurrent.futures.ThreadPoolExecutor(threads) as pool:
        for item in items:
            waiting.append(pool.submit(function, item))
            if len(waiting) > threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def is_large(shape):
    """Returns whether work on an array of a shape is worth a thread."""
    return math.prod(shape) > _LARGE
