"""Asynchronous training learns, with servers that only we can reach."""

import json
import os
import sys

import keras
import numpy as np
import pytest

from keras_deep.training.parameter_server import parameter_server_strategy
from keras_deep.utils.errors import ClusterError
from tests.support.loopback import ROOT
from tests.support.loopback import run_on_loopback

SCRIPT = ROOT / "tests" / "support" / "parameter_server.py"
# Starts all tasks but the chief, then is the chief. All end with it.
START = """
import json, os, subprocess, sys
jobs = {"chief": ["127.0.0.1:20001"], "worker": ["127.0.0.1:20002"],
        "ps": ["127.0.0.1:20003"]}
for job in ("ps", "worker", "chief"):
    task = {"type": job, "index": 0}
    os.environ["TF_CONFIG"] = json.dumps({"cluster": jobs, "task": task})
    process = subprocess.Popen([sys.executable, sys.argv[1]])
sys.exit(process.wait())
"""


@pytest.mark.proof  # Three processes, each of which imports TensorFlow.
def test_a_worker_and_a_parameter_server_learn(tmp_path):
    done = run_on_loopback(
        sys.executable, "-c", START, SCRIPT, folder=tmp_path, timeout=240
    )
    assert done.returncode == 0, done.stderr
    history, (kernel, bias) = json.loads(done.stdout)
    assert len(history["loss"]) == 2
    assert history["loss"][1] < 0.1 * history["loss"][0]
    # The line that the data are on.
    np.testing.assert_allclose([*kernel, *bias], [2.0, -1.0, 0.5], atol=0.05)
    saved = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(saved.weights[0].numpy().ravel(), kernel)


@pytest.mark.parametrize(
    "jobs, message",
    [
        (None, "chief, worker and ps. Received: none"),
        ({"worker": ["a:1"], "ps": ["b:1"]}, "Received: worker, ps"),
    ],
    ids=str,
)
def test_another_cluster_is_refused(monkeypatch, jobs, message):
    for name in [name for name in os.environ if name.startswith("SLURM_")]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("TF_CONFIG", raising=False)
    if jobs:
        task = {"type": "worker", "index": 0}
        config = json.dumps({"cluster": jobs, "task": task})
        monkeypatch.setenv("TF_CONFIG", config)
    with pytest.raises(ClusterError, match=message):
        parameter_server_strategy()
