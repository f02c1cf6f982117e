"""One worker of the topic `scaling`, pinned to a core of its own.

    python -m benchmarks.scaling_worker BATCH STEPS EPOCHS

Its number is in TF_CONFIG, without which it is alone and on the first core.
"""

import json
import os
import sys

from benchmarks.measure import report


def pin():
    """Keeps this process on the core that has its number; returns the core."""
    task = json.loads(os.environ.get("TF_CONFIG", "{}")).get("task", {})
    core = sorted(os.sched_getaffinity(0))[task.get("index", 0)]
    os.sched_setaffinity(0, {core})
    # TensorFlow would have a thread for every core of the machine.
    os.environ["TF_NUM_INTRAOP_THREADS"] = "1"
    return core


def main(batch, steps, epochs):
    """Trains by the trainer of this package and reports as worker 0."""
    pin()
    # Libraries start threads, which stay where they are started.
    from benchmarks import scaling_fit
    from keras_deep import training

    batch, steps, epochs = map(int, (batch, steps, epochs))
    strategy = training.strategy()
    with strategy.scope():
        model = scaling_fit.network()
    data = scaling_fit.images(batch, steps)
    step = scaling_fit.seconds_of_step("ours", model, data, steps, epochs)
    report({"step": step}, scaling_fit.MODULES)


if __name__ == "__main__":
    main(*sys.argv[1:])
