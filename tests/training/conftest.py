import keras
import pytest

from keras_deep import data


@pytest.fixture
def digits():
    """The digits, on the backend's own pipelines."""
    return data.load("digits", seed=0, batch_size=64)


@pytest.fixture
def network():
    """A network of the package that trains in seconds."""
    arguments = {"blocks": (1, 1), "growth_rate": 4}
    return ("DenseNetBC", arguments)


@pytest.fixture
def linear():
    """A network that trains at once."""
    keras.utils.set_random_seed(1)
    layers = [keras.layers.Flatten(), keras.layers.Dense(10, "softmax")]
    return keras.Sequential([keras.Input((8, 8, 1)), *layers])
