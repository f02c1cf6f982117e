"""Commands in a network namespace of their own, with nothing but loopback.

TensorFlow's server listens on all interfaces and asks nobody who they are, so
tests of several processes run here. No process outlives its test: all of the
namespace end with the first one, which ends by itself after a time limit.
"""

import fcntl
import functools
import os
import pathlib
import socket
import struct
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
_NAMESPACES = ("unshare", "--net", "--pid", "--fork", "--kill-child")
# Where root is not needed, it is one's own in the namespace.
_WAYS = (_NAMESPACES, (*_NAMESPACES, "--user", "--map-root-user"))
_TIME_OVER = 124
_SET_FLAGS = 0x8914  # SIOCSIFFLAGS
_UP = 1  # IFF_UP


def run_on_loopback(*command, timeout=60, folder=None, env=None):
    """Runs a command where only 127.0.0.1 and ::1 can be reached.

    The test is skipped, with the reason, where namespaces are not allowed,
    and fails with what was printed where the time is over.

    Args:
        command: words, such as `sys.executable, "script.py"`.
        timeout: seconds.
        folder: path of the folder to run in, or `None` for this one.
        env: dict of variables beside those of this process. The package is
            in the path of Python.

    Returns:
        `subprocess.CompletedProcess` with text. The code of a command that a
        signal ended is 128 more than its number.
    """
    path = (str(ROOT), os.environ.get("PYTHONPATH", ""))
    done = subprocess.run(
        [*_way(), *_first(timeout), *map(str, command)],
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, path)),
            **(env or {}),
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert done.returncode != _TIME_OVER, (
        f"More than {timeout} s.\n{done.stdout}\n{done.stderr}"
    )
    return done


def _first(timeout):
    """Returns the first process of the namespace, words before a command."""
    return sys.executable, "-P", __file__, str(timeout)


@functools.cache
def _way():
    reasons = []
    for way in _WAYS:
        try:
            done = subprocess.run(
                [*way, *_first(10), "true"], capture_output=True, text=True
            )
        except FileNotFoundError as error:
            reasons.append(str(error))
            continue
        if done.returncode == 0:
            return way
        reasons.append(done.stderr.strip())
    raise unittest.SkipTest(
        "No network namespace can be made here, and TensorFlow's server is "
        f"not to be reached from outside: {'; '.join(reasons)}"
    )


def _main(timeout, *command):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh14x", b"lo", _UP)
        fcntl.ioctl(any_socket, _SET_FLAGS, request)
    try:
        code = subprocess.call(command, timeout=float(timeout))
    except subprocess.TimeoutExpired:
        sys.exit(_TIME_OVER)
    sys.exit(code if code >= 0 else 128 - code)


if __name__ == "__main__":
    _main(*sys.argv[1:])
