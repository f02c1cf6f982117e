"""Refused before Keras is imported, and what an end leaves behind."""

import hashlib
import importlib
import json
import os
import subprocess
import sys

import pytest

from keras_deep.utils.errors import Terminated
from tests.support.backends import only_tensorflow
from tests.support.command_line import ROOT
from tests.support.command_line import run_here

pytestmark = [
    pytest.mark.xdist_group("cli"),
    only_tensorflow("The command line is tested on TensorFlow."),
]
SMALL = ["--blocks", "(1,1)", "--growth-rate", "4"]
TRAIN = ["train", "DenseNetBC", *SMALL, "--data", "digits", "--output", "run"]
CONVERT = ["convert", "model.keras", "--to", "DenseNetBC", "-o"]


@pytest.fixture(scope="module")
def folder(wrong_files):
    return wrong_files


QUICK = """
import sys
from keras_deep.cli import main
sys.argv[1:] = {words}
try:
    main()
except SystemExit as end:
    assert end.code == 1, end.code
assert "keras" not in sys.modules, "Keras was imported."
"""


@pytest.mark.parametrize(
    "words",
    [
        [*TRAIN, "--precision", "float31"],
        [*TRAIN[:-1], "model.keras"],
        ["tune", "DenseNetBC", "--data", "digits", "--dept", "22"],
        ["predict", "model.keras", "none.png"],
        ["export", "model.keras", "image.png"],
        [*CONVERT, "a.keras", "--image", "none.png"],
    ],
    ids=" ".join,
)
def test_what_needs_no_model_is_refused_before_keras_is_there(words, folder):
    done = subprocess.run(
        [sys.executable, "-c", QUICK.format(words=words)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith("Error: Expected ")


def test_what_may_not_be_read_or_written_is_said(folder, monkeypatch):
    """As another user than root, whom nothing is forbidden."""

    monkeypatch.setattr(os, "access", lambda path, mode: not mode & os.W_OK)
    error = run_here("show", "VGG16", "--draw", "a.png", folder=folder, code=1)
    assert "`--draw` to be where files can be written" in " ".join(
        error.split()
    )
    error = run_here("export", "model.keras", "new", folder=folder, code=1)
    assert "'new', where '.' does not allow it" in " ".join(error.split())

    monkeypatch.setattr(os, "access", lambda path, mode: not mode & os.R_OK)
    words = ["convert", "model.keras", "--to", "DenseNetBC"]
    error = run_here(*words, folder=folder, code=1)
    assert "'model.keras', which may not be read" in error
    monkeypatch.undo()

    def load(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("keras_deep.export.loading.load", load)
    words = ["predict", "model.keras", "image.png"]
    error = run_here(*words, folder=folder, code=1)
    assert "Received: 'model.keras': Permission denied." in error


def test_weights_that_a_run_started_from_must_be_the_same(folder, tmp_path):
    """Before Keras builds anything from another file of that name."""
    path = folder / "model.keras"
    card = {
        "builder": "DenseNetBC",
        "weights": {"source": str(path), "sha256": "0" * 64},
        "training": {"config": {}, "data": {"name": "digits"}},
    }
    (tmp_path / "result.json").write_text(json.dumps(card))
    words = ["train", "--config", "result.json"]
    error = run_here(*words, folder=tmp_path, code=1)
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    assert f"is {'0' * 64}. Received: a file with {found}" in error
    assert "`--weights`" in error and str(path) in error
    # Another file is no mistake where the user names it.
    words += ["--weights", "none.pth", "--output", "run"]
    error = run_here(*words, folder=tmp_path, code=1)
    assert "'none.pth', where there is none" in error


def test_the_codes_of_a_stopped_training(folder, monkeypatch):
    for kind, code in [(KeyboardInterrupt, 130), (Terminated, 143)]:

        def fit(*arguments, kind=kind, **options):
            raise kind("Stopped. Pass `overwrite=True` (`--force`).")

        monkeypatch.setattr("keras_deep.training.fit", fit)
        error = run_here(*TRAIN, folder=folder, code=code)
        assert error.strip() == "Stopped. Pass `--force`."


def test_a_failure_while_writing_leaves_no_folder(folder, monkeypatch):
    def write(network, model, path, *options):
        path.mkdir()
        raise OSError("something")

    module = importlib.import_module("keras_deep.export.saved_model")
    monkeypatch.setattr(module, "_write", write)
    error = run_here("export", "model.keras", "a/b/c", folder=folder, code=1)
    assert "something" in error
    assert not (folder / "a").exists()
