"""Processes that work together, and what they print."""

import io
import os
import sys
import time

from keras_deep.utils.workers import Worker


class Slow(io.StringIO):
    """Lets others write, too, whenever something is written."""

    def write(self, text):
        time.sleep(1e-3)
        return super().write(text)


def test_lines_of_several_are_not_mixed(monkeypatch):
    monkeypatch.setattr(sys, "stdout", Slow())
    command = [sys.executable, "-c", "for i in range(40): print(i)"]
    workers = [Worker(n, command, dict(os.environ), True) for n in "abc"]
    for worker in workers:
        worker._process.wait(30)
        worker.close()
    lines = sys.stdout.getvalue().splitlines()
    expected = [f"[{name}] {i}" for name in "abc" for i in range(40)]
    assert sorted(lines) == sorted(expected)
