"""The source of weights runs in a process of its own, however it ends."""

import json
import os
import pathlib
import re
import signal
import sys
import time

import numpy as np
import pytest

import keras_deep
from keras_deep import convert
from keras_deep.convert import runs
from keras_deep.convert.outputs import outputs_of
from keras_deep.convert.processes import run_apart
from keras_deep.convert.run_reference import read_named
from keras_deep.convert.run_reference import write_named
from tests.support.inverse_rules import origin_named
from tests.support.inverse_rules import pytorch_weights
from tests.support.inverse_rules import save_npz
from tests.support.inverse_rules import their_names

STUBS = pathlib.Path(__file__).parents[1] / "support/network_stubs"
SMALL = {"depth": 8, "input_shape": (8, 8, 3), "convention": "pytorchcv"}


@pytest.fixture
def stubs(monkeypatch, tmp_path):
    """Puts a PyTorch, a pytorchcv and an OpenCV of our own in the path."""
    monkeypatch.syspath_prepend(STUBS)
    monkeypatch.setenv("STUB_FOLDER", str(tmp_path))

    def does(what):
        monkeypatch.setenv("STUB_DOES", what)

    does("run")
    return does


@pytest.fixture
def converted(tmp_path):
    """A model and the checkpoint that it was loaded from."""
    origin = origin_named("CifarResNet", "pytorchcv")
    source = keras_deep.CifarResNet(**SMALL)
    path = save_npz(tmp_path / "a.pth", pytorch_weights(source, origin))
    return convert.from_pytorch(path, "CifarResNet", **SMALL), path


def _answer(model, folder, change=None):
    """Stores what the network of the stub shall give: what ours gives."""
    layers = [x.name for x in model.layers if x.weights]
    names = their_names(origin_named("CifarResNet", "pytorchcv"), layers)
    images = np.random.default_rng(1).standard_normal((2, 8, 8, 3), "float32")
    outputs = outputs_of(model, set(layers), images)
    outputs["predictions"] = np.log(outputs["predictions"])
    if change:
        outputs[change] = outputs[change] + 1
    write_named(
        folder / "answer.npz",
        {
            names[name]: y.transpose(0, 3, 1, 2) if y.ndim == 4 else y
            for name, y in outputs.items()
        },
    )
    return images


def test_a_right_network_is_equal_and_has_its_process_for_itself(
    stubs, converted, tmp_path
):
    model, path = converted
    images = _answer(model, tmp_path)
    found = convert.verify(model, path, images)
    assert found.first is None, str(found)
    # A stem, 3 blocks of 2 and 2 projections with norms, the classifier.
    assert len(found.rows) == 2 * (1 + 6 + 2) + 1
    told = json.loads((tmp_path / "told.json").read_text())
    assert told["pid"] != os.getpid()
    assert {"keras", "tensorflow", "jax"}.isdisjoint(told["modules"])
    assert told["network"] == ["resnet8_cifar10", 10]
    weights = read_named(tmp_path / "weights.npz")
    with np.load(path) as stored:
        assert set(weights) == set(stored)
        for name in weights:
            np.testing.assert_array_equal(weights[name], stored[name])


def test_a_wrong_network_is_found(stubs, converted, tmp_path):
    model, path = converted
    images = _answer(model, tmp_path, change="conv3_block1_2_bn")
    found = convert.verify(model, path, images)
    assert found.first.layer == "conv3_block1_2_bn"


def test_outputs_of_the_process_are_recorded(stubs, converted, tmp_path):
    model, path = converted
    images = _answer(model, tmp_path)
    convert.record(model, path, tmp_path / "outputs.npz", images)
    assert convert.verify(model, tmp_path / "outputs.npz").first is None


def test_a_classifier_that_starts_anew_is_not_compared(
    stubs, converted, tmp_path
):
    model, path = converted
    images = _answer(model, tmp_path)
    for other in ({"classes": 4}, {"include_top": False}):
        ours = keras_deep.CifarResNet(**SMALL, **other, weights=path)
        found = convert.verify(ours, path, images)
        assert found.first is None and len(found.rows) == 18
        told = json.loads((tmp_path / "told.json").read_text())
        assert told["network"][1] == 10


