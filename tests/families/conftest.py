"""What the tests of all families need."""

import importlib.util

import pytest

pytest.register_assert_rewrite(
    "tests.support.goldens", "tests.support.checkpoints"
)


@pytest.fixture(scope="session")
def cifar10(shared):
    """The 10,000 test images and labels."""
    path = shared / "data" / "tools" / "load_data.py"
    spec = importlib.util.spec_from_file_location("load_data", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.load_sheet(shared / "data" / "cifar10" / "test.npz")
