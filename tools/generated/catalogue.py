"""Makes `keras_deep/catalogue.json`, the registry without importing Keras."""

import inspect
import json

from generated.docstrings import help_of
from generated.docstrings import summary_of
from keras_deep.data import list_datasets
from keras_deep.models.published import papers
from keras_deep.models.published import published
from keras_deep.models.published import references
from keras_deep.models.registry import entry_of
from keras_deep.models.registry import list_models
from keras_deep.models.registry import signature_of


def catalogue():
    """Returns the text of the file; see `keras_deep.catalogue`."""
    models = {name: _model(name) for name in list_models()}
    models = {
        name: _without(record, models[record["builder"]])
        for name, record in models.items()
    }
    found = {"datasets": list_datasets(), "models": models}
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


def _model(name):
    entry = entry_of(name)
    counted = next(iter(references(name)), {})
    module = entry.record.function.__module__
    return {
        "builder": entry.builder,
        "module": module.removeprefix("keras_deep."),
        "family": entry.family,
        "kind": entry.kind,
        "dataset": entry.dataset,
        "summary": summary_of(entry.build.__doc__),
        "parameters": _parameters(name),
        "papers": papers(name),
        "trainable": counted.get("trainable"),
        "multiply_adds": counted.get("multiply_adds"),
        "published": published(name),
    }


def _parameters(name):
    texts = help_of(name)
    found = {}
    for key, parameter in signature_of(name).parameters.items():
        found[key] = {"help": texts[key]}
        if parameter.default is not parameter.empty:
            found[key]["default"] = _code(parameter.default)
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY:
            found[key]["keyword_only"] = True
    return found


def _code(value):
    return getattr(value, "__name__", None) or repr(value)


def _without(record, builder):
    """Returns what is different in a variant's record."""
    if record is builder:
        return record
    return {"builder": record["builder"], **_difference(record, builder)}


def _difference(record, other):
    found = {}
    for key, value in record.items():
        if key == "parameters":
            pairs = value.items()
            value = {k: _difference(v, other[key][k]) for k, v in pairs}
            found[key] = {k: v for k, v in value.items() if v}
        elif value != other[key]:
            found[key] = value
    return found
