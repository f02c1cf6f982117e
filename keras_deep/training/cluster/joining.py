"""The part of the other tasks in a rendezvous: finding the chief."""

import socket
import time

from keras_deep.training.cluster.gathering import missing_error
from keras_deep.training.cluster.lines import Lines
from keras_deep.training.cluster.lines import Stranger
from keras_deep.training.cluster.waiting import Wait
from keras_deep.utils.errors import ClusterError
from keras_deep.utils.text import enumerated

_CONNECT = 2.0  # seconds
_SILENCE = 30.0  # seconds without a word of the chief
_PAUSE = 0.3  # seconds between two attempts


def join(cluster, facts, seconds):
    """Waits until the chief says that all tasks have come.

    Args:
        cluster: `Cluster`.
        facts: dict, see `Gathering`.
        seconds: float, after which a missing chief is an error. One that is
            there knows the end of the time.

    Raises:
        ClusterError: if the chief does not come, or says what is wrong.
    """
    wait = Wait(seconds)
    own, chief = cluster.own, cluster.chief
    hello = {"job": own.job, "index": own.index, "facts": facts}
    while True:
        try:
            where = (chief.host, chief.port)
            with socket.create_connection(where, _CONNECT) as connection:
                return _converse(cluster, connection, hello, wait)
        except (OSError, UnicodeError) as error:
            reason = str(error)
        if wait.is_over:
            error = missing_error([chief], wait.seconds)
            raise ClusterError(f"{error} The last try: {reason}.")
        wait.tell(f"waiting for {chief}: {reason}")
        time.sleep(_PAUSE)


def _converse(cluster, connection, hello, wait):
    lines = Lines(connection)
    lines.send(hello)
    connection.settimeout(_SILENCE)
    while True:
        for message in lines.receive():
            if "go" in message:
                return
            if "error" in message:
                raise ClusterError(_printable(message["error"]))
            wait.tell(f"waiting for {_names(cluster, message)}")


def _names(cluster, message):
    """Returns who is missing, of our own cluster's tasks."""
    missing, more = message.get("missing"), message.get("more")
    if not isinstance(missing, list) or type(more) is not int:
        raise Stranger("something else answers there")
    names = [str(x) for x in cluster.workers if [x.job, x.index] in missing]
    return enumerated(names, 20) + f" and {more} more" * bool(more)


def _printable(text):
    """Returns what another process says without control characters."""
    return "".join(x if x.isprintable() else " " for x in str(text)[:2000])
