"""Starts TensorFlow's part of a cluster, once all tasks have met."""

import contextlib
import faulthandler
import os

import keras

from keras_deep.training.cluster.description import TRAINING
from keras_deep.training.cluster.rendezvous import meet
from keras_deep.training.cluster.safety import warn_if_public
from keras_deep.utils.errors import ClusterError
from keras_deep.version import __version__


def start_workers(cluster, start_timeout=300.0):
    """Returns `tf.distribute.MultiWorkerMirroredStrategy` of a cluster.

    Args:
        cluster: `Cluster`.
        start_timeout: float, seconds in which all tasks must come.

    Raises:
        ClusterError: before TensorFlow starts, if this process is none that
            trains or too late, or if the tasks do not meet.
    """
    if cluster.job not in TRAINING or "ps" in cluster.jobs:
        raise ClusterError(
            f"Expected a cluster of {' and '.join(TRAINING)} tasks. Received: "
            f"{cluster.own}, of {', '.join(cluster.jobs)}, from "
            f"{cluster.source}. The workers evaluate, too; parameter servers "
            "belong to `keras_deep.training.parameter_server`."
        )
    check_early()
    import tensorflow as tf

    devices = tf.config.list_physical_devices("GPU")
    gpus = sum(
        len(tf.config.get_logical_device_configuration(x) or [x])
        for x in devices
    )
    versions = {
        "keras_deep": __version__,
        "keras": keras.__version__,
        "tensorflow": tf.__version__,
        "gpus": gpus,
    }
    # The names of pods are made when the pods are.
    pods = "KUBERNETES_SERVICE_HOST" in os.environ
    patience = start_timeout if pods else 0.0
    here = meet(cluster, versions, start_timeout, patience)
    warn_if_public(cluster.own, here)
    with _limited(start_timeout):
        return _tensorflow_waits_for_tasks_that_met(cluster, gpus)


def check_early():
    """Refuses to go on where TensorFlow has made a tensor already.

    Raises:
        ClusterError: in that case. The servers of a cluster are part of what
            TensorFlow makes before the first one.
    """
    from tensorflow.python.eager import context

    # What TensorFlow looks at, too late.
    if getattr(context.context(), "_context_handle", None) is not None:
        raise ClusterError(
            "Expected the strategy of several workers before the first tensor, "
            "random seed, data set or layer of the program. Received: a call "
            "when TensorFlow is in use already. Make it the first thing after "
            "the imports: `strategy = training.strategy()`."
        )


@contextlib.contextmanager
def _limited(seconds):
    """Ends this process if what it does takes longer.

    TensorFlow waits up to an hour for a task that ends right after all have
    met, and no Python code runs meanwhile. This watch does, in C; it prints
    where the process was.
    """
    try:
        faulthandler.dump_traceback_later(seconds, exit=True)
    except (AttributeError, OSError, ValueError):  # There is no stderr.
        yield
        return
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()


def _tensorflow_waits_for_tasks_that_met(cluster, gpus):
    """Its name is what the watch prints."""
    import tensorflow as tf

    resolver = tf.distribute.cluster_resolver.SimpleClusterResolver(
        tf.train.ClusterSpec({k: [*v] for k, v in cluster.jobs.items()}),
        task_type=cluster.job,
        task_id=cluster.index,
        num_accelerators={"GPU": gpus},
        rpc_layer="grpc",
    )
    return tf.distribute.MultiWorkerMirroredStrategy(cluster_resolver=resolver)
