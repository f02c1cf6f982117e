"""Wrong values are refused with one message and leave nothing."""

import pytest

from tests.support.backends import only_tensorflow
from tests.support.command_line import run_here

pytestmark = [
    pytest.mark.xdist_group("cli"),
    only_tensorflow("The command line is tested on TensorFlow."),
]
SMALL = ["--blocks", "(1,1)", "--growth-rate", "4"]
TRAIN = ["train", "DenseNetBC", *SMALL, "--data", "digits", "--output", "run"]
SAME = [*SMALL, "--input-shape", "(8, 8, 1)"]
CONVERT = ["convert", "model.keras", "--to", "DenseNetBC", "-o"]


@pytest.fixture(scope="module")
def folder(wrong_files):
    return wrong_files


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
