"""Who connects to a rendezvous and is no task stops nobody."""

import concurrent.futures
import contextlib
import json
import re
import socket
import time

import pytest

from keras_deep.training.cluster import joining
from tests.support.meeting import SOON
from tests.support.meeting import VERSIONS
from tests.support.meeting import Tasks
from tests.support.meeting import errors


@pytest.fixture
def tasks():
    return Tasks(3)


STRANGERS = {
    "nothing": b"",
    "a web browser": b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "bytes": bytes(range(256)) * 10,
    "another protocol": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0",
    "no line": b"\0\0\4\0",
    "no object": b"[1, 2]\n",
    "depth": b'{"job": ' + b"[" * 100000 + b"\n",
    "no end": b"{" + b" " * 2**21,
    "wrong types": b'{"job": ["x"], "index": 0.5, "facts": {}}\n',
    "no facts": b'{"job": "worker", "index": 1}\n',
    "no task": b"{}\n{}\n{}\n",
}


@pytest.mark.parametrize("sent", STRANGERS.values(), ids=STRANGERS)
def test_strangers_are_closed_and_stop_nobody(tasks, sent, monkeypatch):
    # Only who says nothing is waited for.
    silence = "keras_deep.training.cluster.gathering._SILENCE"
    monkeypatch.setattr(silence, 60.0 if sent else 0.5)
    chief = tasks.start(0)
    with tasks.connect() as stranger:
        with contextlib.suppress(ConnectionError):
            stranger.sendall(sent)
        start = time.monotonic()
        with contextlib.suppress(ConnectionError):
            assert stranger.recv(1) == b""
        assert time.monotonic() - start < SOON
        assert not chief.done()
        others = [tasks.start(1), tasks.start(2)]
        for future in (chief, *others):
            future.result(timeout=30)


def test_a_crowd_of_strangers_is_limited(tasks):
    chief = tasks.start(0)
    with contextlib.ExitStack() as stack:
        crowd = [stack.enter_context(tasks.connect()) for _ in range(150)]
        time.sleep(0.5)
        first, last = crowd[0], crowd[-1]
        assert first.recv(1) == b""
        last.settimeout(0.1)
        with pytest.raises(TimeoutError):
            last.recv(1)
        futures = [chief, tasks.start(1), tasks.start(2)]
        for future in futures:
            future.result(timeout=30)


def test_a_task_may_leave_and_come_again(tasks):
    chief = tasks.start(0)
    hello = {
        "job": "worker",
        "index": 1,
        "facts": {
            "cluster": {"worker": list(tasks.jobs["worker"])},
            **VERSIONS,
        },
    }
    with tasks.connect() as first:
        first.sendall(json.dumps(hello).encode() + b"\n")
        assert json.loads(first.makefile().readline())["missing"] == [
            ["worker", 2]
        ]
    time.sleep(0.5)
    futures = [chief, tasks.start(1), tasks.start(2)]
    for future in futures:
        future.result(timeout=30)


@contextlib.contextmanager
def answering(port, answer):
    """Something that is no chief at the chief's port."""
    with (
        socket.socket() as server,
        concurrent.futures.ThreadPoolExecutor() as p,
    ):
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(("127.0.0.1", port))
        server.listen()

        def serve():
            with contextlib.suppress(OSError):
                while True:
                    guest, _ = server.accept()
                    with guest:
                        guest.sendall(answer)

        p.submit(serve)
        yield
        server.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(
    "answer, reason",
    [
        (b"HTTP/1.0 400 Bad Request\n\n", "something else answers there"),
        (b'{"missing": 1}\n', "something else answers there"),
        (b"", "closed the connection|reset"),
    ],
    ids=["web server", "wrong types", "nothing"],
)
def test_what_is_no_chief_is_not_believed(tasks, answer, reason):
    with answering(tasks.ports[0], answer):
        (error,) = errors([tasks.start(1, 1.0)])
    assert re.search(rf"nothing from worker:0 .*{reason}", str(error))
    assert error.seconds < 1.0 + SOON


def test_what_another_process_says_is_printable(tasks):
    answer = json.dumps({"error": "\x1b[31mred\n" + "x" * 10**5}).encode()
    with answering(tasks.ports[0], answer + b"\n"):
        (error,) = errors([tasks.start(1)])
    assert str(error).isprintable() and len(str(error)) < 3000


def test_a_task_outlives_a_chief_that_starts_again(tasks, monkeypatch):
    monkeypatch.setattr(joining, "_PAUSE", 0.05)
    with answering(tasks.ports[0], b'{"missing": [], "more": 1}\n'):
        others = [tasks.start(1), tasks.start(2)]
        time.sleep(0.5)
        assert not any(future.done() for future in others)
    for future in (tasks.start(0), *others):
        future.result(timeout=30)
