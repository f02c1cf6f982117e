"""Lines of JSON over a socket, from whoever may be at its other end."""

import json

LONGEST = 2**18  # bytes of a line


class Stranger(OSError):
    """The other end does not speak as a task of this package does."""


class Lines:
    """Sends and receives dicts, each as a line of JSON.

    Args:
        connection: `socket.socket` with a timeout.
    """

    def __init__(self, connection):
        self.connection = connection
        self._received = b""

    def send(self, message):
        """Sends a dict.

        Raises:
            OSError: if the other end is gone.
        """
        self.connection.sendall(json.dumps(message).encode() + b"\n")

    def receive(self):
        """Waits for bytes and returns the messages that they complete.

        Returns:
            List of dicts, perhaps empty.

        Raises:
            Stranger: if the bytes are no such messages.
            OSError: if the other end is gone, or silent too long.
        """
        some = self.connection.recv(2**16)
        if not some:
            raise ConnectionResetError("it closed the connection")
        *whole, self._received = (self._received + some).split(b"\n")
        rest = self._received
        if len(rest) > LONGEST or rest and not rest.startswith(b"{"):
            raise Stranger("something else answers there")
        return [_message(line) for line in whole]


def _message(line):
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        message = None
    if not isinstance(message, dict):
        raise Stranger("something else answers there")
    return message
