"""The command line as a user runs it: files, messages, exit codes.

In another process, where that makes a difference.
"""

import json
import signal
import time

import keras
import numpy as np
import pytest
from PIL import Image

import keras_deep
from tests.support.backends import only_tensorflow
from tests.support.command_line import run
from tests.support.command_line import run_both
from tests.support.command_line import run_here
from tests.support.command_line import start

SMALL = ["DenseNetBC", "--blocks", "(1, 1)", "--growth-rate", "4"]
DIGITS = ["--data", "digits"]

pytestmark = [
    pytest.mark.xdist_group("cli"),
    only_tensorflow("The exports of the command line are TensorFlow's."),
]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cli")
    options = ["--epochs", "2", "--seed", "5", "--output", "run"]
    output = run("train", *SMALL, "--data", "digits", *options, folder=folder)
    assert "test accuracy" in output and "epoch 2/2" in output
    return folder


def test_train_writes_what_config_repeats_bit_for_bit(trained):
    again = ["--config", "run/result.json", "--output", "again"]
    run_here("train", *again, folder=trained)
    first, second = (
        keras.models.load_model(trained / name / "best.keras").get_weights()
        for name in ("run", "again")
    )
    for a, b in zip(first, second):
        np.testing.assert_array_equal(a, b)
    results = [
        json.loads((trained / name / "result.json").read_text())
        for name in ("run", "again")
    ]
    for result in results:
        for key in ("seconds", "seconds_per_step"):
            assert result["training"]["result"].pop(key) > 0
    assert results[0] == results[1]


def test_train_refuses_to_overwrite(trained):
    before = (trained / "run/result.json").read_bytes()
    error = run(
        "train", *SMALL, *DIGITS, "--output", "run", folder=trained, code=1
    )
    assert "which holds result.json" in error.replace("\n", " ")
    assert "Traceback" not in error
    assert (trained / "run/result.json").read_bytes() == before


def test_evaluate_export_and_predict(trained):
    result = json.loads((trained / "run/result.json").read_text())
    accuracy = result["training"]["result"]["test_accuracy"]
    output = run_here("evaluate", "run/best.keras", folder=trained)
    assert f"{accuracy:.4f}" in output

    output = run_here("export", "run/best.keras", "served", folder=trained)
    assert "served/1" in output
    pixels = np.zeros((8, 8), "uint8")
    pixels[1:7, 3:5] = 255
    Image.fromarray(pixels).save(trained / "one.png")
    tables = [
        run_here("predict", model, "one.png", "--top", "2", folder=trained)
        for model in ("run/best.keras", "served")
    ]
    assert tables[0] == tables[1]
    assert "one.png" in tables[0]
    error = run_here("predict", "served", "none.png", folder=trained, code=1)
    assert "none.png" in error


def test_evaluate_of_several_models_adds_their_mean(trained):
    paths = ["run/best.keras", "other.keras"]
    other = keras_deep.load(trained / paths[0])
    rng = np.random.default_rng(0)
    other.set_weights([w * rng.uniform(0.5, 2) for w in other.get_weights()])
    keras_deep.save(other, trained / paths[1], overwrite=True)
    output = run_here("evaluate", *paths, folder=trained)
    models = [keras_deep.load(trained / path) for path in paths]
    right, images = 0, 0
    for x, y in keras_deep.data.load("digits").test:
        mean = sum(keras.ops.convert_to_numpy(m(x)) for m in models) / 2
        right += np.sum(mean.argmax(-1) == np.asarray(y))
        images += len(y)
    rows = [
        line.split("│")[1:-1] for line in output.splitlines() if "│" in line
    ]
    rows = {row[0].strip(): row[1:] for row in rows}
    assert list(rows) == [*paths, "mean of the probabilities"]
    mean = [cell.strip() for cell in rows["mean of the probabilities"]]
    assert f"{right / images:.4f}" in mean


def test_interrupt_leaves_a_checkpoint(tmp_path):
    options = ["--epochs", "500", "--output", "run"]
    process = start("train", *SMALL, *DIGITS, *options, folder=tmp_path)
    for _ in range(600):
        if (tmp_path / "run/best.keras").exists():
            break
        time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=120)
    assert process.returncode == 130, error
    assert "Traceback" not in error
    said = " ".join(error.split())
    assert "Stopped after step" in said and "--force" in said
    assert "`keras-deep evaluate run/last.keras`" in said
    model = keras.models.load_model(tmp_path / "run/last.keras")
    assert model.output_shape == (None, 10)
    assert not (tmp_path / "run/result.json").exists()


def test_a_loss_of_nan_is_one_message_and_a_failure(tmp_path):
    options = ["--learning-rate", "1e30", "--schedule", "constant"]
    options += ["--epochs", "2", "--output", "run"]
    error = run("train", *SMALL, *DIGITS, *options, folder=tmp_path, code=1)
    assert "Traceback" not in error
    said = " ".join(error.split())
    assert "Expected finite losses" in said and "--learning-rate" in said
    assert not (tmp_path / "run/best.keras").exists()
    assert not (tmp_path / "run/result.json").exists()


def test_list_and_show(tmp_path):
    output = run_here("list", "ResNet5*", folder=tmp_path)
    assert "ResNet50V2" in output and "25.6 M" in output
    assert "ResNet18" not in output
    filters = ["--family", "PlainNet", "--dataset", "imagenet"]
    output = run_here("list", *filters, "--kind", "image", folder=tmp_path)
    names = [line.split()[0] for line in output.splitlines() if "Net" in line]
    assert names == keras_deep.list_models(
        family="PlainNet", dataset="imagenet", kind="image"
    )
    words = ["show", "CifarResNet", "--depth", "110", "--draw", "a.svg"]
    output = run_here(*words, folder=tmp_path)
    assert "1,727,962" in output and "6.43" in output
    assert (tmp_path / "a.svg").read_text().startswith("<?xml")
    assert "Published weights" not in output  # None are known.
    output = run_here("show", "ResNet18", folder=tmp_path)
    row = next(x for x in output.splitlines() if "IMAGENET1K_V1" in x)
    assert row.split() == [
        "torchvision://ResNet18_Weights.IMAGENET1K_V1",
        *("torchvision", "30.25", "unknown"),
        *("224", "x", "224,", "crop", "0.875,", "RGB"),
    ]


def test_train_refuses_a_result_of_a_newer_format(tmp_path):
    (tmp_path / "new.json").write_text('{"format": 2, "builder": "X"}')
    error = run_here("train", "--config", "new.json", folder=tmp_path, code=1)
    assert "format=2. Update the package" in " ".join(error.split())


@pytest.mark.parametrize(
    "words, message",
    [
        (["show", "ResNet5"], "'ResNet50'"),
        (["show", "ResNet", "--dept", "18"], "Did you mean '--depth'"),
        (["train", "ResNet18", "--data", "digit"], "Did you mean 'digits'"),
        (["train"], "Expected the name of a model"),
        (["evaluate", "none.keras"], "does not exist"),
        (["list", "--family", "Resnet"], "Did you mean 'ResNet'"),
    ],
)
def test_errors_are_one_message_with_the_way_out(words, message, tmp_path):
    error = run_here(*words, folder=tmp_path, code=1)
    assert message in " ".join(error.split())


def test_nothing_of_tensorflow_is_on_the_terminal(tmp_path, monkeypatch):
    monkeypatch.delenv("TF_CPP_MIN_LOG_LEVEL", raising=False)
    words = ["show", "CifarResNet", "--depth", "8"]
    output, error = run_both(*words, folder=tmp_path)
    assert "75,290" in output and error == ""
