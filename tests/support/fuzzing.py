"""Imports tools/fuzz, which has no suffix, as the module `fuzz`."""

import importlib.machinery
import importlib.util
import pathlib

_PATH = pathlib.Path(__file__).parents[2] / "tools/fuzz"
_LOADER = importlib.machinery.SourceFileLoader("fuzz", str(_PATH))
fuzz = importlib.util.module_from_spec(
    importlib.util.spec_from_loader("fuzz", _LOADER)
)
_LOADER.exec_module(fuzz)


def assert_loads_or_refuses(name, write, folder):
    """Checks that a parser loads or refuses each of 300 damaged files.

    Args:
        name: string, a parser of tools/fuzz.
        write: function that writes undamaged files to a folder.
        folder: `pathlib.Path`.
    """
    (folder / "seeds").mkdir()
    write(folder / "seeds")
    make = fuzz.damaged_files(sorted((folder / "seeds").iterdir()), seed=0)
    parse = fuzz.PARSERS[name]()
    outcomes = set()
    for index in range(300):
        suffix, content = make(index)
        path = folder / f"input{suffix}"
        path.write_bytes(content)
        outcome, text = fuzz.outcome_of(parse, path)
        assert not text, text
        outcomes.add(outcome)
    assert outcomes == {fuzz.LOADED, fuzz.REFUSED}
