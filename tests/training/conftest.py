import keras
import pytest

from tests.support.digits import NETWORK
from tests.support.digits import load_digits


@pytest.fixture
def digits():
    return load_digits()


@pytest.fixture
def network():
    return NETWORK


@pytest.fixture
def linear():
    """A network that trains at once."""
    keras.utils.set_random_seed(1)
    layers = [keras.layers.Flatten(), keras.layers.Dense(10, "softmax")]
    return keras.Sequential([keras.Input((8, 8, 1)), *layers])
