"""The command line, and what is lost when it ends: nothing."""

import http.client
import json
import re
import signal
import threading
import time

import pytest

from keras_deep.serving.listening import is_loopback
from tests.support.command_line import run_here
from tests.support.command_line import start
from tests.support.saved_models import save_kinds

BODY = json.dumps({"instances": [1.0, 2.0]}).encode()
SLOW = json.dumps({"signature_name": "slow", "instances": [1.0]}).encode()
EXPECTED = {"predictions": [2.5, 3.0]}


@pytest.fixture
def process(tmp_path):
    """A function that starts `keras-deep serve`; it returns it and its port."""
    save_kinds(tmp_path / "m/1")
    started = []

    def begin(*words):
        process = start("serve", "--port", 0, *words, folder=tmp_path)
        started.append(process)
        line = process.stdout.readline()
        found = re.search(r"http://[^:]+:(\d+)/", line)
        assert found, (line, process.stderr.read())
        return process, int(found[1])

    yield begin
    for one in started:
        one.kill()
        one.communicate()


class Asking:
    """A client that asks until it is told to go, as a careful one does.

    A request counts as accepted when the server has taken its connection, and
    on a connection that it uses again, when the server has not closed it.
    """

    def __init__(self, port, kept):
        self.answers, self.lost, self._port, self._kept = [], [], port, kept
        self.thread = threading.Thread(target=self._work)
        self.thread.start()

    def _work(self):
        connection = None
        while True:
            if connection is None:
                connection = http.client.HTTPConnection(
                    "127.0.0.1", self._port, timeout=30
                )
                try:
                    connection.connect()
                except ConnectionRefusedError:
                    return
                except OSError as error:
                    self.lost.append(f"connect {error!r}")
                    return
            try:
                headers = {} if self._kept else {"Connection": "close"}
                path = "/v1/models/m:predict"
                connection.request("POST", path, BODY, headers)
                answer = connection.getresponse()
                self.answers.append((answer.status, json.loads(answer.read())))
            except (OSError, http.client.HTTPException) as error:
                self.lost.append(repr(error))
                return
            if answer.headers.get("Connection") == "close":
                connection.close()
                connection = None


def test_sigterm_loses_no_request(process):
    server, port = process("m")
    asking = [Asking(port, kept) for kept in (True, False) * 8]
    slow = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    time.sleep(0.7)
    slow.request("POST", "/v1/models/m:predict", SLOW)
    time.sleep(0.3)
    before = [len(client.answers) for client in asking]
    server.send_signal(signal.SIGTERM)
    for client in asking:
        client.thread.join(30)
        assert not client.thread.is_alive()
    assert json.loads(slow.getresponse().read()) == {"predictions": [1.0]}
    slow.close()
    output, error = server.communicate(timeout=30)
    assert server.returncode == 128 + signal.SIGTERM
    assert [lost for client in asking for lost in client.lost] == []
    answers = [answer for client in asking for answer in client.answers]
    assert all(answer == (200, EXPECTED) for answer in answers)
    assert min(before) > 0
    assert "Traceback" not in output + error


def test_ctrl_c_a_public_address_and_a_port_in_use(process, tmp_path):
    server, port = process("m", "--host", "0.0.0.0")
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/v1/models/m")
    assert connection.getresponse().status == 200
    connection.close()
    words = ("serve", "m", "--port", port, "--host", "0.0.0.0")
    error = run_here(*words, folder=tmp_path, code=1)
    assert "`--host` and `--port` to be free" in error
    server.send_signal(signal.SIGINT)
    output, error = server.communicate(timeout=30)
    assert server.returncode == 128 + signal.SIGINT
    assert "Warning: 0.0.0.0 can be reached from other machines" in error
    assert "m, version 1: available" in error


def test_mistakes_of_the_command_line(tmp_path):
    for words, message in (
        (["no"], "Expected the folder of numbered SavedModels"),
        ([".", "--batch-timeout-ms", "1e9"], "`--batch-timeout-ms` to be"),
        ([".", "--timeout", "0"], "Expected `--timeout` to be"),
        ([".", "--label", "stable"], "`--label` to be such as stable=2"),
    ):
        assert message in run_here("serve", *words, folder=tmp_path, code=1)


def test_public_addresses():
    assert is_loopback("127.0.0.1") and is_loopback("::1")
    assert not any(map(is_loopback, ("0.0.0.0", "::", "192.168.0.1")))
