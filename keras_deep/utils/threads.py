"""Functions that run in threads."""

import collections
import concurrent.futures
import math
import os

_LARGE = 2**12  # values


def in_threads(function, items):
    """Maps a function over items in threads and yields the results in order.

    It runs only a few items ahead, so that few results are in memory.
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
    """Returns whether an array of a shape is large enough for a thread."""
    return math.prod(shape) > _LARGE
