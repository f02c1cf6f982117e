"""What the tools write: the generated files, and the rows of counts."""

import dataclasses
import importlib
import json
import os
import pathlib
import subprocess
import sys

import pytest

from keras_deep import catalogue
from keras_deep.models.registry import entry_of
from keras_deep.models.registry import signature_of

ROOT = pathlib.Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "keras_deep" / "models" / "reference"


@pytest.fixture
def tool(monkeypatch):
    """A function that imports one of the tools' modules."""
    monkeypatch.syspath_prepend(ROOT / "tools")
    return importlib.import_module


def test_generated_files_are_those_of_the_registry():
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "generate", "--check"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_the_catalogue_has_the_parameters_of_variants():
    model = catalogue.models()["DenseNet161"]
    assert model.builder == "DenseNetBC" and model.module == "models.densenet"
    for name, parameter in signature_of("DenseNet161").parameters.items():
        found = model.parameters[name]
        assert found.default == repr(parameter.default)
        assert found.keyword_only == (parameter.kind is parameter.KEYWORD_ONLY)
    assert [*model.parameters] == [*signature_of("DenseNet161").parameters]
    assert "(224, 224, 3)" in model.parameters["input_shape"].help
    # What stands in the docstring of another builder.
    text = catalogue.models()["PlainNet18"].parameters["stack"].help
    assert text.startswith("`True` to compute the equal blocks")


def test_the_stub_and_the_readme_have_what_the_catalogue_has(tool):
    records = {"Wonder": catalogue.models()["ResNet18"]}
    text = tool("generated.stub").stub(records)
    assert "def Wonder(\n    depth: int = 18,\n" in text
    assert '    shortcut: Any = "B",\n' in text
    assert "    include_top: bool = True,\n" in text
    old = (ROOT / "README.md").read_text()
    text = tool("generated.readme").readme(old, records)
    assert "\n| `Wonder` | 11,689,512 | 1.81 G | [Deep" in text
    assert "`ResNet20` |" not in text and "## Benchmarks" in text
    with pytest.raises(ValueError, match="table of models"):
        tool("generated.readme").readme("No table.", records)


def test_a_model_without_counts_or_paper_has_dashes(tool):
    model = catalogue.models()["ResNet18"]
    bare = dataclasses.replace(
        model, trainable=None, multiply_adds=None, papers=[]
    )
    text = tool("generated.readme").readme(
        (ROOT / "README.md").read_text(), {"Wonder": bare}
    )
    assert "\n| `Wonder` | -  | -  |  |\n" in text


def test_a_docstring_without_an_argument_is_refused(tool, monkeypatch):
    build = entry_of("ResNet18").build
    text = build.__doc__.replace("    shortcut: ", "    shortcuts: ")
    monkeypatch.setattr(build, "__doc__", text)
    with pytest.raises(ValueError, match="docstring of ResNet18"):
        tool("generated.docstrings").help_of("ResNet18")


@pytest.fixture
def source(shared):
    text = (shared / "reference" / "reference.json").read_text()
    return {row["id"]: row for row in json.loads(text)["rows"]}


@pytest.mark.parametrize(
    "path", sorted(REFERENCE.glob("*.json")), ids=lambda path: path.stem
)
def test_rows_of_counts_are_those_of_their_source(path, source, tool, tmp_path):
    rows = json.loads(path.read_text())
    keys = ("id", "model", "arguments")
    bare = [
        {key: row[key] for key in keys} if row["id"] in source else row
        for row in rows  # Others were counted by a formula.
    ]
    copy = tmp_path / path.name
    copy.write_text(json.dumps(bare))
    assert tool("update_reference").refresh(copy, source) == len(rows)
    assert copy.read_bytes() == path.read_bytes()


def test_a_row_that_the_source_lacks_is_refused(tool, tmp_path):
    path = tmp_path / "resnet.json"
    path.write_text('[{"id": "resnet7", "model": "ResNet", "arguments": {}}]')
    before = path.read_text()
    with pytest.raises(SystemExit, match="ids in resnet.json .*'resnet7'"):
        tool("update_reference").refresh(path, {"resnet18": {}})
    assert path.read_text() == before


@pytest.mark.parametrize("source", ["formula: 2 * 3", "counted: x.py; y"])
def test_a_row_of_no_other_source_stays(tool, tmp_path, source):
    row = {"id": "x", "model": "X", "source": source, "total": 6}
    path = tmp_path / "x.json"
    path.write_text(json.dumps([row]))
    assert tool("update_reference").refresh(path, {}) == 1
    assert json.loads(path.read_text()) == [row]
