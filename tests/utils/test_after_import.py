import importlib
import sys

import pytest

from keras_deep.utils.after_import import after_import


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package `later`, and what its import and the action append to."""
    (tmp_path / "later.py").write_text("import sys; sys.log.append('import')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path])
    monkeypatch.setattr(sys, "log", [], raising=False)
    yield tmp_path / "later.py"
    sys.modules.pop("later", None)


def act():
    sys.log.append(f"action, with {'later' in sys.modules}")


def test_waits_for_the_first_import(package):
    finders = len(sys.meta_path)
    after_import("later", act)
    # Looking for a package is no import of it.
    assert importlib.util.find_spec("later").origin == str(package)
    assert sys.log == []
    import later

    assert sys.log == ["import", "action, with True"]
    assert len(sys.meta_path) == finders
    importlib.reload(later)
    assert sys.log[2:] == ["import"]


def test_acts_at_once_after_an_import(package):
    importlib.import_module("later")
    after_import("later", act)
    assert sys.log == ["import", "action, with True"]


def test_an_import_that_failed_is_waited_for_again(package):
    text = package.read_text()
    after_import("later", act)
    package.write_text("1 / 0")
    with pytest.raises(ZeroDivisionError):
        importlib.import_module("later")
    package.write_text(text + " # another size")
    importlib.invalidate_caches()
    importlib.import_module("later")
    assert sys.log == ["import", "action, with True"]


def test_a_package_that_is_not_there_is_said_so(package):
    after_import("nowhere_to_be_found", act)
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("nowhere_to_be_found")
