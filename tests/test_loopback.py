"""What tests of several processes run in: nothing but loopback, and an end."""

import sys
import time

import pytest

from tests.support.loopback import run_on_loopback

INTERFACES = """
import socket
print([name for _, name in socket.if_nameindex()])
server = socket.create_server(("127.0.0.1", 0))
socket.create_connection(server.getsockname()).close()
try:
    socket.create_connection(("192.0.2.1", 80), timeout=5)
except OSError as error:
    print(error.strerror)
"""


def test_only_loopback_can_be_reached():
    done = run_on_loopback(sys.executable, "-c", INTERFACES)
    assert done.returncode == 0, done.stderr
    names, reason = done.stdout.splitlines()
    assert names == "['lo']" and reason == "Network is unreachable"


def test_codes_are_those_of_a_shell():
    assert run_on_loopback("sh", "-c", "exit 3").returncode == 3
    assert run_on_loopback("sh", "-c", "kill -9 $$").returncode == 137


def test_nothing_is_left_after_the_time(tmp_path):
    late = f"(sleep 2; echo > {tmp_path}/late) & echo begun; sleep 60"
    with pytest.raises(AssertionError, match=r"More than 1 s.\s*begun"):
        run_on_loopback("sh", "-c", late, timeout=1)
    time.sleep(2)
    assert not any(tmp_path.iterdir())
