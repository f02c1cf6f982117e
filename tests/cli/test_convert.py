"""`keras-deep convert` as a user runs it."""

import json
import math
import pathlib

import numpy as np
import pytest

import keras_deep
from tests.convert.weights import cifar_resnet
from tests.convert.weights import state_dict
from tests.support.backends import only_tensorflow
from tests.support.command_line import run
from tests.support.command_line import run_here
from tests.support.inverse_rules import origin_named
from tests.support.inverse_rules import pytorch_weights
from tests.support.inverse_rules import save_npz

STUBS = pathlib.Path(__file__).parents[1] / "support/network_stubs"
OUTPUTS = pathlib.Path(__file__).parents[1] / "convert" / "layer_outputs.npz"
SMALL = ["--blocks", "(2, 1)", "--block", "bottleneck"]
FREE = ["--input-shape", "(None, None, 3)"]

pytestmark = [
    pytest.mark.xdist_group("cli"),
    only_tensorflow("The command line is tested on TensorFlow."),
]


@pytest.fixture
def folder(tmp_path):
    """A folder with a checkpoint, and one with swapped kernels."""
    with np.load(OUTPUTS) as stored:
        shapes = json.loads(str(stored["state_dict"]))
        outputs = {n: stored[n] for n in stored if n != "state_dict"}
    weights = state_dict(shapes)
    np.savez(tmp_path / "right.npz", **weights)
    names = [f"features.stage1.unit{i}.body.conv2.conv.weight" for i in (1, 2)]
    weights |= {names[0]: weights[names[1]], names[1]: weights[names[0]]}
    np.savez(tmp_path / "wrong.npz", **weights)
    np.savez(tmp_path / "outputs.npz", **outputs)
    return tmp_path


def test_converts_and_verifies(folder):
    words = ["convert", "right.npz", "--to", "CifarResNet", *SMALL, *FREE]
    verify = ["--verify", "--reference", "outputs.npz"]
    output = run(*words, "-o", "a.keras", *verify, folder=folder)
    text = " ".join(output.split())
    assert "pytorchcv" in text and "conv3_block1_0_bn" in text
    assert "All 25 layers are equal" in text
    model = keras_deep.load(folder / "a.keras")
    # As `list`, `show` and the README count: without moving statistics.
    trainable = sum(math.prod(v.shape) for v in model.trainable_variables)
    assert f"{trainable:,}" in text
    assert trainable != model.count_params()
    assert f"{model.count_params():,}" not in text
    card = keras_deep.card(model)
    assert card.convention == card.weights["convention"] == "pytorchcv"
    assert card.weights["source"] == "right.npz"
    assert len(card.weights["sha256"]) == 64
    before = (folder / "a.keras").read_bytes()
    error = run_here(*words, "-o", "a.keras", folder=folder, code=1)
    assert "Pass `--force`" in " ".join(error.split())
    assert (folder / "a.keras").read_bytes() == before
    run_here(*words, "-o", "a.keras", "--force", folder=folder)


def test_writes_nothing_that_differs(folder):
    words = ["convert", "wrong.npz", "--to", "CifarResNet", *SMALL, *FREE]
    verify = ["--verify", "--reference", "outputs.npz"]
    error = run_here(*words, "-o", "a.keras", *verify, folder=folder, code=1)
    text = " ".join(error.split())
    assert "Nothing was written: conv2_block1_2_conv is the first" in text
    assert not (folder / "a.keras").exists()


@pytest.mark.parametrize(
    "words, message",
    [
        (["right.npz"], "Expected `--to` with the name of a model"),
        (["none.pth", "--to", "ResNet50"], "where there is none"),
        (["right.npz", "--to", "MnistResNet"], "look like pytorchcv's"),
        (["right.npz", "--to", "ResNt50"], "Did you mean"),
        (["right.npz", "--to", "ResNet50", "-o", "a.h5"], "end in .keras"),
        (["hf:/a/b", "--to", "ResNet50"], "where there is none"),
        (
            ["right.npz", "--image", "a.png", "--reference", "outputs.npz"],
            "Received: both",
        ),
    ],
)
def test_errors(words, message, folder):
    error = run_here("convert", *words, folder=folder, code=1)
    assert message in " ".join(error.split())
    assert not list(folder.glob("*.keras"))


def test_the_death_of_the_source_is_told(folder, monkeypatch):
    """Its library runs in another process than TensorFlow, and crashes."""
    model = keras_deep.CifarResNet(depth=8, convention="pytorchcv")
    origin = origin_named("CifarResNet", "pytorchcv")
    save_npz(folder / "a.pth", pytorch_weights(model, origin))
    monkeypatch.setenv("STUB_FOLDER", str(folder))
    monkeypatch.setenv("STUB_DOES", "abort")
    words = ["convert", "a.pth", "--to", "CifarResNet", "--depth", "8"]
    error = run(*words, "--verify", folder=folder, code=1, path=STUBS)
    text = " ".join(error.split())
    assert "of pytorchcv. Received: it was ended by the signal SIGABRT" in text
    assert "last words" in text and "Traceback" not in text
    assert not list(folder.glob("*.keras"))


def test_another_convention_is_refused_with_the_way_out(folder):
    weights = state_dict(cifar_resnet(projections=False))
    np.savez(folder / "a.npz", **weights)
    words = ["convert", "a.npz", "--to", "CifarResNet", "--blocks", "(1, 1)"]
    convention = ["--convention", "pytorchcv"]
    error = run_here(*words, *convention, folder=folder, code=1)
    assert "`--convention paper`" in " ".join(error.split())


def test_a_caffe_net_is_converted_as_it_is(folder, shared):
    caffe = shared / "data" / "checkpoints" / "caffe"
    words = ["convert", caffe / "wechat_sr.caffemodel", "-o", "sr.keras"]
    prototxt = ["--prototxt", caffe / "wechat_sr.prototxt"]
    output = run_here(*words, *prototxt, folder=folder)
    assert "caffe_to_keras" in output and "Wrote sr.keras" in output
    card = keras_deep.card(keras_deep.load(folder / "sr.keras"))
    assert card.weights["sha256"].startswith("e5d36889d8e6")
