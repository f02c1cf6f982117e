"""Learning rates at every step, against the formulas."""

import json
import math

import keras
import numpy as np
import pytest

from keras_deep.training import Config
from keras_deep.training import schedules
from keras_deep.training.schedules import rate_of
from keras_deep.utils.recipe import SCHEDULES

PEAK = 0.4


def rates(steps, **fields):
    """The learning rate of every step of a run."""
    rate = rate_of(Config(learning_rate=PEAK, **fields), steps)
    if not callable(rate):
        return np.full(steps, rate)
    return np.array([float(rate(step)) for step in range(steps)])


def check(found, expected):
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-7)


def test_every_name_has_a_schedule():
    assert tuple(schedules.SCHEDULES) == SCHEDULES


def test_steps_of_the_default_are_those_of_before():
    found = rates(100, schedule="step")
    check(found[[0, 50]], PEAK)
    check(found[[51, 75]], PEAK / 10)
    check(found[[76, 99]], PEAK / 100)


@pytest.mark.parametrize("boundaries", [(30, 60, 80), (0.3, 0.6, 0.8)])
def test_a_boundary_is_the_first_step_of_the_next_rate(boundaries):
    found = rates(100, schedule="step", boundaries=boundaries, factor=0.2)
    parts = [(30, 1), (30, 0.2), (20, 0.04), (20, 0.008)]
    check(found, PEAK * np.concatenate([[f] * n for n, f in parts]))


def test_the_rates_of_a_papers_iterations():
    config = Config(iterations=64_000, boundaries=(0.5, 0.75))
    rate = rate_of(config, 64_000)
    steps = [0, 31_999, 32_000, 47_999, 48_000, 63_999]
    found = [float(rate(step)) for step in steps]
    check(found, [0.1, 0.1, 0.01, 0.01, 0.001, 0.001])


@pytest.mark.parametrize("warmup", [10, 0.1])
def test_steps_after_a_linear_rise(warmup):
    found = rates(100, warmup=warmup, boundaries=(50, 75))
    rise = PEAK * np.arange(10) / 10
    rest = [PEAK] * 40 + [PEAK / 10] * 25 + [PEAK / 100] * 25
    check(found, np.concatenate([rise, rest]))


def test_a_warmup_of_a_constant_rate():
    """ResNet-110: 400 steps of 0.01, then 0.1 until step 32,000."""
    config = Config(warmup=400, warmup_rate=0.01, boundaries=(32_000, 48_000))
    rate = rate_of(config, 64_000)
    assert type(rate) is keras.optimizers.schedules.PiecewiseConstantDecay
    steps = [0, 399, 400, 31_999, 32_000, 47_999, 48_000]
    check(
        [float(rate(step)) for step in steps],
        [0.01, 0.01, 0.1, 0.1, 0.01, 0.01, 0.001],
    )
    found = rates(6, schedule="constant", warmup=2, warmup_rate=0.1)
    check(found, [0.1, 0.1] + [PEAK] * 4)


def test_cosine_as_ever_rises_for_a_twentieth():
    found = rates(100, schedule="cosine")
    rise = PEAK * np.arange(5) / 5
    fall = PEAK * (1 + np.cos(np.pi * np.arange(95) / 95)) / 2
    check(found, np.concatenate([rise, fall]))


@pytest.mark.parametrize("warmup, rise", [(0, 0), (20, 20), (0.2, 20)])
def test_cosine_with_a_warmup_of_its_own(warmup, rise):
    found = rates(100, schedule="cosine", warmup=warmup)
    fall = 100 - rise
    expected = PEAK * (1 + np.cos(np.pi * np.arange(fall) / fall)) / 2
    up = PEAK * np.arange(rise) / max(1, rise)
    check(found, np.concatenate([up, expected]))


@pytest.mark.parametrize("power", [1.0, 2.0, 0.5])
@pytest.mark.parametrize("warmup", [None, 20])
def test_polynomial(power, warmup):
    found = rates(100, schedule="polynomial", power=power, warmup=warmup)
    rise = warmup or 0
    fall = 100 - rise
    expected = PEAK * (1 - np.arange(fall) / fall) ** power
    up = PEAK * np.arange(rise) / max(1, rise)
    check(found, np.concatenate([up, expected]))


