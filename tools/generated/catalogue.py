"""`keras_deep/catalogue.json`: the registry for those who have no Keras."""

from keras_deep.models.registry import entry_of
from keras_deep.models.registry import list_models


def catalogue():
    """Returns the catalogue as a dict."""
    return {"models": {name: _model(name) for name in list_models()}}


def _model(name):
    entry = entry_of(name)
    module = entry.record.function.__module__
    return {"module": module.removeprefix("keras_deep.")}
