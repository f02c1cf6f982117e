"""What candidates cost, and which are refused."""

import functools
import random

import keras
import numpy as np
import pytest
from keras.src.backend.common import global_state

import keras_deep
from keras_deep.tuning import Limits
from keras_deep.tuning import candidates
from keras_deep.tuning import limits
from keras_deep.tuning.limits import latency
from keras_deep.tuning.limits import profile_of

SMALL = {"blocks": (1, 1), "growth_rate": 4, "input_shape": (8, 8, 1)}


def build(name="DenseNetBC", **arguments):
    return keras_deep.create_model(name, **(arguments or SMALL))


@pytest.mark.parametrize(
    "name, arguments",
    [
        ("DenseNetBC", SMALL),
        # Stacked blocks that draw random numbers.
        (
            "StochasticDepthResNet",
            {"blocks": (4, 4), "stack": True, "input_shape": (8, 8, 3)},
        ),
        ("IRNN", {"units": 4, "input_shape": (6, 1)}),
    ],
)
def test_counts_without_weights_what_the_network_has(name, arguments):
    made = functools.partial(build, name, **arguments)
    assert profile_of(made, 3) == keras_deep.profile(made(), 3).total


def test_counting_leaves_no_trace():
    keras.utils.clear_session()
    random.seed(5)
    expected = random.random()
    random.seed(5)
    profile_of(build, 1)
    assert random.random() == expected
    assert keras.layers.Dense(1).name == "dense"
    assert not global_state.get_global_attribute("uninitialized_variables")
    # The next network has its weights.
    with keras.StatelessScope():
        pass
    assert build().predict_on_batch(np.zeros((1, 8, 8, 1))).shape == (1, 10)


def test_activations_are_those_of_the_precision_and_batch():
    full = profile_of(build, 8).activation_bytes
    assert profile_of(build, 4).activation_bytes == full / 2
    keras.config.set_dtype_policy("mixed_bfloat16")
    half = profile_of(build, 8).activation_bytes
    # The classifier stays in float32.
    assert full / 2 < half < 0.51 * full


TOTAL = keras_deep.profile(build(), 16).total


@pytest.mark.parametrize(
    "name, most, words",
    [
        ("max_parameters", TOTAL.trainable, "trainable parameters"),
        ("max_multiply_adds", TOTAL.multiply_adds, "multiply-adds"),
        ("max_activation_memory", TOTAL.activation_bytes, "batch of 16"),
    ],
)
def test_a_limit_itself_is_allowed(name, most, words):
    assert Limits(**{name: most}).reason(build, 16) is None
    reason = Limits(**{name: most - 1}).reason(build, 16)
    assert words in reason and f"{most:,}" in reason
    assert reason.endswith(f"{name}={most - 1:,}")


def test_latency_is_measured_last(monkeypatch):
    built = []

    def measured(model, repeats=None):
        built.append(model)
        return 0.02

    monkeypatch.setattr(limits, "latency", measured)
    both = Limits(max_parameters=TOTAL.trainable - 1, max_latency=0.01)
    assert "parameters" in both.reason(build) and not built
    reason = Limits(max_latency=0.01).reason(build)
    assert reason == "0.02 seconds for an image, over max_latency=0.01"
    assert Limits(max_latency=0.02).reason(build) is None
    assert len(built) == 2 and built[0].built


def test_latency_is_the_median_after_a_warm_up(monkeypatch):
    # Start and end of three calls, of 1, 9 and 2 seconds.
    clock = iter([0.0, 1.0, 10.0, 19.0, 20.0, 22.0])
    monkeypatch.setattr(limits.time, "perf_counter", lambda: next(clock))
    calls = []

    class Model:
        input_shape = (None, 4, 4, 3)

        def predict_on_batch(self, x):
            calls.append(x.shape)
            return x

    assert latency(Model(), repeats=3) == 2.0
    assert calls == [(1, 4, 4, 3)] * 4


@pytest.mark.parametrize("value", [0, -1, True, "1", float("nan")])
def test_refused_limits(value):
    with pytest.raises(ValueError, match="Expected `max_parameters`"):
        Limits(max_parameters=value)


@pytest.mark.parametrize("name", list(vars(Limits())))
def test_a_default_over_a_limit_is_refused(name):
    least = Limits(**{name: 1e-9 if name == "max_latency" else 1})
    with pytest.raises(ValueError, match=f"Expected the default.*{name}=.*dep"):
        candidates("DenseNetBC", SMALL, limits=least)


def test_equal_networks_are_counted_once(monkeypatch):
    counted = []
    found = candidates(
        "DenseNetBC",
        SMALL,
        search={"learning_rate": [0.1, 0.2], "batch_size": [8, 16]},
        limits=Limits(max_activation_memory=TOTAL.activation_bytes),
    )
    monkeypatch.setattr(
        limits,
        "profile_of",
        lambda build, batch: counted.append(batch) or TOTAL,
    )
    values = found.space.defaults()
    for batch in (8, 16, 8):
        for rate in (0.1, 0.2):
            given = {**values, "learning_rate": rate, "batch_size": batch}
            assert found.reason(found.candidate(given)) is None
    assert counted == [16]  # 8 was that of the default.


def test_arguments_are_checked():
    with pytest.raises(TypeError, match="growthrate=4.*'growth_rate'"):
        candidates("DenseNetBC", {"growthrate": 4})
    with pytest.raises(ValueError, match="Expected `depth`.*41"):
        candidates("DenseNetBC", {"input_shape": (8, 8, 1)}, {"depth": [41]})
