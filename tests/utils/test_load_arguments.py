"""What is known of `data.load` before Keras is imported."""

import inspect

from keras_deep import data
from keras_deep.data.augment import AUGMENTATIONS
from keras_deep.utils import load_arguments


def test_the_names_are_those_of_the_function():
    parameters = inspect.signature(data.load).parameters
    assert load_arguments.ARGUMENTS == tuple(parameters)


def test_optional_arguments_are_none_by_default():
    parameters = inspect.signature(data.load).parameters
    for name in load_arguments.OPTIONAL:
        assert parameters[name].default is None


def test_the_augmentations_are_all_there_are():
    assert load_arguments.AUGMENTATIONS == tuple(AUGMENTATIONS)
