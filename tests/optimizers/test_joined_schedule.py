"""Joined schedules: their rates, and what files of them are worth."""

import copy
import json
import pickle
import zipfile

import keras
import numpy as np
import pytest
from keras.optimizers import schedules

from keras_deep.optimizers.joined_schedule import JoinedSchedule
from tests.support.keras_alone import keras_alone


def joined():
    """A line up to 1 at step 4, 2 until step 6, and halves from there."""
    rise = schedules.PolynomialDecay(0.0, 4, 1.0)
    fall = schedules.ExponentialDecay(1.0, 1, 0.5)
    return JoinedSchedule([4, 6.5], [rise, 2.0, fall])


EXPECTED = [0, 0.25, 0.5, 0.75, 1, 2, 2, 0.5**0.5, 0.5**1.5]


def rates_of(schedule):
    return [float(schedule(step)) for step in range(9)]


def test_each_has_its_steps():
    assert rates_of(joined()) == pytest.approx(EXPECTED)


def test_numbers_alone_are_what_they_are_to_keras():
    arguments = ([2, 5], [3.0, 2.0, 1.0])
    theirs = schedules.PiecewiseConstantDecay(*arguments)
    assert rates_of(JoinedSchedule(*arguments)) == rates_of(theirs)


def test_a_wrong_number_of_values_is_refused_by_keras():
    with pytest.raises(ValueError, match="1 less than the length"):
        JoinedSchedule([2], [1.0])


@pytest.mark.parametrize(
    "copied",
    [
        copy.deepcopy,
        lambda x: pickle.loads(pickle.dumps(x)),
        lambda x: schedules.deserialize(
            json.loads(json.dumps(schedules.serialize(x)))
        ),
        lambda x: (
            keras.optimizers.Adam.from_config(
                keras.optimizers.Adam(x).get_config()
            )._learning_rate
        ),
    ],
)
def test_copies_are_equal(copied):
    found = copied(joined())
    assert type(found) is JoinedSchedule
    assert rates_of(found) == pytest.approx(EXPECTED)
    assert rates_of(copied(found)) == pytest.approx(EXPECTED)


def test_keras_own_schedule_stays_its_own():
    theirs = schedules.PiecewiseConstantDecay([2], [1.0, 0.5])
    for serialize, deserialize in (
        (schedules.serialize, schedules.deserialize),
        (
            keras.saving.serialize_keras_object,
            keras.saving.deserialize_keras_object,
        ),
    ):
        found = deserialize(json.loads(json.dumps(serialize(theirs))))
        assert type(found) is schedules.PiecewiseConstantDecay


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A folder with a trained model, and the model."""
    folder = tmp_path_factory.mktemp("joined")
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    model.compile(keras.optimizers.SGD(joined(), momentum=0.9), "mse")
    data = np.ones((4, 3), "float32"), np.ones((4, 2), "float32")
    for _ in range(3):
        model.train_on_batch(*data)
    model.save(folder / "model.keras")
    return folder, model


def test_a_file_opens_here_and_trains_on(saved):
    folder = saved[0]
    loaded = keras.models.load_model(folder / "model.keras")
    assert float(loaded.optimizer.learning_rate) == pytest.approx(0.75)
    data = np.ones((4, 3), "float32"), np.ones((4, 2), "float32")
    # One more step by hand: the velocity of the file, and a rate of 0.75.
    kernel, bias = loaded.get_weights()
    error = 2 * (data[0] @ kernel + bias - data[1]) / data[1].size
    velocity = np.array(loaded.optimizer.momentums[1])
    expected = bias + 0.9 * velocity - 0.75 * error.sum(0)
    loaded.train_on_batch(*data)
    np.testing.assert_allclose(loaded.get_weights()[1], expected, atol=1e-6)


def test_a_file_opens_where_only_keras_is_installed(saved):
    folder, model = saved
    code = """
import numpy as np
model = keras.models.load_model("model.keras")
x = np.ones((4, 3), "float32")
print(*model.predict(x, verbose=0)[0], model.evaluate(x, x[:, :2], verbose=0))
print(int(model.optimizer.iterations))
try:
    model.train_on_batch(x, x[:, :2])
except (ValueError, TypeError) as error:
    print("pip install keras_deep" in str(error))
"""
    lines = keras_alone(code, folder).splitlines()
    x = np.ones((4, 3), "float32")
    expected = model.predict(x, verbose=0)[0]
    found = [float(word) for word in lines[0].split()]
    np.testing.assert_allclose(found[:2], expected, rtol=1e-5)
    named = keras.backend.backend() == "tensorflow"
    assert lines[1:] == ["3", str(named)]


def test_a_file_names_keras_class(saved):
    with zipfile.ZipFile(saved[0] / "model.keras") as archive:
        text = archive.read("config.json").decode()
    rate = json.loads(text)["compile_config"]["optimizer"]["config"]
    rate = rate["learning_rate"]
    name = "PiecewiseConstantDecay"
    assert (rate["class_name"], rate["registered_name"]) == (name, name)
    assert rate["module"] == "keras.optimizers.schedules"
