"""A server of `tools/fuzz serving`, and a connection to it."""

import pathlib
import re
import socket
import subprocess
import sys

_MAIN = "from keras_deep.cli import main; main()"
_TIMEOUT = 20  # seconds


class Server:
    """A server in a process of its own, and a connection to it."""

    def __init__(self, folder):
        words = ("serve", str(folder), "--port", "0", "--timeout", "5")
        self.process = subprocess.Popen(
            [sys.executable, "-c", _MAIN, *words, "--max-request-mb", "4"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        line = self.process.stdout.readline()
        self._port = int(re.search(r"http://[^:]+:(\d+)/", line)[1])
        self._socket = None

    def send(self, content, whole=True):
        """Returns the bytes of the answer.

        Args:
            content: bytes of a request.
            whole: bool. Whether it is one, so that the answer's end can be
                told and the connection may stay open.
        """
        if self._socket is None or not whole:
            self.close()
            self._socket = socket.create_connection(
                ("127.0.0.1", self._port), _TIMEOUT
            )
        answer = b""
        try:
            self._socket.sendall(content)
            if not whole:
                self._socket.shutdown(socket.SHUT_WR)
            while not (whole and _is_whole(answer, content)):
                part = self._socket.recv(2**20)
                if not part:
                    break
                answer += part
        except ConnectionError:
            pass
        if not whole or b"connection: close" in answer[:500].lower():
            self.close()
        return answer

    def close(self):
        """Closes the connection."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    @property
    def memory(self):
        """The resident memory in bytes."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"^VmRSS:\s*(\d+) kB$", status, re.MULTILINE)
        return int(found[1]) * 1024


def _is_whole(answer, content):
    head, end, body = answer.partition(b"\r\n\r\n")
    if not end:
        return False
    length = re.search(rb"content-length: (\d+)", head.lower())
    if length is None or content.startswith(b"HEAD"):
        return True
    return len(body) >= int(length[1])
