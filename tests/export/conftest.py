"""A network with all that an export can use, and the C program."""

import keras
import pytest

import keras_deep
from tests.families.conftest import cifar10 as cifar10
from tests.support.cards import with_needs
from tests.support.tensorflow_c import Consumer
from tests.support.tensorflow_c import compiled

NEEDS = {
    "shape": [8, 8, 3],
    "mean": [120.0, 110.0, 100.0],
    "std": [60.0, 61.0, 62.0],
    "resize": "stretch",
}
NAMES = [f"class {i}" for i in "abcdefghij"]


@pytest.fixture
def model():
    """A network with random weights that tells images apart."""
    found = keras_deep.CifarResNet(blocks=(1,), input_shape=(8, 8, 3))
    return with_needs(found, NEEDS, class_names=NAMES)


@pytest.fixture(scope="session")
def program(tmp_path_factory):
    if keras.backend.backend() != "tensorflow":
        pytest.skip("A SavedModel is TensorFlow's.")
    return compiled(tmp_path_factory.mktemp("program"))


@pytest.fixture
def consumer(program, tmp_path_factory):
    return Consumer(program, tmp_path_factory.mktemp("inputs"))
