"""When several workers ask each other whether one of them has to stop."""

import time

import numpy as np

# A message takes milliseconds; SIGTERM most often leaves 30 seconds.
_SECONDS = 2.0
_MOST = 8  # Steps between two times.


class Asking:
    """Asks all workers after the same steps, more often if they are slow.

    At each time the workers tell each other how long a step took them since
    the one before. The slowest decides how many steps later the next one is,
    so that all of them count the same.

    Args:
        gather: function of a list of floats that returns an array with a row
            of every worker, the same on all of them.
    """

    def __init__(self, gather):
        self._gather = gather
        self._calls, self._between = 0, 1
        self._since = time.monotonic()

    def agree(self, wanted):
        """Returns whether one of the workers wants it, if it is time to ask.

        Args:
            wanted: bool.
        """
        self._calls += 1
        if self._calls < self._between:
            return False
        seconds = (time.monotonic() - self._since) / self._calls
        wishes, steps = np.transpose(self._gather([float(wanted), seconds]))
        slowest = max(float(steps.max()), _SECONDS / _MOST)
        self._calls, self._between = 0, max(1, int(_SECONDS / slowest))
        self._since = time.monotonic()
        return bool(wishes.any())
