import numpy as np
import pytest

from keras_deep.training import Config


def _rates(schedule, steps=100):
    optimizer = Config(schedule=schedule, learning_rate=0.1).optimizer(steps)
    rate = optimizer._learning_rate
    if not callable(rate):
        return np.full(steps, float(rate))
    return np.array([float(rate(step)) for step in range(steps)])


def test_step_schedule_divides_by_ten_twice():
    rates = _rates("step")
    np.testing.assert_allclose(rates[[0, 50]], 0.1, rtol=1e-6)
    np.testing.assert_allclose(rates[[51, 75]], 0.01, rtol=1e-6)
    np.testing.assert_allclose(rates[[76, 99]], 0.001, rtol=1e-6)


def test_cosine_schedule_rises_and_falls():
    rates = _rates("cosine")
    assert rates[0] == 0
    assert rates[5] == pytest.approx(0.1)
    # Half way down: the middle of the 95 steps after the rise.
    assert rates[52] == pytest.approx(0.05, abs=1e-3)
    assert rates[99] < 1e-4


def test_constant_schedule():
    np.testing.assert_allclose(_rates("constant"), 0.1, rtol=1e-6)
