"""The room needs neither Keras nor a backend."""

import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).parents[2]

# The modules of the room, below an empty package in the place of
# `keras_deep`: what that imports is of no interest here.
_IMPORTS = """
import importlib, pkgutil, sys, types
sys.modules["keras_deep"] = package = types.ModuleType("keras_deep")
package.__path__ = ["keras_deep"]
room = importlib.import_module("keras_deep.formats")
for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
    importlib.import_module(module.name)
print(*sorted(sys.modules))
"""


def test_no_module_imports_keras():
    found = subprocess.run(
        [sys.executable, "-c", _IMPORTS],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    files = (ROOT / "keras_deep/formats").rglob("*.py")
    for path in files:
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        assert name.removesuffix(".__init__") in found
    packages = {module.partition(".")[0] for module in found}
    assert not packages & {"keras", "tensorflow", "jax", "torch"}
