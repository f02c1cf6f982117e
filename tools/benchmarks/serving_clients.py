"""Clients of the topic `serving`, which cost as little as they can.

All send the same bytes, made once, over connections that stay open, and only
look for the answer's end; one in a hundred answers is read.
"""

import json
import math
import pathlib
import selectors
import socket
import sys
import time

_END = b"\r\n\r\n"
_READ = 100  # Of so many answers one is compared.


class Client:
    """A connection that sends the next request when it has the answer."""

    def __init__(self, port, request):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._request, self._answer = request, b""
        self.latencies = []

    def ask(self):
        self.sent = time.perf_counter()
        self.socket.sendall(self._request)

    def read(self):
        """Returns the body of the answer, if all of it is there."""
        self._answer += self.socket.recv(65536)
        head, end, body = self._answer.partition(_END)
        if not end:
            return None
        if not head.startswith(b"HTTP/1.1 200 "):
            raise RuntimeError(f"An error: {self._answer.decode()}")
        length = int(head.lower().partition(b"content-length:")[2].split()[0])
        if len(body) < length:
            return None
        self.latencies.append(time.perf_counter() - self.sent)
        self._answer = b""
        return body


def main(question, port, seconds, clients):
    """Asks for some seconds and prints the latencies as JSON.

    The file `question` has the request, the output to look at and its values.
    """
    question = json.loads(pathlib.Path(question).read_text())
    body = json.dumps(question["request"]).encode()
    head = (
        "POST /v1/models/densenet:predict HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    request = head.encode() + body
    selector = selectors.DefaultSelector()
    asking = [Client(int(port), request) for _ in range(int(clients))]
    start = time.perf_counter()
    for client in asking:
        selector.register(client.socket, selectors.EVENT_READ, client)
        client.ask()
    end, waiting, count = start + float(seconds), len(asking), 0
    while waiting:
        for key, _ in selector.select(60) or _nobody():
            answer = key.data.read()
            if answer is None:
                continue
            count += 1
            if count % _READ == 1:
                _check(answer, question)
            if time.perf_counter() < end:
                key.data.ask()
            else:
                waiting -= 1
    taken = time.perf_counter() - start
    latencies = [x for client in asking for x in client.latencies]
    print(json.dumps({"seconds": taken, "latencies": latencies}))


def _nobody():
    raise RuntimeError("No answer in 60 s.")


def _check(answer, question):
    expected, (found,) = question["answer"], json.loads(answer)["predictions"]
    if isinstance(found, dict):  # Of several outputs.
        found = found[question["output"]]
    if not all(
        math.isclose(a, b, rel_tol=1e-4, abs_tol=1e-6)
        for a, b in zip(found, expected, strict=True)
    ):
        raise RuntimeError(f"Expected {expected}. Received: {found}")


if __name__ == "__main__":
    main(*sys.argv[1:])
