"""Very deep architectures for Keras.

Every name is found when it is first used: the import of this package alone
imports neither Keras nor what computes.
"""

import functools
import importlib
import pkgutil

from keras_deep.utils.after_import import after_import
from keras_deep.version import __version__

_FUNCTIONS = {
    "card": "models.card.card",
    "create_model": "models.registry.create_model",
    "draw": "analysis.drawing.draw",
    "features": "models.features.features",
    "list_models": "models.registry.list_models",
    "list_weights": "convert.published_weights.list_weights",
    "load": "export.loading.load",
    "named_weights": "models.weights.named_weights",
    "preprocessing_for": "models.card.preprocessing_for",
    "profile": "analysis.profile.profile",
    "save": "models.saving.save",
    "unstacked": "models.unstack.unstacked",
    # For `models`, which may not import what stands above it.
    "_prepare_weights": "convert.loading.prepare",
}


def __getattr__(name):
    if name in _FUNCTIONS:
        module, _, attribute = _FUNCTIONS[name].rpartition(".")
        found = getattr(_import(module), attribute)
    elif name.startswith("_"):
        raise AttributeError(f"module 'keras_deep' has no attribute {name!r}")
    elif name in _rooms():
        found = _import(name)
    else:
        found = _model(name)
    globals()[name] = found
    return found


def __dir__():
    public = (name for name in _FUNCTIONS if not name.startswith("_"))
    models = _import("catalogue").models()
    return sorted({*public, *_rooms(), *models, "__version__"})


def _model(name):
    """Returns a builder, whether or not the catalogue has it already."""
    models = _import("catalogue").models()
    registry = _import("models.registry")
    if name in models:
        _import(models[name]["module"])
    # Looking through the registry imports Keras and all families.
    elif not name[0].isupper() or name not in registry.list_models():
        near = _import("utils.errors").did_you_mean(name, __dir__())
        raise AttributeError(
            f"module 'keras_deep' has no attribute {name!r}.{near}",
            obj=None,  # Else a traceback adds a near miss of its own.
        )
    return registry.entry_of(name).build


@functools.cache
def _rooms():
    return {room.name for room in pkgutil.iter_modules(__path__) if room.ispkg}


def _import(module):
    return importlib.import_module(f"keras_deep.{module}")


# What Keras loads may name our layers, whichever is imported first.
after_import("keras", lambda: _import("saved_objects"))
