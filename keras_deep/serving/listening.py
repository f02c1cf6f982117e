"""A socket that listens, and that can stop without losing a connection."""

import ctypes
import ipaddress
import socket
import struct

BACKLOG = 2048
_ATTACH_FILTER = 26  # SO_ATTACH_FILTER of Linux, which Python does not name
# A program for the packets of a socket: of those that begin a connection (SYN
# without ACK, at byte 13) it keeps nothing, of others everything.
_PROGRAM = (
    (0x30, 0, 0, 13),
    (0x54, 0, 0, 0x12),
    (0x15, 0, 1, 0x02),
    (0x06, 0, 0, 0),
    (0x06, 0, 0, 0xFFFFFFFF),
)


def listen(host, port):
    """Returns a socket that listens.

    Raises:
        OSError: if that cannot be.
    """
    try:
        (family, *_, address), *_ = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        return socket.create_server(address, family=family, backlog=BACKLOG)
    except OSError as error:
        raise OSError(
            f"Expected `host` and `port` to be free to listen on. Received: "
            f"{host}, {port}: {error.strerror or error}"
        ) from error


def ignore_new(listening):
    """Ignores new clients from now on, where the system can do that.

    A socket that is closed resets connections that nobody has accepted yet,
    whose clients may have sent a request. Of those that are ignored the system
    asks again a second later, and is told that nobody listens.

    Returns:
        bool, whether it can.
    """
    steps = b"".join(struct.pack("HBBI", *step) for step in _PROGRAM)
    memory = ctypes.create_string_buffer(steps)
    program = struct.pack("HP", len(_PROGRAM), ctypes.addressof(memory))
    try:
        listening.setsockopt(socket.SOL_SOCKET, _ATTACH_FILTER, program)
    except OSError:
        return False
    return True


def accepted(listening):
    """Yields the connections that wait, until there is none."""
    while True:
        try:
            found, _ = listening.accept()
        except OSError:  # None waits, or its client is gone.
            return
        found.setblocking(False)
        yield found


def is_loopback(host):
    """Returns whether only this machine reaches an address.

    Args:
        host: string, the address that a socket listens on.
    """
    return ipaddress.ip_address(host.partition("%")[0]).is_loopback
