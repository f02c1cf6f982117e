import pytest

import keras_deep
from keras_deep.models import registry


@pytest.fixture
def own_registry(monkeypatch):
    """Lets a test register models, which are gone afterwards."""
    keras_deep.list_models()  # Registers all families.
    monkeypatch.setattr(registry, "_ENTRIES", dict(registry._ENTRIES))
