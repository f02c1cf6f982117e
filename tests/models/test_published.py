import json
import pathlib

import pytest

import keras_deep
from keras_deep.models.published import papers
from keras_deep.models.registry import entry_of

FOLDER = pathlib.Path(keras_deep.__file__).parent / "models" / "reference"
V1, V2 = (f"https://arxiv.org/abs/{x}" for x in ("1512.03385", "1603.05027"))


@pytest.mark.parametrize(
    "name, arguments, expected",
    [
        ("ResNet50", {}, [V1]),
        ("ResNet50", {"version": 2}, [V2, V1]),
        ("ResNet50V2", {}, [V2, V1]),
        ("ResNet1001V2", {"depth": 164}, [V2, V1]),
        ("MnistResNet", {}, ["https://fleuret.org/dlc/", V1]),
    ],
)
def test_papers_are_those_of_the_arguments(name, arguments, expected):
    found = papers(name, arguments)
    assert [address for _, address in found] == expected
    titles = dict((address, title) for title, address in found)
    if V2 in expected:
        assert titles[V2] == "Identity Mappings in Deep Residual Networks"


def test_every_model_has_a_paper():
    assert [n for n in keras_deep.list_models() if not papers(n)] == []


@pytest.mark.parametrize(
    "path", sorted(FOLDER.glob("*.json")), ids=lambda path: path.stem
)
def test_rows_stand_in_the_file_of_their_module(path):
    rows = json.loads(path.read_text())
    for row in rows:
        module = entry_of(row["model"]).record.function.__module__
        assert module == f"keras_deep.models.{path.stem}", row["id"]
    ids = [row["id"] for row in rows]
    assert ids and len(set(ids)) == len(ids)
