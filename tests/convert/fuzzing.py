"""The functions of tools/fuzz, which has no suffix, as the module `fuzz`."""

import importlib.machinery
import importlib.util
import pathlib

_PATH = pathlib.Path(__file__).parents[2] / "tools/fuzz"
_LOADER = importlib.machinery.SourceFileLoader("fuzz", str(_PATH))
fuzz = importlib.util.module_from_spec(
    importlib.util.spec_from_loader("fuzz", _LOADER)
)
_LOADER.exec_module(fuzz)
