"""Whose weights load into which models: one file for each family.

A file is named as the family's module in `keras_deep.models` and has
`ORIGINS`, a tuple of `Origin`; of two that know all names of a file of
weights, the first counts. A family without published weights has no file.
"""

import importlib
import importlib.util

from keras_deep.models.families import FAMILIES


def _collected():
    for family in FAMILIES:
        name = f"{__name__}.{family}"
        if importlib.util.find_spec(name):
            yield from importlib.import_module(name).ORIGINS


ORIGINS = tuple(_collected())
