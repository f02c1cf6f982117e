"""Finds what describes the cluster of this process."""

import os

from keras_deep.training.cluster.kubernetes import read_kubernetes
from keras_deep.training.cluster.slurm import read_slurm
from keras_deep.training.cluster.tf_config import read_tf_config
from keras_deep.utils.errors import ClusterError


def find_cluster(port=None, environment=None):
    """Finds the cluster in TF_CONFIG, else of Slurm, else of Kubernetes.

    Args:
        port: int, of the first task of each host in Slurm and Kubernetes, or
            `None` for that in KERAS_DEEP_PORT, or else for their own.
        environment: mapping of variables, or `None` for those of the process.

    Returns:
        `Cluster`, or `None` for a process that is alone.

    Raises:
        ClusterError: if one of them is wrong.
    """
    environment = os.environ if environment is None else environment
    name = "`port`"
    if port is None and "KERAS_DEEP_PORT" in environment:
        name, port = "KERAS_DEEP_PORT", environment["KERAS_DEEP_PORT"]
    if port is not None:
        port = _port(name, port)
    return (
        read_tf_config(environment)
        or read_slurm(port, environment)
        or read_kubernetes(port, environment)
    )


def _port(name, port):
    text = str(port)
    number = int(text) if text.isascii() and text.isdigit() else 0
    # Tasks of the same node of Slurm have the ports after it.
    if not 0 < number < 2**16 - 256:
        raise ClusterError(
            f"Expected {name} to be the number of a port, from 1 to 65279. "
            f"Received: {port!r}"
        )
    return number
