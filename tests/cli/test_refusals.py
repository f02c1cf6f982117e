"""Wrong values are refused with one message, early, and leave nothing."""

import hashlib
import json
import os
import subprocess
import sys
import zipfile

import keras
import numpy as np
import pytest
from PIL import Image

import keras_deep
from keras_deep.utils.errors import Terminated
from tests.support.command_line import ROOT
from tests.support.command_line import run_here

pytestmark = [
    pytest.mark.xdist_group("cli"),
    pytest.mark.skipif(
        keras.backend.backend() != "tensorflow",
        reason="The command line is tested on TensorFlow.",
    ),
]
SMALL = ["--blocks", "(1,1)", "--growth-rate", "4"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Files of every wrong kind beside a model and an image."""
    folder = tmp_path_factory.mktemp("refusals")
    model = keras_deep.DenseNetBC(
        blocks=(1, 1), growth_rate=4, input_shape=(8, 8, 1)
    )
    keras_deep.card(model).preprocessing = {
        "shape": [8, 8, 1],
        "mean": [128.0],
        "std": [64.0],
        "resize": "stretch",
    }
    keras_deep.save(model, folder / "model.keras")
    inputs = keras.Input((9, 7, 3))
    ends = [keras.layers.Flatten()(inputs), keras.layers.Flatten()(inputs)]
    keras.Model(inputs, ends[0]).save(folder / "shape.keras")
    keras.Model(inputs, ends).save(folder / "two.keras")
    Image.fromarray(np.zeros((8, 8), "uint8")).save(folder / "image.png")
    (folder / "text.png").write_text("no image")
    (folder / "folder").mkdir()
    (folder / "empty.keras").write_bytes(b"")
    whole = (folder / "model.keras").read_bytes()
    (folder / "half.keras").write_bytes(whole[: len(whole) // 2])
    damaged = bytearray(whole)
    damaged[5000:5400] = bytes(400)
    (folder / "damaged.keras").write_bytes(damaged)
    with zipfile.ZipFile(folder / "other.keras", "w") as archive:
        archive.writestr("a", "b")
    return folder


TRAIN = ["train", "DenseNetBC", *SMALL, "--data", "digits", "--output", "run"]
SAME = [*SMALL, "--input-shape", "(8, 8, 1)"]
CONVERT = ["convert", "model.keras", "--to", "DenseNetBC", "-o"]


@pytest.mark.parametrize(
    "words, message",
    [
        (["predict", "none.keras", "image.png"], "'none.keras', which does"),
        (["predict", "folder", "image.png"], "'folder', a folder without"),
        (["predict", "text.png", "image.png"], "which is a zip archive"),
        (["predict", "empty.keras", "image.png"], "which is a zip archive"),
        (["predict", "half.keras", "image.png"], "which is a zip archive"),
        (["predict", "damaged.keras", "image.png"], "which is damaged: "),
        (["predict", "other.keras", "image.png"], "'other.keras' with ['a']"),
        (["predict", "model.keras", "none.png"], "'none.png', which does not"),
        (["predict", "model.keras", "folder"], "'folder', which is a folder"),
        (["predict", "model.keras", "text.png"], "Expected 'text.png' to be"),
        (["evaluate", "none.keras"], "'none.keras', which does not exist"),
        (["evaluate", "model.keras"], "`--data` to be the name of a data set"),
        (
            ["evaluate", "shape.keras", "--data", "digits"],
            "(9, 7, 3) to (189,)",
        ),
        (["evaluate", "two.keras", "--data", "digits"], "of shape (8, 8, 1)"),
        (["predict", "shape.keras", "image.png"], "whose card has the prepr"),
        (["predict", "two.keras", "image.png"], "whose card has the prepr"),
        (["evaluate", "model.keras", "--split", "tset"], "mean 'test'?"),
        (
            ["evaluate", "model.keras", "--data", "digit"],
            "Expected `--data` to be one of ['cifar10'",
        ),
        (
            ["evaluate", "model.keras", "--data", "digits", "--data-dir", "no"],
            "Expected no `--data-dir` for 'digits'",
        ),
        (["export", "none.keras", "served"], "'none.keras', which does not"),
        (["export", "model.keras", "image.png"], "'image.png', which is a fi"),
        (["export", "model.keras", "image.png/a"], "where 'image.png' is a fi"),
        (["export", "model.keras", "/proc/a"], "'/proc/a': No such file"),
        (["export", "half.keras", "new/served"], "which is a zip archive"),
        ([*TRAIN[:-1], "image.png"], "`--output` to be a folder"),
        ([*TRAIN[:-1], "image.png/a/b"], "where 'image.png' is a file"),
        ([*TRAIN, "--precision", "float31"], "`--precision` to be a dtype pol"),
        ([*TRAIN, "--precision", "int32"], "`--precision` to be a dtype pol"),
        ([*TRAIN, "--precision", "mixed_bfloat61"], "Did you mean 'mixed_bf"),
        ([*TRAIN, "--schedule", "cosin"], "Did you mean 'cosine'"),
        ([*TRAIN, "--learning-rate", "nan"], "Received: --learning-rate nan"),
        ([*TRAIN, "--seed", "-1"], "`--seed` to be an int in [0, 2**32)"),
        ([*TRAIN, "--depth", "abc"], "`--depth` to be an int"),
        ([*TRAIN, "--dept", "40"], "Did you mean '--depth'"),
        ([*TRAIN, "--data-dir", "folder"], "Expected no `--data-dir` for"),
        ([*TRAIN, "--image-size", "4"], "'digits' with images of 4 x 4"),
        (["train", "--config", "none.json"], "'none.json', which does not"),
        (["train", "--config", "folder"], "'folder', which is a folder"),
        (["train", "--config", "text.png"], "Expected the JSON of a card in"),
        (["train", "--dept", "20", "ResNet20"], "Did you mean '--depth'"),
        (["train", "--depth", "ResNet20"], "Received: --depth ResNet20"),
        (["train", "IRNN", "--data", "digits"], "a model of images"),
        (["train", "densenetbc"], "mean 'DenseNetBC'"),
        ([*CONVERT, "a.h5"], "`--output` to end in .keras"),
        ([*CONVERT, "image.png/a.keras"], "where 'image.png' is a file"),
        ([*CONVERT, "/proc/a/b.keras", *SAME], "'/proc/a': No such file"),
        ([*CONVERT, "a.keras", "--prototxt", "no"], "'no', which does not"),
        ([*CONVERT, "a.keras", "--reference", "no"], "'no', which does not"),
        ([*CONVERT, "a.keras", "--image", "folder"], "which is a folder"),
        ([*CONVERT, "a.keras", "--blocks", "3"], "`--blocks` to be a sequence"),
        ([*CONVERT, "a.keras", "--verify", *SMALL], "a file of Keras"),
        (["show", "ResNet18", "--draw", "a.pdf"], "ends in .png or .svg"),
        (["show", "ResNet18", "--draw", "image.png"], "Pass `--force`"),
        (
            ["show", "ResNet18", "--draw", "image.png/a.png"],
            "Expected `--draw` to",
        ),
        (["show", "CifarResNet", "--depth", "21"], "Received: --depth 21"),
        (["show", "CifarResNet", "--convention", "[]"], "`--convention` of"),
        (["show", "CifarResNet", "--input-shape", "abc"], "`--input-shape` to"),
        (["show", "CifarResNet", "--input-shape", "32"], "`--input-shape` to"),
        (["show", "CifarResNet", "--shortcut", "[]"], "`--shortcut` to be one"),
        (
            ["show", "CifarResNet", "--classifier-activation", "softmx"],
            "`--classifier-activation` to be an activation of Keras",
        ),
        (["list", "ResNt50"], "Did you mean 'ResNet50'"),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, list) else "",
)
def test_a_wrong_value_is_one_message_and_leaves_nothing(
    words, message, folder
):
    before = sorted(folder.rglob("*"))
    error = run_here(*words, folder=folder, code=1)
    text = " ".join(error.split())
    assert text.startswith("Error: Expected ") and message in text
    assert text.count("Error") == 1 and "Errno" not in text
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize(
    "words",
    [
        ["evaluate", "model.keras", "--batch-size", "0"],
        ["evaluate", "model.keras", "--batch-size", "1.5"],
        ["predict", "model.keras"],
        ["predict", "model.keras", "image.png", "--tpo", "2"],
        ["predict", "model.keras", ""],
        ["export", "model.keras", ""],
        ["export", "model.keras", "served", "--version", "0"],
        [*TRAIN, "--epochs", "0"],
        [*TRAIN, "--seed", "x"],
        ["train", "DenseNetBC", "--data="],
        ["show"],
        [*CONVERT, "a.keras", "--time-limit", "0"],
    ],
    ids=" ".join,
)
def test_words_that_make_no_command_end_with_2(words, folder):
    before = sorted(folder.rglob("*"))
    error = run_here(*words, folder=folder, code=2)
    assert "Error" in error and "Traceback" not in error
    assert sorted(folder.rglob("*")) == before


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
    def export(self, path, **options):
        path.mkdir()
        raise OSError("something")

    monkeypatch.setattr(keras.Model, "export", export)
    error = run_here("export", "model.keras", "a/b/c", folder=folder, code=1)
    assert "something" in error
    assert not (folder / "a").exists()
