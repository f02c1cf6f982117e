"""Every example runs: with the command in its first lines, or as the README
prints it."""

import contextlib
import functools
import importlib
import io
import os
import pathlib
import re
import runpy
import subprocess
import sys
from unittest import mock

import keras
import numpy as np
import pytest

from keras_deep import training
from tests.convert.weights import cifar_resnet
from tests.convert.weights import state_dict
from tests.support.backends import only_tensorflow
from tests.support.starts import zero_start

ROOT = pathlib.Path(__file__).resolve().parents[1]
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
README = ROOT / "README.md"
# The README's training, short enough for a test.
SHORTER = {
    "depth=1202": "depth=20, stack=True",
    "depth=100, growth_rate=12": "depth=22, growth_rate=4",
    "epochs=20": "epochs=1",
    '{"depth": 40}': '{"depth": 10}',
    "[22, 40]": "[10]",
    "max_trials=20": "max_trials=1",
    "n_trials=20": "n_trials=1",
    "epochs=10)": "epochs=1)",
}

pytestmark = only_tensorflow("The examples use tf.data.")


def run(example, *words, folder):
    done = subprocess.run(
        [sys.executable, ROOT / "examples" / example, *map(str, words)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def run_here(example, *words, folder):
    """Does what `run` does in this process, without the start of another."""
    output, words = io.StringIO(), [example, *map(str, words)]
    path = [str(ROOT / "examples"), *sys.path]
    with (
        contextlib.chdir(folder),
        contextlib.redirect_stdout(output),
        mock.patch.object(sys, "argv", words),
        mock.patch.object(sys, "path", path),
    ):
        runpy.run_path(str(ROOT / "examples" / example), run_name="__main__")
    return output.getvalue()


def test_save_digits(tmp_path):
    run("save_digits.py", "images", "--count", "2", folder=tmp_path)
    assert len(list((tmp_path / "images").glob("digit_*_is_*.png"))) == 2


def test_cost_of_depth(tmp_path):
    words = ("cost.png", "--depths", "20", "32", "--plain-up-to", "20")
    output = run_here("cost_of_depth.py", *words, folder=tmp_path)
    forms = [line.split()[1] for line in output.splitlines()[1:4]]
    assert forms == ["stacked", "ordinary", "stacked"]
    assert (tmp_path / "cost.png").stat().st_size > 10000


def test_adding_problem(tmp_path):
    words = ("adding.png", "--steps", "600", "--length", "5")
    output = run_here("adding_problem.py", *words, folder=tmp_path)
    rows = [line.split() for line in output.splitlines()[1:-1]]
    assert [row[0] for row in rows] == ["500", "600"]
    # Sequences of 5 steps both learn; the answer 1 has an error of 0.167.
    assert all(0 < float(error) < 0.1 for error in rows[-1][1:])
    assert (tmp_path / "adding.png").stat().st_size > 10000


def test_depth_matters(cifar10, tmp_path, monkeypatch):
    words = "depth.png --epochs 4 --steps 300 --depths 6 --starts 1".split()
    words += ["--cifar", cifar10, *"--images 60 --cifar-epochs 2".split()]
    monkeypatch.syspath_prepend(ROOT / "examples")
    module = importlib.import_module("depth_on_cifar")
    shallow = functools.partial(module.on_cifar, depths=(8,))
    monkeypatch.setattr(module, "on_cifar", shallow)
    output = run_here("depth_matters.py", *words, folder=tmp_path)
    lines = [line.split() for line in output.splitlines()]
    names = [" ".join(line[:2]) for line in lines[:4]]
    assert names == ["highway 6", "plain 6", "looks_linear 6", "he 6"]
    # Depths at which everything trains; a tenth is chance.
    assert float(lines[2][3]) > 0.3
    matrices = [line for line in lines if line[1] == "matrices"]
    assert [line[0] for line in matrices] == ["2", "6"]
    for *_, error, _, _, least in matrices:
        assert float(error) < 1.01 * float(least)
    assert [line[0] for line in lines[-7:-1:3]] == ["ResNet-8", "plain-8"]
    assert (tmp_path / "depth.png").stat().st_size > 10000


@pytest.fixture
def cifar10(tmp_path):
    """A folder with the binary files, of 24 images of noise each."""
    rng = np.random.default_rng(0)
    for name in (*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"):
        records = rng.integers(0, 256, (24, 1 + 3 * 32 * 32), "uint8")
        records[:, 0] = np.arange(24) % 10
        (tmp_path / f"{name}.bin").write_bytes(records.tobytes())
    return tmp_path


def test_depth_on_cifar(cifar10, tmp_path):
    words = (cifar10, "depth.png", *"--depths 8 --images 60 --epochs 3".split())
    output = run_here("depth_on_cifar.py", *words, folder=tmp_path)
    lines = [line.split() for line in output.splitlines()]
    names = [line[0] for line in lines[:-1]]
    assert names == ["ResNet-8"] * 4 + ["plain-8"] * 4
    for line in (lines[3], lines[7]):
        assert line[1] == "trained"
        assert 0 <= float(line[4]) <= 100 and 0 < float(line[8]) <= 100
    assert (tmp_path / "depth.png").stat().st_size > 10000


def test_transfer_learning(tmp_path):
    training.fit(
        ("DenseNetBC", {"blocks": (1, 1), "growth_rate": 4}),
        {"name": "digits", "batch_size": 64, "seed": 0},
        training.Config(epochs=3, schedule="cosine", seed=0),
        output=tmp_path,
    )
    output = run_here(
        "transfer_learning.py", "best.keras", "--epochs", "25", folder=tmp_path
    )
    # Half of the digits are odd.
    assert float(output.split()[-1]) > 0.6


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_say_how_to_run_them(path):
    text = path.read_text()
    for word in ("Command: python examples/", "Takes:", "Result:"):
        assert word in text
    assert f"def test_{path.stem}(" in pathlib.Path(__file__).read_text()


def test_readme(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    images = np.random.default_rng(0).integers(0, 256, (64, 32, 32, 3), "uint8")
    labels = np.arange(64) % 10
    monkeypatch.setattr(
        keras.datasets.cifar10, "load_data", lambda: ((images, labels), None)
    )
    weights = state_dict(cifar_resnet((3, 3, 3), projections=False))
    with open("resnet20.pth", "wb") as file:
        np.savez(file, **weights)
    blocks = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    assert len(blocks) >= 5
    names = {"images": np.zeros((1, 64, 96, 3), "float32")}
    for block in blocks:
        for long, short in SHORTER.items():
            block = block.replace(long, short)
        trains = re.search(r"(fit|search|optimize)\(", block)
        with contextlib.nullcontext() if trains else zero_start():
            exec(block, names)
    shapes = [tuple(features.shape[1:3]) for features in names["maps"]]
    assert shapes == [(16, 24), (8, 12), (4, 6), (2, 3)]
