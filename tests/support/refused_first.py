"""Calls the command line with mistakes that are found before anything starts.

    python -m tests.support.refused_first JSON

The JSON is a list of pairs of TF_CONFIG, or `null`, and words. Every error is
printed after a line of `---`.
"""

import functools
import json
import os
import sys

from tests.support.command_line import run_here


def main(cases):
    from tensorflow.python.eager import context

    from keras_deep import data
    from keras_deep.training.cluster import start

    @functools.wraps(data.load)
    def never(*arguments, **options):
        raise AssertionError("It went on.")

    data.load = start._tensorflow_waits_for_tasks_that_met = never
    for config, words in json.loads(cases):
        os.environ.pop("TF_CONFIG", None)
        if config is not None:
            os.environ["TF_CONFIG"] = config
        print("---", run_here(*words, folder=".", code=1), flush=True)
    # TensorFlow's servers are part of what it makes before the first tensor.
    assert context.context()._context_handle is None


if __name__ == "__main__":
    main(*sys.argv[1:])
