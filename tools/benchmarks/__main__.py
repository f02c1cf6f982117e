"""Lists the topics, or runs one with the package's own Python.

Any Python 3.11 can run this module; `run` needs installed packages.
"""

import os
import subprocess
import sys

from benchmarks.arguments import TOPICS
from benchmarks.arguments import parse
from benchmarks.environments import our_python


def main(words):
    """Runs the command line `words`."""
    if parse(words).topic is None:
        for topic in TOPICS.values():
            print(f"{topic.name:10} {topic.summary}")
        return
    try:
        python = our_python()
    except (ValueError, OSError, subprocess.CalledProcessError) as error:
        sys.exit(str(error))
    os.execv(python, [python, "-m", "benchmarks.run", *words])


if __name__ == "__main__":
    main(sys.argv[1:])
