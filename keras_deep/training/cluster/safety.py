"""Says when others than the tasks of a cluster may reach its servers."""

import contextlib
import ipaddress
import socket
import warnings

# Reserved for documentation: nothing is sent there.
_FAR = (("192.0.2.1", socket.AF_INET), ("2001:db8::1", socket.AF_INET6))


def warn_if_public(task, addresses):
    """Warns where the machine of this process has a public address.

    TensorFlow's server listens on all interfaces, whatever address the
    cluster names, encrypts nothing and asks nobody who they are.

    Args:
        task: `Task`, this one.
        addresses: list of the IP addresses of its host.
    """
    public = [x for x in (*addresses, *_sources()) if _is_global(x)]
    if public:
        warnings.warn(
            f"The server that TensorFlow starts for {task} listens on all "
            f"interfaces of this machine, port {task.port}, without "
            f"authentication, and {public[0]} is a public address: whoever "
            "reaches that port can run computations here and read and write "
            "files. Let a firewall close it to all but the other tasks, or "
            "use a private network.",
            stacklevel=2,
        )


def _sources():
    """Yields the addresses from which this machine would send far away."""
    for address, family in _FAR:
        with (
            contextlib.suppress(OSError),
            socket.socket(family, socket.SOCK_DGRAM) as probe,
        ):
            probe.connect((address, 9))
            yield probe.getsockname()[0]


def _is_global(address):
    return ipaddress.ip_address(address).is_global
