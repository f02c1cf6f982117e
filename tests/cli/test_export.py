"""`keras-deep export` to files."""

import pytest

import keras_deep
from tests.support.backends import only_tensorflow
from tests.support.cards import with_needs
from tests.support.command_line import run_here
from tests.support.small import small_model

pytestmark = [
    pytest.mark.xdist_group("cli"),
    only_tensorflow("The exports of the command line are TensorFlow's."),
    # What the converters of others warn of.
    pytest.mark.filterwarnings("default"),
]
NEEDS = {
    "shape": [8, 8, 1],
    "mean": [80.0],
    "std": [60.0],
    "resize": "stretch",
}


@pytest.fixture
def folder(tmp_path):
    model = small_model("CifarResNet", input_shape=(8, 8, 1), classes=10)
    keras_deep.save(with_needs(model, NEEDS), tmp_path / "model.keras")
    return tmp_path


def export(folder, *words, code=0):
    output = run_here("export", "model.keras", *words, folder=folder, code=code)
    return " ".join(output.split())


def test_the_ending_says_the_format(folder):
    output = export(folder, "a.keras")
    assert "Wrote a.keras" in output and "100.0 %" in output
    size = (folder / "a.keras").stat().st_size
    assert f"{size:,}" in output
    error = export(folder, "a.keras", code=1)
    assert "which exists. Pass `--force` to replace it." in error
    assert "Wrote a.keras" in export(folder, "a.keras", "--force")


def test_signatures_are_printed(folder):
    output = export(folder, "served", "--classify", "--top", "3")
    assert "with classify, serving_bytes, serving_default" in output
    output = export(folder, "served", "--features", "features")
    assert "served/2" in output


def test_int8_on_a_data_set(folder):
    pytest.importorskip("ai_edge_litert.interpreter")
    words = ("--quantize", "int8", "--calibrate", "digits")
    output = export(folder, "a.tflite", *words)
    assert "largest difference" in output and "%" in output


@pytest.mark.parametrize(
    "words, message",
    [
        (
            ["a.onnx", "--version", "3"],
            "`--version` with `--format` saved",
        ),
        (["a.keras", "--force", "--top", "2"], "Received: --format keras"),
        (["a", "--quantize", "int8"], "`--format` litert only"),
        (["a.tflite", "--quantize", "int8"], "Received: no data set"),
        (["a.tflite", "--calibrate", "digits"], "--calibrate without int8"),
        (["a.onnx", "--data-dir", "b"], "`--data-dir` with `--calibrate` only"),
        (["a", "--format", "onxn"], "Did you mean 'onnx'"),
        (["no/such/model.keras/a.onnx"], "`path` to be a path in a folder"),
    ],
)
def test_wrong_options_are_refused_early(folder, words, message):
    (folder / "no").write_text("a file")
    assert message in export(folder, *words, code=1)
