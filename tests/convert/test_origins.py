"""The rules of all families together; what each one says, its tests check."""

import importlib
import pkgutil

from keras_deep.convert import origins
from keras_deep.convert.families import family_of
from keras_deep.convert.origins import ORIGINS


def test_every_origin_names_conventions_of_its_family():
    for known in ORIGINS:
        assert known.format in ("pytorch", "caffe", "keras")
        for builder, needed in known.networks.items():
            table = family_of(builder, needed).conventions
            assert set(known.conventions) <= set(table)


def test_every_file_of_origins_belongs_to_a_family():
    """A file under another name than its family's would be left out."""
    found = set()
    for module in pkgutil.iter_modules(origins.__path__):
        file = importlib.import_module(f"{origins.__name__}.{module.name}")
        found |= set(getattr(file, "ORIGINS", ()))
    assert found == set(ORIGINS)
    assert len(found) == len(ORIGINS)
