"""The catalogue of models, which is read without importing Keras.

`tools/generate` writes it to `catalogue.json`.
"""

import dataclasses
import functools
import json
import pathlib


@dataclasses.dataclass(frozen=True)
class Parameter:
    """A parameter of a builder.

    Args:
        help: string, its description in the docstring.
        default: string, the Python code of its default, or `None` if it is
            required.
        keyword_only: bool.
    """

    help: str
    default: str | None = None
    keyword_only: bool = False


@dataclasses.dataclass(frozen=True)
class Model:
    """A registered model.

    Args:
        builder: string, the name of the builder, also for a variant.
        module: string, such as `"models.resnet"`.
        family: string, such as `"ResNet"`.
        kind: string: `"image"`, `"sequence"`, ...
        dataset: string, the data set that the defaults are made for.
        summary: string, the first line of the docstring.
        parameters: dict of names to `Parameter`, in order.
        papers: list of pairs of title and address.
        trainable: int, trainable parameters, or `None` if unknown.
        multiply_adds: int, for one image, or `None` if unknown.
        published: list of dicts, see `keras_deep.models.published`.
    """

    builder: str
    module: str
    family: str
    kind: str
    dataset: str
    summary: str
    parameters: dict
    papers: list
    trainable: int | None
    multiply_adds: int | None
    published: list


def models():
    """Returns a dict of all models' names to `Model`."""
    return _catalogue()[0]


def datasets():
    """Returns the names of all data sets."""
    return _catalogue()[1]


def parse(text):
    """Parses the catalogue from the text of its file.

    Returns:
        Pair of the values of `models` and `datasets`.
    """
    found = json.loads(text)
    records = found["models"]
    models = {name: _model(found, records) for name, found in records.items()}
    return models, found["datasets"]


def _model(record, records):
    # A variant has only the differences from its builder.
    builder = records[record["builder"]]
    parameters = {
        name: Parameter(**{**known, **record["parameters"].get(name, {})})
        for name, known in builder["parameters"].items()
    }
    return Model(**{**builder, **record, "parameters": parameters})


@functools.cache
def _catalogue():
    path = pathlib.Path(__file__).with_name("catalogue.json")
    return parse(path.read_text())
