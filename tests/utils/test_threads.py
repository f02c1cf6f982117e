"""Tests of work in threads."""

import os
import threading

import pytest

from keras_deep.utils.threads import in_threads


def test_results_come_in_order_a_few_ahead():
    begun = []

    def square(number):
        begun.append(number)
        return number**2

    results = in_threads(square, range(100))
    assert next(results) == 0
    # The first, and one more for each thread.
    assert len(begun) <= 1 + os.cpu_count()
    assert list(results) == [number**2 for number in range(1, 100)]


def test_work_is_done_in_other_threads():
    threads = in_threads(lambda _: threading.get_ident(), range(3))
    assert threading.get_ident() not in set(threads)


def test_an_error_reaches_the_caller():
    results = in_threads(int, ["1", "two"])
    assert next(results) == 1
    with pytest.raises(ValueError, match="two"):
        next(results)
