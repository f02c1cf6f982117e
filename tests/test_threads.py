"""Tests of work in threads."""

import os

import pytest

from keras_deep.threads import in_threads


def test_results_come_in_order_a_few_ahead():
    begun = []

    def square(number):
        begun.append(number)
        return number**2

    results = in_threads(square, range(100))
    assert next(results) == 0
    # One is finished, and each thread has one more before it.
    assert len(begun) <= 2 * os.cpu_count() + 1
    assert list(results) == [number**2 for number in range(1, 100)]


def test_an_error_reaches_the_caller():
    results = in_threads(int, ["1", "two"])
    assert next(results) == 1
    with pytest.raises(ValueError, match="two"):
        next(results)
