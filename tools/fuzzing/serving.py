"""Fuzzes `keras-deep serve` with damaged requests, for `tools/fuzz serving`.

A server of a small model is started, and asked as others would ask it but for
the damage, which a seed determines: in the document, in the bytes of images,
in the address, and in all bytes that are sent. Whatever it is, the server has
to answer in TF Serving's form, without a traceback, or to close the connection
where it was no HTTP; to answer good requests as before; and to need no more
memory than after the first thousand.
"""

import json
import pathlib
import re
import time

from fuzzing.model import write_model
from fuzzing.requests import GOOD
from fuzzing.requests import images
from fuzzing.requests import make_request
from fuzzing.server import Server

MEMORY = 256 * 2**20
OUTCOMES = ("answered", "refused", "closed", "failed")
ANSWERED, REFUSED, CLOSED, FAILED = OUTCOMES
_SETTLED = 1000  # requests
_EACH = 250  # Of so many requests one is a good one.
_ANSWER = {"predictions": [[2.5, 3.0, 3.5, 4.0]]}


def outcome_of(answer, must_answer):
    """Returns what became of a request.

    Args:
        answer: bytes, all that came back.
        must_answer: bool. Whether nothing is a failure.
    """
    if not answer:
        return FAILED if must_answer else CLOSED
    head, _, body = answer.partition(b"\r\n\r\n")
    found = re.match(rb"HTTP/1\.1 (\d{3}) ", head)
    if found is None or re.search(rb"Traceback|File \\?\"", answer):
        return FAILED
    status = int(found[1])
    if not body:  # Of HEAD.
        return ANSWERED if status == 200 else REFUSED
    if not must_answer:  # There may be several.
        return REFUSED if status >= 400 else ANSWERED
    is_page = b"text/" in head and status == 200
    if is_page:
        return ANSWERED
    document = json.loads(body)
    if status == 200:
        return ANSWERED
    error = document.get("error")
    is_right = status != 500 and list(document) == ["error"] and error
    return REFUSED if is_right and isinstance(error, str) else FAILED


def run(folder, count, seed, damage, keep):
    """Asks a server and returns how often each outcome was, and its growth.

    Args:
        folder: `pathlib.Path` for the model.
        count: int, the requests.
        seed: int.
        damage: function of bytes and a `random.Random` that returns others.
        keep: function of a number, the request and the answer, called for
            every one that fails.

    Returns:
        Tuple of a dict of outcome to number, and bytes of memory.
    """
    write_model(folder)
    pictures = images()
    server = Server(folder)
    found = dict.fromkeys(OUTCOMES, 0)
    body = json.dumps(GOOD)
    good = (
        "POST /v1/models/m:predict HTTP/1.1\r\nHost: a\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()
    before = 0
    try:
        for index in range(count):
            if index == min(_SETTLED, count // 2):
                before = server.memory
            content, whole = make_request(index, seed, pictures, damage)
            answer = server.send(content, whole)
            try:
                outcome = outcome_of(answer, whole)
            except ValueError:  # It is no JSON.
                outcome = FAILED
            if index % _EACH == 0:
                right = server.send(good)
                if json.loads(right.partition(b"\r\n\r\n")[2]) != _ANSWER:
                    outcome, answer = FAILED, right
            found[outcome] += 1
            if outcome == FAILED:
                keep(index, content, answer)
        growth = server.memory - before
        if server.process.poll() is not None:
            found[FAILED] += 1
    finally:
        server.close()
        server.process.terminate()
        _, error = server.process.communicate()
    if "Traceback" in error:
        found[FAILED] += 1
        keep(count, error.encode(), b"")
    return found, growth


def main(options, damage):
    """Runs `tools/fuzz serving` and returns the exit status."""
    import tempfile

    def keep(index, content, answer):
        options.output.mkdir(parents=True, exist_ok=True)
        path = options.output / f"serving-{index:06}"
        path.write_bytes(content)
        path.with_name(f"{path.name}.answer").write_bytes(answer)

    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        found, growth = run(
            pathlib.Path(folder, "m"), options.count, options.seed, damage, keep
        )
    seconds = time.perf_counter() - start
    print(f"serving, seed {options.seed}, {seconds:.0f} s")
    print(f"{options.count:8} requests")
    for outcome in OUTCOMES:
        print(f"{found[outcome]:8} {outcome}")
    print(f"{growth / 2**20:8.1f} MiB of memory more than after the first")
    if found[FAILED]:
        return f"The requests that failed are in {options.output}."
    return "The memory grew too much." if growth > MEMORY else 0
