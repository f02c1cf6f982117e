"""Every golden file is loaded by the tests of its family, or its turn comes."""

import importlib
import pathlib

import pytest

import keras_deep
from keras_deep.models.families import FAMILIES

# Golden files of families to come: the builder that will have to load them.
# A family takes its own in tests/families.
PENDING = {
    "pytorchcv.revnet38": "CifarRevNet",
}
# Golden files of networks that are none of ours, and why.
OTHERS = {
    "pytorchcv.ror3_56_cifar10": "has a block less in every stage than the "
    "paper's, and pools between stages",
}


def loaded():
    """Returns the golden files that the tests of the families check."""
    found = set()
    for family in FAMILIES:
        module = importlib.import_module(f"tests.families.test_{family}")
        for value in vars(module).values():
            found |= set(getattr(value, "goldens", ()))
    return found


def test_every_golden_file_is_loaded_or_pending(shared):
    folder = shared / "reference" / "goldens"
    files = {path.stem for path in folder.glob("*.json")}
    assert files == loaded() | set(PENDING) | set(OTHERS)


@pytest.mark.parametrize("name", PENDING)
def test_no_golden_is_pending_once_its_family_exists(name):
    exists = PENDING[name] in keras_deep.list_models()
    assert not exists or name in loaded(), (
        f"{PENDING[name]} exists: check {name} in the tests of its family."
    )


def test_every_file_of_tests_is_that_of_a_family():
    """A file under another name would check files that are not counted."""
    folder = pathlib.Path(__file__).parents[1] / "families"
    files = {path.stem.removeprefix("test_") for path in folder.glob("test_*")}
    assert files == set(FAMILIES)
