"""Workers ask each other after the same steps, in time for a SIGTERM."""

import threading
import types

import numpy as np
import pytest

from keras_deep.training import asking
from keras_deep.training.asking import Asking


class Cluster:
    """Workers in threads, each with a clock of its own.

    Args:
        seconds: list of functions of a step that return how long it takes a
            worker.
    """

    def __init__(self, seconds, monkeypatch):
        self.seconds, self.here = seconds, threading.local()
        self.rows = [None] * len(seconds)
        # Who asks while another one does not waits here in vain.
        self.barrier = threading.Barrier(len(seconds), timeout=10)
        clock = types.SimpleNamespace(monotonic=lambda: self.here.now)
        monkeypatch.setattr(asking, "time", clock)

    def gather(self, values):
        self.rows[self.here.number] = values
        self.barrier.wait()
        found = np.array(self.rows)
        self.barrier.wait()
        self.asked[self.here.number].append(self.here.step)
        return found

    def run(self, steps, wish):
        """Returns the steps that each worker asked after, and agreed in."""
        self.asked = [[] for _ in self.seconds]
        self.agreed = [[] for _ in self.seconds]
        threads = [
            threading.Thread(target=self._work, args=(number, steps, wish))
            for number in range(len(self.seconds))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return self.asked, self.agreed

    def _work(self, number, steps, wish):
        self.here.number, self.here.now = number, 0.0
        held = Asking(self.gather)
        for step in range(1, steps + 1):
            self.here.step = step
            self.here.now += self.seconds[number](step)
            wanted = number == wish[0] and step >= wish[1]
            if held.agree(wanted):
                self.agreed[number].append(step)


def first_slow(step):
    """The first step is traced."""
    return 30.0 if step == 1 else 0.01


@pytest.mark.parametrize(
    "seconds, expected",
    [
        # Short steps are asked after every eighth time, but for the first two.
        ([first_slow] * 3, [1, 2, 10, 18, 26]),
        # The slowest worker decides.
        ([first_slow, lambda step: 1.0], [1, *range(2, 31, 2)]),
        ([first_slow, lambda step: 10.0], list(range(1, 31))),
        # Steps that become slower.
        (
            [lambda step: 10.0 if step > 10 else 0.1, first_slow],
            [1, 2, 10, *range(18, 31)],
        ),
    ],
)
def test_all_ask_after_the_same_steps(seconds, expected, monkeypatch):
    cluster = Cluster(seconds, monkeypatch)
    asked, agreed = cluster.run(30, (len(seconds) - 1, 12))
    assert asked == [expected] * len(seconds)
    # The wish of one is known to all, and not before.
    assert agreed == [[step for step in expected if step >= 12]] * len(seconds)