def test_only_the_network_of_a_checkpoint_is_run(stubs, converted, tmp_path):
    """A wrapper, a head of the owner's, no classifier."""
    model, path = converted
    images = _answer(model, tmp_path)
    with np.load(path) as stored:
        body = {f"net.{n}": stored[n] for n in stored if "output" not in n}
    extra = {
        "net.output.1.weight": np.ones((5, 64), "f4"),
        "loss.weight": np.ones(3, "f4"),
    }
    path = save_npz(tmp_path / "run.pth", {**body, **extra})
    ours = keras_deep.CifarResNet(**SMALL, weights=path)
    found = convert.verify(ours, path, images)
    assert found.first is None and len(found.rows) == 18
    assert len(read_named(tmp_path / "weights.npz")) == len(body)


DEATHS = {
    "abort": r"was ended by the signal SIGABRT\. Its last lines:\n.*last words",
    "kill": r"by the signal SIGKILL, perhaps for want of memory\. It wrote",
    "raise": r"exit code 1\. .*\nOSError: no such network",
    "exit": r"ended with the exit code 7\. It wrote nothing",
    "leave": r"ended with the exit code 0\. It wrote nothing",
}


@pytest.mark.parametrize("what", DEATHS)
def test_a_death_is_told_with_the_way_out(what, stubs, converted):
    model, path = converted
    stubs(what)
    with pytest.raises(ChildProcessError) as caught:
        convert.verify(model, path)
    (message,) = caught.value.args
    assert message.startswith(
        "Expected outputs of the process that runs 'resnet8_cifar10' of "
        "pytorchcv. Received: it "
    )
    assert re.search(DEATHS[what], message, re.DOTALL), message
    assert "`torch.nn.Module`" in message and "record` stored" in message


def test_it_has_a_time_limit(stubs, converted, tmp_path):
    model, path = converted
    stubs("sleep")
    start = time.monotonic()
    with pytest.raises(TimeoutError, match="within 3 seconds.*was ended"):
        convert.verify(model, path, time_limit=3)
    assert time.monotonic() - start < 30
    pid = int((tmp_path / "pid").read_text())
    with pytest.raises(ProcessLookupError):
        os.kill(pid, signal.SIG_DFL)


def test_a_caffe_net_runs_in_a_process_too(stubs, tmp_path):
    images = np.ones((1, 2, 2, 3), "float32")
    request = {
        "prototxt": "net.prototxt",
        "caffemodel": "net.caffemodel",
        "layers": ["conv1/7x7_s2", "none"],
    }
    found = run_apart(request, images)
    # The stub gives the images that it was given.
    (name,) = found
    assert name == "conv1/7x7_s2"
    np.testing.assert_array_equal(found[name], images.transpose(0, 3, 1, 2))
    stubs("abort")
    with pytest.raises(ChildProcessError, match="'net.prototxt' with OpenCV"):
        run_apart(request, images)


def test_an_opencv_that_reads_no_caffe_nets_is_said(tmp_path, monkeypatch):
    """Version 5 does not."""
    (tmp_path / "cv2.py").write_text("class dnn: pass\n__version__ = '5.0.0'")
    monkeypatch.syspath_prepend(tmp_path)
    files = {"prototxt": "net.prototxt", "caffemodel": "net.caffemodel"}
    request = {**files, "layers": ["conv1"]}
    with pytest.raises(ImportError, match="^Expected an OpenCV.*5.0.0.*<5'"):
        run_apart(request, np.zeros((1, 2, 2, 3), "float32"))


def test_verify_runs_a_caffe_net_apart(stubs, shared, monkeypatch):
    caffe = shared / "data" / "checkpoints" / "caffe"
    files = [caffe / f"lenet_mnist.{end}" for end in ("prototxt", "caffemodel")]
    model = convert.caffe_to_keras(*files)
    stubs("abort")
    with pytest.raises(ChildProcessError, match="SIGABRT"):
        convert.verify(model, files[1], prototxt=files[0])
    monkeypatch.setattr(
        "keras_deep.convert.references.installed", lambda module: False
    )
    with pytest.raises(
        ImportError, match="Expected OpenCV.* 'opencv-python-headless<5'"
    ):
        convert.verify(model, files[1], prototxt=files[0])


def test_a_ready_module_runs_here(stubs, converted, tmp_path, monkeypatch):
    import torch
    from pytorchcv.model_provider import get_model

    model, _ = converted
    images = _answer(model, tmp_path)
    monkeypatch.setattr(runs, "run_apart", None)
    assert torch.__file__.startswith(str(STUBS))
    found = convert.verify(model, get_model("a", num_classes=10), images)
    assert found.first is None and len(found.rows) == 19


@pytest.fixture(autouse=True)
def forget_stubs():
    """Takes away what a test has imported from the folder of stubs."""
    yield
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", "")).startswith(str(STUBS)):
            del sys.modules[name]
