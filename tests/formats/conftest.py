"""The tests of this folder need no Keras."""

import pytest


@pytest.fixture(autouse=True)
def reproducible():
    """Takes the place of the fixture that seeds Keras and restores it."""
