import copy
import dataclasses
import math
import pickle
import re

import numpy as np
import pytest

from keras_deep.training import Config


def _rates(schedule, steps=100):
    optimizer = Config(schedule=schedule, learning_rate=0.1).make_optimizer(
        steps
    )
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


@pytest.mark.parametrize(
    "name, value",
    [
        *[("epochs", value) for value in (0, -1, 2.5, "3", True, None)],
        *[("learning_rate", v) for v in (0, -1.0, math.nan, math.inf, "0.1")],
        *[("momentum", value) for value in (1, -0.1, math.nan, None, False)],
        *[("weight_decay", value) for value in (-1e-9, math.inf, "1e-4")],
        *[("seed", value) for value in (-1, 2**32, 1.0, "0", True)],
        *[("ema", value) for value in (0, 1, math.nan, "0.9", True)],
        *[("precision", value) for value in ("wrong", "mixed_int4", 16)],
        *[("schedule", value) for value in ("cosin", None, 3)],
    ],
)
def test_a_field_out_of_its_range_is_refused(name, value):
    message = f"Expected `{name}` .*{name}={re.escape(repr(value))}"
    with pytest.raises(ValueError, match=message):
        Config(**{name: value})


def test_near_misses_are_named():
    with pytest.raises(TypeError, match="epoch=3.* Did you mean 'epochs'"):
        Config(epoch=3)
    with pytest.raises(ValueError, match="Did you mean 'mixed_bfloat16'"):
        Config(precision="mixed_bfloat_16")
    with pytest.raises(ValueError, match="Did you mean 'cosine'"):
        Config(schedule="cosin")


def test_a_configuration_can_be_copied():
    config = Config(epochs=3, ema=0.9)
    copies = (copy.deepcopy(config), pickle.loads(pickle.dumps(config)))
    assert copies == (config, config)
    assert dataclasses.replace(config, seed=4) == Config(3, seed=4, ema=0.9)
