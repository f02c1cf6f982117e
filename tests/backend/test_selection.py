"""The backend room finds its functions, imports late and can do without."""

import importlib
import inspect
import os
import subprocess
import sys

import keras
import pytest

from keras_deep import backend
from keras_deep.layers.grouped_conv import GroupedConv2D
from keras_deep.layers.normalization import BatchNormalization
from tests.support.equality import assert_near
from tests.support.equality import normal

MODULES = ("tensorflow", "jax")


def module(name):
    return importlib.import_module(f"keras_deep.backend.{name}")


def test_modules_have_the_same_functions():
    signatures = [
        {
            name: inspect.signature(function)
            for name, function in inspect.getmembers(
                module(name), inspect.isfunction
            )
            if not name.startswith("_")
        }
        for name in MODULES
    ]
    assert signatures[0] == signatures[1]
    assert set(signatures[0]) <= set(dir(backend))


@pytest.mark.parametrize("name", MODULES)
def test_functions_are_those_of_the_running_backend(monkeypatch, name):
    monkeypatch.setattr(keras.backend, "backend", lambda: name)
    assert backend.slow_groups is module(name).slow_groups
    assert backend.fused_batch_norm is module(name).fused_batch_norm


def test_unknown_name_is_refused():
    with pytest.raises(AttributeError, match="no attribute 'scann'"):
        _ = backend.scann


@pytest.mark.parametrize("name", ("numpy", "torch", "openvino"))
def test_other_backends_take_the_way_of_keras(rng, monkeypatch, name):
    x = normal(rng, (2, 5, 5, 4))
    expected = (
        keras.layers.BatchNormalization()(x, training=True),
        keras.layers.Conv2D(4, 3, groups=2, kernel_initializer="ones")(x),
    )
    monkeypatch.setattr(keras.backend, "backend", lambda: name)
    assert backend.slow_groups() is None
    outputs = (
        BatchNormalization()(x, training=True),
        GroupedConv2D(4, 3, groups=2, kernel_initializer="ones")(x),
    )
    assert_near(outputs, expected, 0.0)


def test_importing_the_room_imports_no_framework():
    """The other framework may be absent, and its module still be read."""
    others = [other for other in MODULES if other != keras.backend.backend()]
    code = (
        # Keras looks for some frameworks itself, where they are installed.
        "import keras, sys; before = set(sys.modules)\n"
        "import keras_deep.backend.tensorflow, keras_deep.backend.jax\n"
        f"sys.exit(bool(set({others}) & set(sys.modules) - before))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], env=os.environ, capture_output=True
    )
    assert result.returncode == 0, result.stderr.decode()
