"""A process that trains trials of a search, started by its chief.

Its words are the folder of the search and the process of the chief; the
request comes by its standard input.
"""

import base64
import os
import pickle
import signal
import sys
import threading
import time

from keras_deep.tuning.run import opened
from keras_deep.tuning.search_folder import SearchFolder

_PAUSE = 0.5  # seconds between two looks for the chief


def main(path, chief):
    """Trains trials until there are no more.

    Args:
        path: string, the folder of the search.
        chief: int, the process whose end is that of this one.
    """
    # From the process that started this one.
    request = pickle.loads(base64.b64decode(sys.stdin.read()))
    threading.Thread(target=_end_with, args=(chief,), daemon=True).start()
    _, tuner = opened(request, SearchFolder(path), *request.open())
    tuner.search()


def _end_with(chief):
    while os.getppid() == chief:
        time.sleep(_PAUSE)
    # A training stops after its step then, with a checkpoint.
    os.kill(os.getpid(), signal.SIGTERM)


def start():
    """Does what the words of this process say."""
    try:
        main(sys.argv[1], int(sys.argv[2]))
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGTERM)
