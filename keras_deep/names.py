"""Finds the public names of the package."""

import functools
import importlib
import pathlib
import pkgutil

from keras_deep.utils.errors import did_you_mean

FUNCTIONS = {
    "calibrate": "models.calibration.calibrate",
    "card": "models.card.card",
    "create_model": "models.registry.create_model",
    "decode_predictions": "models.classes.decode_predictions",
    "deepen": "models.deepen.deepen",
    "draw": "analysis.drawing.draw",
    "ensemble": "models.ensemble.ensemble",
    "features": "models.features.features",
    "for_inference": "models.for_inference.for_inference",
    "freeze": "models.freeze.freeze",
    "list_models": "models.registry.list_models",
    "list_weights": "convert.published_weights.list_weights",
    "load": "export.loading.load",
    "named_weights": "models.weights.named_weights",
    "predict_stochastic": "models.stochastic.predict_stochastic",
    "preprocess_input": "export.inputs.preprocess_input",
    "preprocessing_for": "models.image_needs.preprocessing_for",
    "profile": "analysis.profile.profile",
    "replace_top": "models.replace_top.replace_top",
    "save": "models.saving.save",
    "unstacked": "models.unstack.unstacked",
    # For `models`, which may not import `convert`.
    "_prepare_weights": "convert.loading.prepare",
}


@functools.cache
def rooms():
    """Returns the sorted names of the folders of the package."""
    folder = str(pathlib.Path(__file__).parent)
    modules = pkgutil.iter_modules([folder])
    return sorted(module.name for module in modules if module.ispkg)


def public_names():
    """Returns the sorted names of all models, functions and folders."""
    functions = (name for name in FUNCTIONS if not name.startswith("_"))
    return sorted([*functions, *rooms(), *_catalogue()])


def find(name):
    """Imports and returns the object with a public name.

    Raises:
        AttributeError: if there is none.
    """
    if name in FUNCTIONS:
        module, _, attribute = FUNCTIONS[name].rpartition(".")
        return getattr(_import(module), attribute)
    if name.startswith("_"):
        raise AttributeError(f"module 'keras_deep' has no attribute {name!r}")
    if name in rooms():
        return _import(name)
    return _model(name)


def _model(name):
    """Returns a builder, even if the catalogue lacks it."""
    registry = _import("models.registry")
    if name in _catalogue():
        _import(_catalogue()[name].module)
    # The registry imports Keras and all families.
    elif not name[0].isupper() or name not in registry.list_models():
        raise AttributeError(
            f"module 'keras_deep' has no attribute {name!r}."
            f"{did_you_mean(name, public_names())}",
            obj=None,  # Else tracebacks add another suggestion.
        )
    return registry.entry_of(name).build


def _catalogue():
    return _import("catalogue").models()


def _import(module):
    return importlib.import_module(f"keras_deep.{module}")
