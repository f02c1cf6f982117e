"""What the tests of all families need."""

import importlib.util

import pytest

from tests.support.starts import zero_start


@pytest.fixture(scope="session")
def cifar10(shared):
    """The 10,000 test images and labels."""
    path = shared / "data" / "tools" / "load_data.py"
    spec = importlib.util.spec_from_file_location("load_data", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.load_sheet(shared / "data" / "cifar10" / "test.npz")


@pytest.fixture
def cheap_start():
    """For tests of shapes, which are the same for all weights."""
    with zero_start():
        yield