@pytest.mark.parametrize("warmup, end", [(None, 29), (0.1, 9), (50, 49)])
def test_one_cycle_is_that_of_pytorch(warmup, end):
    """`OneCycleLR`: two cosines, which end at steps `end` and 99."""

    def between(start, stop, part):
        return stop + (start - stop) / 2 * (1 + math.cos(math.pi * part))

    def expected(step):
        if step <= end:
            return between(PEAK / 25, PEAK, step / end)
        return between(PEAK, PEAK / 25e4, (step - end) / (99 - end))

    found = rates(100, schedule="one_cycle", warmup=warmup)
    check(found, [expected(step) for step in range(100)])


def test_a_constant_rate_after_a_rise():
    found = rates(8, schedule="constant", warmup=4)
    check(found, PEAK * np.array([0, 0.25, 0.5, 0.75, 1, 1, 1, 1]))
    rate = rate_of(Config(schedule="constant", learning_rate=1), 8)
    assert rate == 1 and type(rate) is float


def test_a_plateau_is_left_with_a_lower_rate():
    config = Config(schedule="plateau", factor=0.5, patience=2)
    assert rate_of(config, 10) == config.learning_rate
    (callback,) = config.callbacks(validation=True)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile(config.make_optimizer(10), "mse")
    callback.set_model(model)
    callback.on_train_begin()
    found = []
    for epoch, loss in enumerate([3.0, 2.0, 2.0, 2.0, 2.0, 2.0, 1.0]):
        callback.on_epoch_end(epoch, {"val_loss": loss})
        found.append(float(model.optimizer.learning_rate))
    check(found, [0.1, 0.1, 0.1, 0.05, 0.05, 0.025, 0.025])
    with pytest.raises(ValueError, match="Expected validation images"):
        config.callbacks(validation=False)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"schedule": "cosine"},
        {"schedule": "cosine", "warmup": 10},
        {"schedule": "polynomial", "power": 2.0},
        {"schedule": "constant", "warmup": 10},
        {"warmup": 10, "warmup_rate": 0.01},
    ],
)
def test_most_are_of_keras_alone(fields):
    rate = rate_of(Config(**fields), 100)
    kinds = vars(keras.optimizers.schedules).values()
    assert any(type(rate) is kind for kind in kinds)


@pytest.mark.parametrize("schedule", [x for x in SCHEDULES if x != "plateau"])
@pytest.mark.parametrize("warmup", [None, 6])
def test_a_schedule_is_compiled_and_copied(schedule, warmup):
    rate = rate_of(Config(schedule=schedule, warmup=warmup), 40)
    if not callable(rate):
        return
    kinds = keras.optimizers.schedules
    text = json.dumps(kinds.serialize(rate))
    copy = kinds.deserialize(json.loads(text))
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        compiled = tf.function(copy, jit_compile=True)
        steps = [tf.constant(step, "int64") for step in range(40)]
    else:
        import jax

        compiled, steps = jax.jit(copy), np.arange(40, dtype="int32")
    for step in (0, 3, 5, 6, 7, 19, 20, 21, 30, 39):
        check(float(compiled(steps[step])), float(rate(step)))


@pytest.mark.parametrize(
    "fields, message",
    [
        ({"warmup": 10}, "`warmup` within the 10 steps.*warmup=10"),
        ({"boundaries": (3, 12)}, "`boundaries` within the 10 steps"),
        (
            {"warmup": 6, "boundaries": (3, 8)},
            "after the warm-up.*from step 3 on.*warmup=6",
        ),
        ({"warmup": 0.9}, "after the warm-up.*from step 6 on"),
    ],
)
def test_a_run_that_is_too_short_is_refused(fields, message):
    with pytest.raises(ValueError, match=message):
        Config(**fields).make_optimizer(10)


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("steps", [1, 2, 3])
def test_the_shortest_runs_have_finite_rates(schedule, steps):
    assert np.isfinite(rates(steps, schedule=schedule)).all()
    if schedule == "step":
        assert np.isfinite(rates(steps, boundaries=(0.3, 0.6))).all()
