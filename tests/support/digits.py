"""A training that takes seconds: the digits and a small network."""

from keras_deep import data

NETWORK = ("DenseNetBC", {"blocks": (1, 1), "growth_rate": 4})


def load_digits():
    """Loads the digits, on the backend's own pipelines."""
    return data.load("digits", seed=0, batch_size=64)
