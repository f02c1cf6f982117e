import pytest

from tests.support.searches import write_images


@pytest.fixture(scope="session")
def images(tmp_path_factory):
    """The path of an `.npz` file of tiny images."""
    return write_images(tmp_path_factory.mktemp("images") / "images.npz")
