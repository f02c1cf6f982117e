"""Looks up the hosts of a cluster, and whether our own port is free.

TensorFlow waits without an end for a host that has no address.
"""

import contextlib
import errno
import socket
import threading
import time

from keras_deep.training.cluster.waiting import Wait
from keras_deep.utils.errors import ClusterError
from keras_deep.utils.text import enumerated

ANY = ("0.0.0.0", "::")
_FOREIGN = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
_LONGEST = 5.0  # seconds for all name servers


def look_up(hosts, patience=0.0):
    """Returns a dict of hosts to lists of their IP addresses.

    Args:
        hosts: list of names or IP addresses.
        patience: float, the seconds in which a name may come into being, as
            those of pods do.

    Raises:
        ClusterError: if a host has no address.
    """
    wait = Wait(patience)
    while True:
        found = _ask_for_all(hosts)
        failed = {k: v for k, v in found.items() if isinstance(v, str)}
        if not failed:
            return found
        named = enumerated([f"{k!r} ({v})" for k, v in failed.items()])
        if wait.is_over:
            raise ClusterError(
                "Expected the host of every task to have an address. "
                f"Received: {named}. Correct the names, or give IP addresses."
            )
        wait.tell(f"waiting for the names of {named}")
        time.sleep(0.5)


def _ask_for_all(hosts):
    """Asks in threads: a name server that does not answer takes long."""
    found = dict.fromkeys(hosts, f"no answer in {_LONGEST:g} s")

    def ask(host):
        try:
            answers = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            found[host] = getattr(error, "strerror", None) or str(error)
        else:
            found[host] = list(dict.fromkeys(x[4][0] for x in answers))

    # Daemons, as the end of the program does not wait for them.
    threads = [
        threading.Thread(target=ask, args=(host,), daemon=True)
        for host in hosts
    ]
    for thread in threads:
        thread.start()
    end = time.monotonic() + _LONGEST
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
    return dict(found)


def check_port(task, addresses):
    """Refuses the address of this process if nothing can listen there.

    Nothing does so meanwhile: the port is not reachable.

    Args:
        task: `Task`, this one.
        addresses: list of the IP addresses of its host.

    Returns:
        List of those that are addresses of this machine.

    Raises:
        ClusterError: if there are none, or the port is in use.
    """
    own, foreign = [], None
    # TensorFlow's server will listen on all of the machine's.
    for address in (*addresses, *ANY):
        try:
            with contextlib.closing(bound(address, task.port)):
                own.append(address)
        except OSError as error:
            if error.errno not in _FOREIGN:
                raise _refused(task, address, error) from None
            foreign = foreign or _refused(task, address, error)
    own = [address for address in own if address in addresses]
    if not own:
        raise foreign
    return own


def bound(address, port):
    """Returns a socket that is bound to an IP address and does not listen."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    made = socket.socket(family)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.bind((address, port))
    except OSError:
        made.close()
        raise
    return made


def _refused(task, address, error):
    reason = f"{task} at {address}: {error.strerror}"
    if error.errno in _FOREIGN:
        return ClusterError(
            "Expected the host of this process's task to be this machine. "
            f"Received: {reason}. Correct the host, or which task this is "
            '("index" of TF_CONFIG); containers need the network of their '
            "host, or addresses of their own."
        )
    return ClusterError(
        "Expected the port of this process's task to be free. Received: "
        f"{reason}. End what uses it, perhaps an earlier run, or choose "
        "another port."
    )
