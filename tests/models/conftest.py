import functools

import pytest

import keras_deep
from keras_deep.models import registry
from tests.support.frozen import build


@pytest.fixture
def own_registry(monkeypatch):
    """Lets a test register models, which are gone afterwards."""
    keras_deep.list_models()  # Registers all families.
    monkeypatch.setattr(registry, "_ENTRIES", dict(registry._ENTRIES))


@functools.cache
def _forms():
    return build(True, name="a"), build(False, name="b")


@pytest.fixture
def both_forms():
    """A stacked network and a flat one, of which nothing is frozen."""
    for model in _forms():
        keras_deep.freeze(model, "*", trainable=True)
    return _forms()


@pytest.fixture
def flat_form(both_forms):
    return both_forms[1]
