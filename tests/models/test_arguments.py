"""No builder answers a wrong value with Python's or Keras's own error."""

import warnings

import pytest

import keras_deep
from keras_deep.models.arguments import named_arguments
from keras_deep.models.registry import entry_of
from tests.support.kinds import own_arguments
from tests.support.small import small_arguments

BUILDERS = sorted({entry_of(n).builder for n in keras_deep.list_models()})
WRONG = ["abc", -1, 2.5, [1], None, {"a": 1}]


def refused(name, key, value):
    """Returns the message of an error, or `None` if a network is built."""
    arguments = {**small_arguments(name), key: value}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            keras_deep.create_model(name, **arguments)
        except ValueError as error:
            return str(error)


@pytest.mark.parametrize(
    "key, value, wanted",
    [
        *[("convention", value) + ("to be one of",) for value in ([], 3)],
        *[("classes", v) + ("a positive int",) for v in ("ten", [2], {})],
        ("classifier_activation", "softmx", "to be an activation of Keras"),
        ("classifier_activation", [], "to be an activation of Keras"),
        ("pooling", [], "to be `None`, "),
        ("blocks", 3, "to be a sequence of positive ints"),
        ("blocks", "abc", "to be a sequence of positive ints"),
        ("blocks", (True,), "to be a sequence of positive ints"),
        ("block", [1], "to be one of"),
        ("shortcut", {}, "to be one of"),
        *[
            ("input_shape", value, "(height, width, channels)")
            for value in ("abc", 32, (32, 32), (32, 32, "a"), (8.5, 8, 3))
        ],
        ("input_shape", (8, 8, 0), "and a number of channels"),
        ("input_shape", (8, 8, None), "and a number of channels"),
    ],
)
def test_common_arguments_of_another_kind_are_refused(key, value, wanted):
    found = refused("CifarResNet", key, value)
    assert found.startswith(f"Expected `{key}`") and wanted in found
    assert f"{key}={value!r}" in found


def test_an_int_of_numpy_is_one():
    import numpy as np

    model = keras_deep.CifarResNet(np.int64(8), input_shape=(8, 8, 3))
    assert model.count_params() == keras_deep.CifarResNet(8).count_params()


def test_a_value_that_only_keras_refuses_is_named():
    with pytest.raises(
        ValueError, match="^Expected.* with growth_rate=-1, .*says"
    ):
        keras_deep.DenseNet(growth_rate=-1)
    with pytest.raises(
        ValueError, match="`growth_rate` of DenseNet to be an i"
    ):
        keras_deep.DenseNet(growth_rate="x")


def test_errors_of_functions_of_the_user_stay_as_they_are():
    def shortcut(x, at, normalize):
        raise TypeError("mine")

    with pytest.raises(TypeError, match="^mine$"):
        keras_deep.CifarResNet(8, shortcut=shortcut)


def test_errors_of_this_package_stay_as_they_are():
    with pytest.raises(TypeError, match="^Expected this$"):
        with named_arguments("A", {"a": 1}, {"a": ""}):
            raise TypeError("Expected this")


@pytest.mark.proof
@pytest.mark.parametrize("name", BUILDERS)
def test_every_wrong_value_is_built_or_refused_with_what_was_expected(name):
    for key in own_arguments(name):
        for value in WRONG:
            found = refused(name, key, value)
            assert found is None or found.startswith("Expected"), (key, value)
