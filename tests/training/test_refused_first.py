"""Mistakes that are told before data are read or TensorFlow listens.

Settings and recipes are checked earlier still: see `tests/cli`.
"""

import json
import socket
import subprocess
import sys

import pytest

from keras_deep.models.card import Card
from keras_deep.training import Config
from keras_deep.training import fit
from keras_deep.training.place import Place
from keras_deep.training.run_call import call_of
from keras_deep.training.run_folder import RunFolder
from tests.support.backends import only_tensorflow
from tests.support.loopback import ROOT

pytestmark = only_tensorflow("The command line is tested on TensorFlow.")
SMALL = {"blocks": (1, 1), "growth_rate": 4}


def test_mistakes_are_told_before_anything_starts(tmp_path):
    with socket.socket() as used:
        used.bind(("127.0.0.1", 0))
        used.listen()
        workers = [f"127.0.0.1:{used.getsockname()[1]}", "127.0.0.1:9"]
        cluster = {"worker": workers}
        task = {"type": "worker", "index": 0}
        told = told_of(
            tmp_path,
            '{"cluster": ',
            json.dumps({"cluster": cluster}),
            json.dumps({"cluster": cluster, "task": {**task, "index": 2}}),
            json.dumps({"cluster": cluster, "task": task}),
            None,
        )
    for error, message in zip(
        told,
        (
            "Expected TF_CONFIG to be a JSON object",
            'say, in "task", which task of "cluster" this process is',
            '"index" from 0 to 1, as "cluster" has 2 of \'worker\'',
            "Expected the port of this process's task to be free. Received: "
            f"worker:0 ({workers[0]})",
            "with build.name='CifarResNet' in its run.json, where this call "
            "has 'DenseNetBC'",
        ),
        strict=True,
    ):
        text = " ".join(error.split())
        assert message in text
        assert text.startswith("Error: Expected ") and len(text) < 700


def told_of(folder, *configs):
    """Returns the errors of `keras-deep train` with each TF_CONFIG.

    The folder has an unfinished run of another network.
    """
    other = call_of(("CifarResNet", {}), {"name": "digits"}, Config())
    run = RunFolder(folder / "run", call=other)
    run.begin(Card("CifarResNet", training={"data": {}, "config": {}}))
    (folder / "run" / "best.keras").write_text("of an epoch")
    run.close()
    words = ["train", "DenseNetBC", "--data", "digits"]
    words += ["--output", str(folder / "run")]
    for name, value in SMALL.items():
        words += [f"--{name.replace('_', '-')}", str(value)]
    cases = json.dumps([(config, words) for config in configs])
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.refused_first", cases],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split("---")[1:]


def test_a_batch_smaller_than_the_devices_is_refused(monkeypatch):
    def never(*arguments, **options):
        raise AssertionError("The data were read.")

    monkeypatch.setattr("keras_deep.data.load", never)
    monkeypatch.setattr(Place, "replicas", 3)
    for size in (1, 2):
        data = {"name": "digits", "batch_size": size}
        with pytest.raises(
            ValueError, match=f"`batch_size` to be at least 3.*={size}"
        ):
            fit(("DenseNetBC", SMALL), data)
    with pytest.raises(AssertionError, match="were read"):
        fit(("DenseNetBC", SMALL), {"name": "digits", "batch_size": 3})
