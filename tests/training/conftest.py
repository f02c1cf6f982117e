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
