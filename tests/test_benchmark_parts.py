"""The parts of `tools/benchmark`: memory, environments, command, topics."""

import importlib
import json
import os
import pathlib
import re
import subprocess
import sys
import zipfile

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[1]


@pytest.fixture
def module(monkeypatch):
    """A function that imports one of the tool's modules."""
    monkeypatch.syspath_prepend(ROOT / "tools")
    return lambda name: importlib.import_module(f"benchmarks.{name}")


def test_memory_is_the_peak_above_what_was_there():
    code = """
import json
from benchmarks.measure import measured, report
def blocks(megabytes):
    return [b"%01000d" % i for i in range(megabytes * 1000)]
blocks(200)  # An earlier peak.
kept = blocks(50)
dropped, pin = blocks(60), b"%01000d" % 1  # It keeps the heap from shrinking.
del dropped
def work():
    blocks(80)
    return blocks(40)
result, seconds, growth = measured(work)
report({"growth": growth / 1e6, "result": len(result)})
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT / "tools")},
        capture_output=True,
        text=True,
        check=True,
    )
    values = json.loads(done.stdout.splitlines()[-1])["values"]
    assert values["result"] == 40_000
    # A block has 1,000 bytes and 40 for its head.
    assert values["growth"] == pytest.approx(1.04 * 80, abs=4)


def test_the_checkpoint_is_torchvisions(module, shared):
    golden = shared / "reference/goldens/torchvision.resnet152.json"
    listed = json.loads(golden.read_text())["state_dict"]
    checkpoint = module("resnet152")
    shapes = checkpoint.state_dict_shapes()
    assert [[name, list(shape)] for name, shape in shapes.items()] == listed
    assert len(listed) == 932
    total = json.loads(golden.read_text())["params_total"]
    assert checkpoint.weights_bytes() == 4 * total


def _result_of(ratio):
    """A result with a case that has this ratio, and names as long as any."""
    spread = {"median": ratio, "min": ratio, "max": ratio}
    case = {
        "name": "DenseNet-BC-100-12, bfloat16",
        "measures": {"image on batch": "s"},
        "contenders": {"ours": {"values": {"image on batch": spread}}},
        "ratios": {"compiled last": {"image on batch": spread}},
        "bars": [],
    }
    return {
        "topic": "step",
        "rounds": 1,
        "machine": {"cpu": "a processor", "cores": 2},
        "cases": [case],
        "unfinished": [],
    }


@pytest.mark.parametrize("ratio", [1.3, 0.15, 0.012, 1e-4, 4e5])
def test_labels_of_the_picture_do_not_overlap(module, ratio):
    figure = module("picture").figure_of(_result_of(ratio))
    figure.draw_without_rendering()
    (axes,) = figure.axes
    low, high = axes.get_xlim()
    shown = [
        tick.label1.get_window_extent()
        for tick in axes.xaxis.get_major_ticks()
        if low <= tick.get_loc() <= high
    ]
    assert len(shown) >= 3
    for left, right in zip(shown, shown[1:]):
        assert left.x1 + 4 < right.x0


def _command(*words, **variables):
    return subprocess.run(
        [ROOT / "tools/benchmark", *words],
        env={**os.environ, "KERAS_DEEP_PYTHON": sys.executable, **variables},
        capture_output=True,
        text=True,
    )


def test_command_lists_the_topics():
    done = _command()
    assert done.returncode == 0
    assert re.search(r"^convert +\S.*$", done.stdout, re.MULTILINE)


def test_command_refuses_mistakes_before_it_installs():
    done = _command("convret")
    assert done.returncode == 2
    assert (
        "one of convert, depth, inference, scaling, serving, step. Received: "
        "convret" in done.stderr
    )
    done = _command("convert", "--rounds", "0")
    assert "--rounds: Expected a number, 1 or more. Received: 0" in done.stderr
    done = _command("convert", KERAS_DEEP_BENCHMARK_PYTHON="nowhere")
    assert done.returncode == 1
    assert re.search("to name an interpreter. Received: nowhere", done.stderr)
    done = _command(
        "convert", KERAS_BACKEND="numpy", KERAS_DEEP_BENCHMARK_PYTHON=""
    )
    assert re.search("to be tensorflow or jax. Received: numpy", done.stderr)


def test_peers_get_an_environment_of_their_own(module, tmp_path, monkeypatch):
    wheel = tmp_path / "toypeer-1.0-py3-none-any.whl"
    about = "toypeer-1.0.dist-info/"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("toypeer.py", "")
        archive.writestr(
            f"{about}METADATA",
            "Metadata-Version: 2.1\nName: toypeer\nVersion: 1.0\n",
        )
        archive.writestr(
            f"{about}WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n"
        )
        archive.writestr(f"{about}RECORD", "")
    environments, topics = module("environments"), module("topics")
    monkeypatch.setattr(environments, "ROOT", tmp_path)
    monkeypatch.setenv("KERAS_DEEP_PYTHON", sys.executable)
    monkeypatch.delenv("KERAS_DEEP_PEER_PYTHON", raising=False)
    monkeypatch.setenv("KERAS_DEEP_PEERS", str(wheel))
    topic = topics.Topic("toy", "naps", tuple, peers=("no-such-peer",))
    python = environments.peer_python(topic)
    assert python == str(tmp_path / ".venv-peers-toy/bin/python")
    subprocess.run([python, "-c", "import toypeer"], check=True)
    wheel.unlink()
    assert environments.peer_python(topic) == python
    alone = topics.Topic("toy", "naps", tuple)
    assert environments.peer_python(alone) is None
