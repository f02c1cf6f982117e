"""A folder with a SavedModel, a server of it, and what all of it needs."""

import importlib.util

import keras
import pytest

from tests.families.conftest import cifar10 as cifar10

_MISSING = [
    name
    for name in ("starlette", "uvicorn", "orjson", "tensorflow")
    if importlib.util.find_spec(name) is None
]


class _Skipped(pytest.Module):
    """A module that is not imported."""

    def _getobj(self):
        pytest.skip(
            "needs TensorFlow as backend and 'keras_deep[serve]'; missing: "
            f"{', '.join(_MISSING) or 'nothing'}",
            allow_module_level=True,
        )


def pytest_pycollect_makemodule(module_path, parent):
    if _MISSING or keras.backend.backend() != "tensorflow":
        return _Skipped.from_parent(parent, path=module_path)


@pytest.fixture(scope="session")
def kinds(tmp_path_factory):
    """A folder with the SavedModel of `Kinds` as version 1."""
    from tests.support.saved_models import save_kinds

    folder = tmp_path_factory.mktemp("kinds") / "m"
    save_kinds(folder / "1")
    return folder


@pytest.fixture(scope="module")
def client(kinds):
    """A client of a server of that folder."""
    from tests.support.serving import running

    with running(kinds) as client:
        yield client
