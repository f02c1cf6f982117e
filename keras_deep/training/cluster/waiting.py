"""Waits that have an end and say what they wait for."""

import sys
import time

EVERY = 10.0  # seconds between two notices


class Wait:
    """The time that is left for something.

    Args:
        seconds: float.
    """

    def __init__(self, seconds):
        self.seconds = seconds
        now = time.monotonic()
        self._end = now + seconds
        self._next = now + EVERY

    @property
    def is_over(self):
        """Whether no time is left."""
        return time.monotonic() >= self._end

    def tell(self, text):
        """Prints a line, if the last one was not printed a moment ago."""
        now = time.monotonic()
        if now >= self._next:
            self._next = now + EVERY
            print(f"keras_deep: {text}", file=sys.stderr, flush=True)
