"""`keras_deep/__init__.pyi`: what editors know of the package's names."""

import ast
import textwrap

from keras_deep.names import FUNCTIONS
from keras_deep.names import rooms

_HEAD = '''"""Very deep architectures for Keras."""

import os
from typing import Any

import keras

'''
# Parameters of every kind of model, whose defaults do not tell.
_TYPES = {
    "convention": "str | None",
    "weights": "str | os.PathLike[str] | None",
    "input_shape": "tuple[int | None, ...] | None",
    "pooling": "str | None",
    "classes": "int | None",
    "name": "str | None",
}


def stub(models):
    """Returns the text of the stub of a dict of names to `Model`."""
    imports = [f"from keras_deep import {room} as {room}" for room in rooms()]
    for name, path in FUNCTIONS.items():
        if not name.startswith("_"):
            imports.append(_import(name, *path.rsplit(".", 1)))
    imports.append("from keras_deep.version import __version__ as __version__")
    builders = [_builder(name, model) for name, model in models.items()]
    return _HEAD + "\n".join(sorted(imports)) + "\n\n" + "\n".join(builders)


def _import(name, module, attribute):
    start, what = f"from keras_deep.{module} import", f"{attribute} as {name}"
    if len(f"{start} {what}") > 80:  # As Ruff formats it.
        return f"{start} (\n    {what},\n)"
    return f"{start} {what}"


def _builder(name, model):
    lines = [f"def {name}("]
    star = False
    for key, parameter in model.parameters.items():
        if parameter.keyword_only and not star:
            lines.append("    *,")
            star = True
        lines.append(f"    {_parameter(key, parameter.default)},")
    lines.append(") -> keras.Model:")
    doc = textwrap.wrap(model.summary, 70)
    end = '"""' if len(doc) == 1 else '\n    """'
    lines.append('    """' + "\n    ".join(doc) + end)
    return "\n".join(lines) + "\n"


def _parameter(key, default):
    if default is None:
        return f"{key}: {_TYPES.get(key, 'Any')}"
    try:
        value = ast.literal_eval(default)
    except ValueError:  # A function.
        return f"{key}: Any = ..."
    kind = type(value).__name__
    known = kind if kind in ("bool", "int", "float") else "Any"
    return f"{key}: {_TYPES.get(key, known)} = {_quoted(default)}"


def _quoted(code):
    """Returns Python code as the formatter writes it."""
    return code.replace("'", '"') if code.startswith("'") else code
