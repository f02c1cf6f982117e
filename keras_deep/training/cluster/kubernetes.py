"""Reads from the variables of a pod which others train with it."""

import os
import re
import socket

from keras_deep.training.cluster.description import Cluster
from keras_deep.utils.errors import ClusterError

PORT = 2222
_NUMBERED = re.compile(r"(.+)-(\d+)")


def read_kubernetes(port=None, environment=None):
    """Reads the variables of a pod of an indexed Job or of a StatefulSet.

    The manifest sets KERAS_DEEP_WORKERS, the number of pods, and
    KERAS_DEEP_SERVICE, the name of the headless service that gives them names
    (of a Job also its pods' `subdomain`). Kubernetes sets JOB_COMPLETION_INDEX
    in an indexed Job; without it the number of a pod is the one at the end of
    its host name, as a StatefulSet gives it.

    Args:
        port: int, or `None` for 2222. Every pod has the same.
        environment: mapping of variables, or `None` for those of the process.

    Returns:
        `Cluster`, or `None` without KERAS_DEEP_WORKERS.

    Raises:
        ClusterError: if a variable is missing or no number, or the pod's host
            name has no number.
    """
    environment = os.environ if environment is None else environment
    if "KERAS_DEEP_WORKERS" not in environment:
        return None
    workers = _number(environment, "KERAS_DEEP_WORKERS")
    if workers == 1:
        return None
    service = environment.get("KERAS_DEEP_SERVICE")
    if not service:
        raise ClusterError(
            "Expected KERAS_DEEP_SERVICE to be the name of the headless "
            "service of the pods, as KERAS_DEEP_WORKERS is set. Received: "
            f"{service!r}"
        )
    name, index = _name_and_index(environment)
    if not 0 <= index < workers:
        raise ClusterError(
            "Expected KERAS_DEEP_WORKERS to be the number of pods, more than "
            f"the number of each. Received: {workers}, in pod {index}"
        )
    port = PORT if port is None else port
    addresses = tuple(f"{name}-{i}.{service}:{port}" for i in range(workers))
    return Cluster({"worker": addresses}, "worker", index, "Kubernetes")


def _name_and_index(environment):
    """Returns what the host names of all pods begin with, and our number."""
    host = environment.get("HOSTNAME") or socket.gethostname()
    match = _NUMBERED.fullmatch(host.partition(".")[0])
    if not match:
        raise ClusterError(
            "Expected the host name of a pod to end with its number, as in an "
            "indexed Job (`completionMode: Indexed`) or a StatefulSet. "
            f"Received: {host!r}"
        )
    index = int(match[2])
    if "JOB_COMPLETION_INDEX" in environment:
        index = _number(environment, "JOB_COMPLETION_INDEX")
    return match[1], index


def _number(environment, name):
    text = environment[name]
    if not text.isascii() or not text.isdigit():
        raise ClusterError(
            f"Expected {name} to be a number. Received: {text!r}"
        )
    return int(text)
