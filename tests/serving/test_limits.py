"""Requests that are too large, too slow or too many."""

import contextlib
import io
import json
import socket
import struct
import threading
import time
import zlib

import numpy as np
import pytest
from PIL import Image

from keras_deep.serving.errors import ServingError
from keras_deep.serving.images import check_pixels
from keras_deep.serving.images import pixels_of
from tests.serving.test_rest import b64
from tests.serving.test_rest import picture
from tests.support.serving import Client
from tests.support.serving import running

ASKED = {"instances": [1]}


def bomb(width, height):
    """Returns a PNG of few bytes, of black in one bit a pixel."""

    def chunk(name, data):
        crc = zlib.crc32(name + data)
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", crc)
        )

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    packer = zlib.compressobj(9)
    line = bytes(1 + (width + 7) // 8)
    data = b"".join(packer.compress(line) for _ in range(height))
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", data + packer.flush())
        + chunk(b"IEND", b"")
    )


def gif(frames, size=(100, 100)):
    file = io.BytesIO()
    images = [
        Image.new("RGB", size, (x % 256, x // 256, 0)) for x in range(frames)
    ]
    images[0].save(file, "GIF", save_all=True, append_images=images[1:])
    return file.getvalue()


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP", "BMP"])
def test_pixels_are_counted_without_decoding(form):
    assert pixels_of(picture(size=(300, 200), form=form)) == 60_000


def test_all_frames_of_a_gif_count():
    assert pixels_of(gif(12)) == 120_000
    assert pixels_of(gif(12)[:-200]) <= 120_000


@pytest.mark.parametrize(
    "content",
    [b"", b"GIF8", b"text", b"BM and more text, not an image", bytes(100)]
    + [picture(form=form)[:12] + b"x" * 50 for form in ("PNG", "JPEG")],
    ids=repr,
)
def test_what_is_no_image_has_no_pixels(content):
    assert pixels_of(content) == 0


def test_pixels_of_a_request_are_limited():
    row = np.empty(3, object)
    row[:] = [picture(size=(10, 10)), b"text", picture(size=(20, 10))]
    assert check_pixels({"a": row, "b": np.ones(3)}, 300) == 300
    with pytest.raises(ServingError, match="300 or more, 200 of them in .*2"):
        check_pixels({"a": row}, 299)
    row[1] = b"\xff\x0a" + bytes(30)
    with pytest.raises(ServingError, match="JPEG XL"):
        check_pixels({"a": row}, 300)


def test_bombs_are_not_decoded(client):
    content = bomb(12_000, 12_000)
    assert len(content) < 30_000
    status, found = client.predict(
        {"signature_name": "serving_bytes", "instances": [b64(content)]}
    )
    assert status == 400 and "pixels in a request" in found["error"]


def test_large_requests_are_refused(kinds):
    with running(kinds, max_request_mb=0.1) as client:
        path = "/v1/models/m:predict"
        for body in (bytes(200_000), iter([bytes(60_000)] * 3)):
            status, _, text = client.send("POST", path, body)
            assert status == 413
            assert "--max-request-mb" in json.loads(text)["error"]
        # One whose body is not even begun.
        with socket.create_connection(("127.0.0.1", client.port)) as plain:
            plain.sendall(
                b"POST /v1/models/m:predict HTTP/1.1\r\nHost: a\r\n"
                b"Content-Length: 99999999999\r\n\r\n"
            )
            assert plain.recv(1000).startswith(b"HTTP/1.1 413 ")
        assert client.predict(ASKED)[0] == 200


def test_compressed_requests_are_refused(client):
    status, _, body = client.send(
        "POST",
        "/v1/models/m:predict",
        zlib.compress(b"{}"),
        {"Content-Encoding": "deflate"},
    )
    assert status == 415 and "without compression" in json.loads(body)["error"]


def read_all(plain):
    plain.settimeout(20)
    found = b""
    while True:
        try:
            part = plain.recv(65536)
        except ConnectionError:
            return found
        if not part:
            return found
        found += part


HEAD = (
    b"POST /v1/models/m:predict HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n"
)


@pytest.mark.parametrize(
    "sent, answer",
    [
        (b"", b""),
        (b"POST /v1/mod", b""),
        (HEAD, b""),
        (HEAD + b"\r\n{", b"HTTP/1.1 408 "),
    ],
    ids=["nothing", "half a line", "half a head", "half a body"],
)
def test_slow_clients_are_left(slow_server, sent, answer):
    start = time.monotonic()
    with socket.create_connection(("127.0.0.1", slow_server.port)) as plain:
        plain.sendall(sent)
        found = read_all(plain)
    assert found.startswith(answer) and bool(found) == bool(answer)
    assert 0.4 < time.monotonic() - start < 10


def test_a_client_that_trickles_is_left(slow_server):
    with socket.create_connection(("127.0.0.1", slow_server.port)) as plain:
        plain.sendall(HEAD)
        start = time.monotonic()
        with pytest.raises(ConnectionError):
            while time.monotonic() - start < 10:
                plain.sendall(b"X-More: 1\r\n")
                time.sleep(0.05)


def test_a_client_that_does_not_read_is_left(slow_server):
    """Nobody else waits meanwhile."""
    body = json.dumps({"inputs": [1.5] * 200_000}).encode()
    head = HEAD.replace(b"50", str(len(body)).encode())
    connections = slow_server.server.server_state.connections
    with socket.socket() as plain:
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        plain.settimeout(1)
        plain.connect(("127.0.0.1", slow_server.port))
        # More answers than the system keeps for it.
        with contextlib.suppress(TimeoutError, ConnectionError):
            for _ in range(12):
                plain.sendall(head + b"\r\n" + body)
        assert slow_server.predict(ASKED)[0] == 200
        end = time.monotonic() + 15
        while len(connections) > 1:
            assert time.monotonic() < end
            time.sleep(0.05)


@pytest.fixture(scope="module")
def slow_server(kinds):
    with running(kinds, timeout=0.6, max_connections=50) as client:
        yield client


def test_a_slow_computation_is_told(slow_server):
    status, found = slow_server.predict(
        {"signature_name": "slow", "instances": [1.5]}
    )
    assert status == 504 and "more than 0.6 s" in found["error"]
    time.sleep(1)
    assert slow_server.predict(ASKED)[0] == 200


def test_connections_are_limited(slow_server):
    clients = [
        socket.create_connection(("127.0.0.1", slow_server.port))
        for _ in range(60)
    ]
    try:
        answers = [read_all(plain) for plain in clients[-5:]]
    finally:
        for plain in clients:
            plain.close()
    assert all(x.startswith(b"HTTP/1.1 503 ") for x in answers)
    assert all(b'{"error": "Too many connections' in x for x in answers)


def test_what_is_no_http_is_refused_in_json(client):
    with socket.create_connection(("127.0.0.1", client.port)) as plain:
        plain.sendall(b"\x16\x03\x01\x02\x00 this is TLS\r\n\r\n")
        head, _, body = read_all(plain).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert json.loads(body) == {"error": "Invalid HTTP request received."}


def test_the_memory_of_all_requests_is_limited(kinds):
    """Bodies that arrive slowly are held, but not more than four."""
    with running(kinds, max_request_mb=1, timeout=1.5) as client:
        length = 2**20 - 1000
        head = HEAD.replace(b"50", str(length).encode()) + b"\r\n"
        waiting = []
        for _ in range(6):
            plain = socket.create_connection(("127.0.0.1", client.port))
            plain.sendall(head + b" " * (length - 100))
            waiting.append(plain)
        answers = []
        for plain in waiting:
            thread = threading.Thread(
                target=lambda plain=plain: answers.append(read_all(plain))
            )
            thread.start()
        end = time.monotonic() + 20
        while len(answers) < 6 and time.monotonic() < end:
            time.sleep(0.05)
        for plain in waiting:
            plain.close()
        codes = sorted(answer[9:12] for answer in answers)
        assert codes == [b"408"] * 4 + [b"503"] * 2
        other = Client(client.port)
        assert other.predict(ASKED)[0] == 200
        other.close()
