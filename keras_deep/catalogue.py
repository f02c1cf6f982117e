"""What is known of every model before Keras is imported.

It stands in `catalogue.json`, which `tools/generate` writes.
"""

import functools
import json
import pathlib


@functools.cache
def models():
    """Returns a dict of the names of all models to their records."""
    return _read()["models"]


@functools.cache
def _read():
    path = pathlib.Path(__file__).with_name("catalogue.json")
    return json.loads(path.read_text())
