"""Where a training runs: one device, several of a machine, several machines."""

import os
import sys

import keras

from keras_deep.training.cluster.find import find_cluster
from keras_deep.training.make_strategy import data_parallel
from keras_deep.training.make_strategy import mirrored
from keras_deep.training.make_strategy import multi_worker
from keras_deep.training.make_strategy import one_device
from keras_deep.training.make_strategy import tpu_strategy
from keras_deep.utils.errors import did_you_mean

KINDS = ("auto", "one_device", "mirrored", "multi_worker", "tpu")


def strategy(
    kind="auto", devices=None, start_timeout=300.0, port=None, tpu=None
):
    """Returns what trains on one device, several, or several machines.

    Call it before the first tensor, seed, data set or layer, and build the
    model in its `scope()`. Later calls return the same object.

    `"auto"` is `"multi_worker"` in a cluster, else `"tpu"` where TPU_NAME is
    set, else `"mirrored"` with several GPUs, else `"one_device"`. The first of
    these that is there describes the cluster:

    - TF_CONFIG, as TensorFlow defines it and `keras-deep launch` sets it:
      `{"cluster": {"worker": ["host0:2222", "host1:2222"]}, "task": {"type":
      "worker", "index": 0}}`, with the index of each process.
    - Slurm: the variables that `srun` sets for the tasks of a step
      (SLURM_STEP_NODELIST, SLURM_STEP_TASKS_PER_NODE, SLURM_STEP_NUM_TASKS or
      SLURM_NTASKS, SLURM_PROCID). A batch script without `srun` is one process.
    - Kubernetes: KERAS_DEEP_WORKERS, the number of pods, and
      KERAS_DEEP_SERVICE, the name of their headless service, both set in the
      manifest of an indexed Job (with `subdomain`) or of a StatefulSet. The
      number of a pod is JOB_COMPLETION_INDEX, or what its host name ends with.

    The tasks of a cluster meet before TensorFlow starts: who waits says every
    10 seconds for whom, and `start_timeout` ends it with an error everywhere.

    TensorFlow's servers listen on all interfaces of their machines, encrypt
    nothing and ask nobody who they are: whoever reaches their ports can run
    computations there and read and write files. Close the ports to others.

    On the JAX backend it is `keras.distribution.DataParallel`, which is set as
    Keras's distribution, for all kinds but `"multi_worker"`. Batches that the
    devices do not divide are filled up, see `keras_deep.training.filled`.

    Args:
        kind: `"auto"`, `"one_device"`, `"mirrored"` (the devices of this
            machine), `"multi_worker"`, `"tpu"`, or a
            `tf.distribute.Strategy` (on JAX a `keras.distribution` object)
            of one's own, which is returned.
        devices: list of the devices of `"mirrored"`, such as `["GPU:0",
            "GPU:1"]`, or of `"one_device"`. By default all GPUs, or else
            CPUs.
        start_timeout: float, the seconds in which all tasks must come.
        port: int, of the first task on each host, with Slurm and Kubernetes.
            By default KERAS_DEEP_PORT, or else one that follows from the job.
        tpu: string, the name or address of a TPU, by default TPU_NAME.

    Returns:
        `tf.distribute.Strategy` or `keras.distribution.DataParallel`.

    Raises:
        ClusterError: a `ValueError`, if the cluster is described wrongly, a
            task is missing, or TensorFlow has started already.
        ValueError: if there is no such kind or device.
    """
    if not isinstance(kind, str):
        return _own(kind)
    if kind not in KINDS:
        raise ValueError(
            f"Expected `kind` to be one of {', '.join(KINDS)}, or a strategy. "
            f"Received: kind={kind!r}.{did_you_mean(kind, KINDS)}"
        )
    cluster = find_cluster(port) if kind in ("auto", "multi_worker") else None
    if keras.backend.backend() != "tensorflow":
        return data_parallel(kind, cluster, devices)
    if kind == "auto":
        kind = _best_kind(cluster, devices)
    if kind == "multi_worker":
        return multi_worker(cluster, devices, start_timeout)
    if kind == "tpu":
        return tpu_strategy(tpu, devices)
    return mirrored(devices) if kind == "mirrored" else one_device(devices)


def is_multi_worker(strategy):
    """Returns whether a strategy trains in several processes."""
    return number_of_workers(strategy) > 1


def is_tpu(strategy):
    """Returns whether a strategy compiles whole steps, for a TPU."""
    import tensorflow as tf

    return isinstance(strategy, tf.distribute.TPUStrategy)


def number_of_workers(strategy):
    """Returns in how many processes a strategy trains."""
    jobs = _jobs(strategy)
    return len(jobs.get("chief", ())) + len(jobs.get("worker", ())) or 1


def is_chief(strategy):
    """Returns whether this process saves and shows what all compute."""
    jobs = _jobs(strategy)
    if not jobs:
        return True
    resolver = strategy.cluster_resolver
    first = "chief" if "chief" in jobs else "worker"
    return (resolver.task_type, resolver.task_id) == (first, 0)


def _jobs(strategy):
    """Returns a dict of the jobs of several workers to their addresses."""
    tf = sys.modules.get("tensorflow")
    if tf is None or not isinstance(
        strategy, tf.distribute.MultiWorkerMirroredStrategy
    ):
        return {}
    resolver = strategy.cluster_resolver
    return resolver.cluster_spec().as_dict() if resolver else {}


def _own(given):
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        if isinstance(given, tf.distribute.Strategy):
            return given
        wanted = "`tf.distribute.Strategy`"
    else:
        if isinstance(given, keras.distribution.DataParallel):
            keras.distribution.set_distribution(given)
            return given
        wanted = "`keras.distribution.DataParallel`"
    raise ValueError(
        f"Expected `kind` to be one of {', '.join(KINDS)}, or a {wanted}. "
        f"Received: {given!r}"
    )


def _best_kind(cluster, devices):
    import tensorflow as tf

    if cluster is not None and len(cluster.workers) > 1:
        return "multi_worker"
    if "TPU_NAME" in os.environ or tf.config.list_physical_devices("TPU"):
        return "tpu"
    gpus = tf.config.list_physical_devices("GPU")
    several = len(gpus if devices is None else devices) > 1
    return "mirrored" if several else "one_device"
