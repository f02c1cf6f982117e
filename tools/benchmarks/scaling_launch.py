"""Starts the workers of the topic `scaling` where nobody can reach them.

    python -m benchmarks.scaling_launch NUMBER WORDS...

The words are those of `benchmarks.scaling_worker`.
"""

import os
import sys
import unittest

from tests.support.loopback import run_on_loopback

_WORKER = (sys.executable, "-m", "benchmarks.scaling_worker")
_COMMAND = "from keras_deep.cli import main; main()"
_LAUNCH = (sys.executable, "-c", _COMMAND, "launch", "--workers")
_LIMIT = 900  # seconds


def why_not(number):
    """Returns why workers cannot be measured here, or `None`.

    Args:
        number: int, workers, each of which needs a core.
    """
    cores = len(os.sched_getaffinity(0))
    if cores < number:
        return f"{number} workers need {number} cores. Received: {cores}."
    try:
        run_on_loopback("true", timeout=10)
    except unittest.SkipTest as reason:
        return str(reason)
    return None


def main(number, *words, worker=_WORKER):
    """Runs one worker, or several that find each other; prints its report."""
    launch = () if number == "1" else (*_LAUNCH, number, "--")
    done = run_on_loopback(*launch, *worker, *words, timeout=_LIMIT)
    if done.returncode:
        sys.exit(f"{done.stdout}\n{done.stderr}")
    print(done.stdout.replace("[worker 0] ", ""))


if __name__ == "__main__":
    main(*sys.argv[1:])
