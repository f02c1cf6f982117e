"""Tasks of a cluster as threads, which meet over real sockets."""

import concurrent.futures
import contextlib
import socket
import time

import pytest

from keras_deep.training.cluster.description import Cluster
from keras_deep.training.cluster.rendezvous import meet
from keras_deep.utils.errors import ClusterError

VERSIONS = {"tensorflow": "2.21.0"}
SOON = 8.0  # seconds in which a mistake is told, on a busy machine


def free_ports(count):
    with contextlib.ExitStack() as stack:
        made = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in made:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in made]


class Tasks:
    """A cluster whose tasks are threads; it counts the seconds they take."""

    def __init__(self, count, host="127.0.0.1"):
        self.ports = free_ports(count)
        self.jobs = {"worker": tuple(f"{host}:{p}" for p in self.ports)}
        self.pool = concurrent.futures.ThreadPoolExecutor(count)

    def start(self, index, seconds=60.0, versions=VERSIONS, jobs=None):
        cluster = Cluster(jobs or self.jobs, "worker", index, "TF_CONFIG")
        return self.pool.submit(self.timed, cluster, versions, seconds)

    def timed(self, *arguments):
        start = time.monotonic()
        try:
            return meet(*arguments)
        except ClusterError as error:
            error.seconds = time.monotonic() - start
            raise

    def connect(self):
        """A connection to the chief, as soon as that listens."""
        for _ in range(200):
            with contextlib.suppress(OSError):
                where = ("127.0.0.1", self.ports[0])
                return socket.create_connection(where, timeout=30)
            time.sleep(0.05)
        raise AssertionError("The chief does not listen.")


def errors(futures):
    """The errors of tasks that all fail."""
    found = []
    for future in futures:
        with pytest.raises(ClusterError) as caught:
            future.result(timeout=60)
        found.append(caught.value)
    return found
