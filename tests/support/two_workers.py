"""A worker of two: what its strategy is, and what it does without the other.

Prints a JSON object; the second worker ends itself in the middle.
"""

import json
import os
import signal
import time

from keras_deep import training
from keras_deep.training.cluster import explained
from keras_deep.training.strategies import is_chief
from keras_deep.training.strategies import is_multi_worker
from keras_deep.training.strategies import number_of_workers
from keras_deep.utils.errors import WorkerLost


def main():
    start = time.monotonic()
    strategy = training.strategy()
    seconds = time.monotonic() - start
    import tensorflow as tf

    index = strategy.cluster_resolver.task_id

    @tf.function
    def added(value):
        def one():
            context = tf.distribute.get_replica_context()
            # Computed here, so that it is on a device of this worker.
            return context.all_reduce(tf.distribute.ReduceOp.SUM, 1.0 * value)

        return strategy.run(one)

    found = {
        "seconds": seconds,
        "kind": type(strategy).__name__,
        "same": training.strategy("multi_worker") is strategy,
        "chief": is_chief(strategy),
        "several": is_multi_worker(strategy),
        "workers": number_of_workers(strategy),
        "index": index,
        "sum": float(added(tf.constant(index + 1.0))),
    }
    print(json.dumps(found), flush=True)
    if index == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    start = time.monotonic()
    try:
        with explained(strategy):
            for _ in range(10**6):
                added(tf.constant(1.0))
    except WorkerLost as error:
        cause = type(error.__cause__).__name__
        end = {"seconds": time.monotonic() - start, "cause": cause}
        print(json.dumps({**end, "error": str(error)}), flush=True)
        # Its end is the test's, not the loss of the other.
        os._exit(0)


main()
