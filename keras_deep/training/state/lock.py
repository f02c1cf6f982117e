"""One training at a time writes to a folder."""

import os


class Lock:
    """A lock on a folder, which the system ends with the process.

    On systems and disks that know no locks there is none.

    Args:
        folder: `pathlib.Path`.
    """

    def __init__(self, folder):
        self.folder = folder
        self._number = None

    def take(self):
        """Returns whether nobody else has the lock; then this has it."""
        try:
            import fcntl
        except ImportError:
            return True
        self.release()
        number = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(number)
            return False
        except OSError:
            os.close(number)
            return True
        self._number = number
        return True

    def release(self):
        """Ends the lock."""
        if self._number is not None:
            os.close(self._number)
            self._number = None

    def __del__(self):
        self.release()
