import pytest

from tests.support.starts import zero_start


@pytest.fixture(autouse=True)
def cheap_start():
    """Costs and drawings of a network are the same for all weights."""
    with zero_start():
        yield
