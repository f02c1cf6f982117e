"""Brings the tasks of a cluster together before TensorFlow starts.

TensorFlow waits for an absent task silently, up to an hour and without
letting any other thread run. So all tasks first meet at the address of the
chief, where its server will listen afterwards, by a few lines over TCP.
"""

import contextlib
import ipaddress
import json

from keras_deep.training.cluster.gathering import Gathering
from keras_deep.training.cluster.hosts import ANY
from keras_deep.training.cluster.hosts import bound
from keras_deep.training.cluster.hosts import check_port
from keras_deep.training.cluster.hosts import look_up
from keras_deep.training.cluster.joining import join


def meet(cluster, versions, seconds=300.0, patience=0.0):
    """Waits until all tasks that train have come and agree.

    Those who wait say every 10 seconds for whom. Nothing of it is secret, or
    a proof of who somebody is, as nothing of TensorFlow's own is.

    Args:
        cluster: `Cluster`.
        versions: dict of names to what all tasks must have alike.
        seconds: float, after which a missing task is an error of all tasks.
        patience: float, see `look_up`.

    Returns:
        List of the IP addresses of the host of this process.

    Raises:
        ClusterError: if a task is missing in the end or disagrees, at once if
            a host has no address or the port of this process is in use.
    """
    own = cluster.own
    found = look_up(cluster.hosts, patience)
    here = check_port(own, found[own.host])
    # As they come over the wire.
    facts = json.loads(json.dumps({"cluster": cluster.jobs, **versions}))
    if own != cluster.chief:
        join(cluster, facts, seconds)
    elif len(cluster.workers) > 1:
        others = [address for host in found.values() for address in host]
        sockets = _sockets(own, here, others)
        Gathering(cluster, facts, seconds).run(sockets)
    return here


def _sockets(own, here, others):
    """Returns sockets at the addresses at which the others find us."""
    if all(map(_is_local, here)) and not all(map(_is_local, others)):
        # A host may know itself by 127.0.1.1 only, as Debian's do.
        here = ANY
    sockets = []
    for address in here:
        with contextlib.suppress(OSError):  # IPv6 may be turned off.
            sockets.append(bound(address, own.port))
    return sockets


def _is_local(address):
    return ipaddress.ip_address(address).is_loopback
