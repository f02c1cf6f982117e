"""The implementations whose weights load into our models, by family.

A file has the name of the family's module in `keras_deep.models`, and
`ORIGINS`, a tuple of `Origin`; if several know all names in a file of weights,
the first is used. It may have `PUBLISHED`, a tuple of `PublishedWeights`. A
family without published weights has no file.
"""

import importlib
import importlib.util

from keras_deep.models.families import FAMILIES


def _files():
    for family in FAMILIES:
        name = f"{__name__}.{family}"
        if importlib.util.find_spec(name):
            yield importlib.import_module(name)


_FILES = tuple(_files())
ORIGINS = tuple(origin for file in _FILES for origin in file.ORIGINS)
PUBLISHED = tuple(
    row for file in _FILES for row in getattr(file, "PUBLISHED", ())
)
