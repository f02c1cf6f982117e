"""What an editor knows of the package, from its stub and without running it."""

import pathlib

import pytest

import keras_deep
from keras_deep.models.registry import signature_of

ROOT = pathlib.Path(__file__).resolve().parents[1]


@pytest.fixture
def editor():
    """A function that makes what an editor knows of the end of a code."""
    jedi = pytest.importorskip("jedi")
    project = jedi.Project(ROOT)
    return lambda code: jedi.Script(code, project=project)


def test_editors_complete_names_and_arguments(editor):
    for code, expected in [
        ("import keras_deep; keras_deep.ResNet5", {"ResNet50", "ResNet56"}),
        ("import keras_deep; keras_deep.list_", {"list_models"}),
        ("import keras_deep; keras_deep.layers.bottle", {"bottleneck"}),
        (
            "from keras_deep import DenseNet121; DenseNet121(gro",
            {"growth_rate="},
        ),
    ]:
        found = {completion.name for completion in editor(code).complete()}
        assert expected <= found, code


def test_editors_show_the_signatures_of_all_models(editor):
    for name in keras_deep.list_models():
        code = f"import keras_deep; keras_deep.{name}("
        (shown,) = editor(code).get_signatures()
        parameters = signature_of(name).parameters
        assert [x.name for x in shown.params] == list(parameters)
