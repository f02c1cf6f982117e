"""Which of two calls is the same run."""

import pathlib

import keras
import numpy as np
import pytest

from keras_deep.data import load
from keras_deep.training import Config
from keras_deep.training.run_call import call_of
from keras_deep.training.run_call import first_difference
from keras_deep.training.run_call import with_seed

NETWORK = ("CifarResNet", {"depth": 20, "shortcut": "padding"})
DATA = {"name": "digits", "batch_size": 64}
CONFIG = Config(epochs=2, learning_rate=0.1)


def function(inputs):
    return inputs


def test_the_same_call_is_the_same():
    again = ("CifarResNet", {"shortcut": "padding", "depth": 20})
    # What is left out is the default.
    data = {"batch_size": 64, "name": "digits", "augment": "standard"}
    one = call_of(NETWORK, DATA, CONFIG)
    other = call_of(again, data, Config(2, 0.1, precision="float32"))
    assert first_difference(one, other) is None


@pytest.mark.parametrize(
    "build, data, config, expected",
    [
        ("CifarResNet", DATA, CONFIG, ("build.arguments.depth", 20, None)),
        (("CifarResNet", {"depth": 32}), DATA, CONFIG,
         ("build.arguments.depth", 20, 32)),
        (NETWORK, {**DATA, "batch_size": 32}, CONFIG,
         ("data.batch_size", 64, 32)),
        (NETWORK, {**DATA, "seed": 1}, CONFIG, ("data.seed", None, 1)),
        (NETWORK, DATA, Config(epochs=3, learning_rate=0.2),
         ("config.epochs", 2, 3)),
        (NETWORK, DATA, Config(2, 0.1, seed=1), ("config.seed", None, 1)),
        (function, DATA, CONFIG,
         ("build.started_from", None, "a function")),
    ],
)  # fmt: skip
def test_the_first_difference(build, data, config, expected):
    one, other = call_of(NETWORK, DATA, CONFIG), call_of(build, data, config)
    assert first_difference(one, other) == expected


def test_functions_and_paths_are_alike_in_every_process():
    arguments = {"convention": function, "blocks": (1, np.int64(2))}
    data = {"name": pathlib.Path("pets"), "data_dir": pathlib.Path("/x")}
    call = call_of(("ResNet", arguments), data, CONFIG)
    assert call["build"]["arguments"] == {
        "convention": f"{__name__}.function",
        "blocks": [1, 2],
    }
    assert (call["data"]["name"], call["data"]["data_dir"]) == ("pets", "/x")
    assert "0x" not in str(call)


def test_the_precision_is_the_one_that_is_used():
    one = call_of(NETWORK, DATA, CONFIG)
    keras.config.set_dtype_policy("mixed_bfloat16")
    other = call_of(NETWORK, DATA, CONFIG)
    assert first_difference(one, other) == (
        "config.precision",
        "float32",
        "mixed_bfloat16",
    )


def labels(data):
    return np.concatenate([np.asarray(y) for _, y in data.train_from(0)])


def test_a_drawn_seed_is_no_difference_and_comes_back():
    pytest.importorskip("sklearn")
    one, other = load(**DATA), load(**DATA)
    assert one.arguments["seed"] != other.arguments["seed"]
    calls = [call_of(NETWORK, data, CONFIG) for data in (one, other)]
    assert first_difference(*calls) is None
    again = with_seed(other, one.arguments["seed"])
    assert again.arguments == one.arguments
    np.testing.assert_array_equal(labels(again), labels(one))
    assert not np.array_equal(labels(other), labels(one))
    assert with_seed(DATA, 5) == {**DATA, "seed": 5}


def test_a_given_seed_is_kept():
    pytest.importorskip("sklearn")
    given = load(**DATA, seed=3)
    assert with_seed(given, 5) is given
    assert with_seed({**DATA, "seed": 3}, 5)["seed"] == 3
    other = load(**DATA, seed=4)
    calls = [call_of(NETWORK, data, CONFIG) for data in (given, other)]
    assert first_difference(*calls) == ("data.seed", 3, 4)
