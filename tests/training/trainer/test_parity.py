"""One process, two devices and several workers train the same network."""

import functools
import json
import subprocess
import sys

import numpy as np
import pytest

from tests.support.loopback import ROOT
from tests.support.loopback import run_on_loopback
from tests.support.parity import CASES

EPOCHS = "13"  # Of 4 steps.
# Of losses and outputs. LAMB divides by the norms of updates; half precision
# rounds, in another order.
TOLERANCES = {"lamb": 1e-4, "bfloat16": 2e-2, "float16": 2e-3}
MULTI_WORKER = [
    "resnet sgd clip",
    "densenet sgd accumulate",
    "stacked adamw clip",
]


@functools.cache
def trained(kind):
    """Returns a dict of cases to what was found on one or two devices."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.parity", kind, EPOCHS],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return read(done.stdout)


@functools.cache
def trained_by_workers(number):
    """Returns a list of such dicts, one of each worker."""
    done = run_on_loopback(
        *(sys.executable, "-m", "tests.support.workers", number),
        *("tests.support.parity", "multi_worker", EPOCHS, *MULTI_WORKER),
        timeout=200,
    )
    found = [json.loads(line) for line in done.stdout.splitlines()]
    for worker in found:
        assert worker["code"] == 0, worker["error"]
    return [read(worker["out"]) for worker in found]


def read(text):
    lines = [json.loads(line) for line in text.splitlines() if line[0] == "{"]
    return {line.pop("case"): line for line in lines}


def assert_equal(expected, found, name):
    tolerance = next((v for k, v in TOLERANCES.items() if k in name), 1e-5)
    for key in ("loss", "val_loss", "outputs"):
        # Ten times as much of logits, which are as large as losses are small.
        allowed = tolerance * (10 if key == "outputs" else 1)
        np.testing.assert_allclose(
            found[key], expected[key], rtol=0, atol=allowed, err_msg=key
        )
    # It learned, so that equal losses say something.
    assert expected["loss"][-1] < 0.9 * expected["loss"][0]


@pytest.mark.parametrize("name", CASES)
def test_two_devices_train_as_one(name):
    assert_equal(trained("one")[name], trained("mirrored")[name], name)


@pytest.mark.parametrize("name", MULTI_WORKER)
@pytest.mark.parametrize("number", [2, 3])
def test_workers_train_as_one(number, name):
    workers = trained_by_workers(number)
    assert len(workers) == number
    for worker in workers:
        assert_equal(trained("one")[name], worker[name], name)
        assert worker[name]["weights"] == workers[0][name]["weights"]
