"""Workers get the state that only the chief has read."""

import threading

import numpy as np

from keras_deep.training.state import shared
from keras_deep.training.state.archive import State


class Channel:
    """What a collective does: all give an array, and get the chief's."""

    def __init__(self, workers):
        self.barrier = threading.Barrier(workers, timeout=10)
        self.given, self.calls = {}, []

    def of(self, number):
        def broadcast(array):
            assert array.dtype == np.int32 and array.ndim == 1
            self.given[number] = array
            self.barrier.wait()
            # A sum, as the network computes it: the others give zeros.
            total = sum(self.given.values())
            assert len({len(a) for a in self.given.values()}) == 1
            self.barrier.wait()
            if number == 0:
                self.calls.append(len(array))
            return total

        return broadcast


def together(state, workers=3):
    channel, found = Channel(workers), {}

    def work(number):
        own = state if number == 0 else None
        found[number] = shared.from_chief(own, channel.of(number))

    threads = [threading.Thread(target=work, args=(i,)) for i in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [found[i] for i in range(workers)], channel.calls


def test_all_workers_have_the_chiefs_state(monkeypatch):
    monkeypatch.setattr(shared, "_PIECE", 1024)
    values = np.random.default_rng(0).normal(size=501).astype("float32")
    state = State({"epoch": 1, "step": 2}, {"a": values})
    found, calls = together(state)
    assert len(calls) > 3 and max(calls[1:]) == 256
    for one in found:
        assert one.position == (1, 2)
        np.testing.assert_array_equal(one.arrays["a"], values)


def test_no_worker_has_a_state_where_the_chief_has_none():
    found, calls = together(None)
    assert found == [None] * 3 and calls == [2]
