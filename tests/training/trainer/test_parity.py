"""One process, two devices and several workers train the same network."""

import functools
import json
import subprocess
import sys

import numpy as np
import pytest

from tests.support.loopback import ROOT
from tests.support.loopback import run_on_loopback

SHORT, LONG = "3", "13"  # Epochs, of 4 steps.
# Of losses. LAMB divides by the norms of updates; half precision rounds, in
# another order.
TOLERANCES = {"lamb": 1e-4, "bfloat16": 2e-2, "float16": 5e-2}
QUICK = (
    *("resnet sgd clip", "densenet sgd accumulate", "stacked adamw clip"),
    *("resnet lamb accumulate", "stacked float16", "stacked xla"),
)
OTHERS = (
    *("resnet sgd", "stacked sgd decay", "resnet adamw decay"),
    *("densenet adamw ema", "densenet lamb clip", "stacked lamb ema"),
    *("stacked sgd accumulate", "resnet sgd several", "resnet bfloat16"),
)
OF_WORKERS = QUICK[:3]


@functools.cache
def trained(kind, epochs, names):
    """Returns a dict of cases to what was found on one or two devices."""
    words = ("-m", "tests.support.parity", kind, epochs, *names)
    done = subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=500,
    )
    assert done.returncode == 0, done.stderr
    return read(done.stdout)


@functools.cache
def trained_by_workers(number, epochs):
    """Returns a list of such dicts, one of each worker."""
    done = run_on_loopback(
        *(sys.executable, "-m", "tests.support.workers", number),
        *("tests.support.parity", "multi_worker", epochs, *OF_WORKERS),
        timeout=400,
    )
    found = [json.loads(line) for line in done.stdout.splitlines()]
    for worker in found:
        assert worker["code"] == 0, worker["error"]
    return [read(worker["out"]) for worker in found]


def read(text):
    lines = [json.loads(line) for line in text.splitlines() if line[:1] == "{"]
    return {line.pop("case"): line for line in lines}


def assert_equal(expected, found, name):
    tolerance = next((v for k, v in TOLERANCES.items() if k in name), 1e-5)
    for key in ("loss", "val_loss", "outputs"):
        # Ten times as much of logits, which are as large as losses are small.
        allowed = tolerance * (10 if key == "outputs" else 1)
        np.testing.assert_allclose(
            found[key], expected[key], rtol=0, atol=allowed, err_msg=key
        )
    assert found["updates"] == expected["updates"]
    # It learned, so that equal losses say something.
    losses = [loss for loss in expected["loss"] if np.isfinite(loss)]
    assert losses[-1] < losses[0]


@pytest.mark.parametrize("name", QUICK)
def test_two_devices_train_as_one(name):
    one, two = (trained(kind, SHORT, QUICK) for kind in ("one", "mirrored"))
    assert_equal(one[name], two[name], name)


@pytest.mark.proof
@pytest.mark.parametrize("name", QUICK + OTHERS)
def test_two_devices_train_as_one_over_50_steps(name):
    names = QUICK + OTHERS
    one, two = (trained(kind, LONG, names) for kind in ("one", "mirrored"))
    assert_equal(one[name], two[name], name)


@pytest.mark.parametrize("name", OF_WORKERS)
def test_three_workers_train_as_one(name):
    """No number of workers divides the batches."""
    check_workers(3, SHORT, QUICK, name)


@pytest.mark.proof
@pytest.mark.parametrize("name", OF_WORKERS)
@pytest.mark.parametrize("number", [2, 3])
def test_workers_train_as_one_over_50_steps(number, name):
    check_workers(number, LONG, QUICK + OTHERS, name)


def check_workers(number, epochs, names, name):
    workers = trained_by_workers(number, epochs)
    assert len(workers) == number
    for worker in workers:
        assert_equal(trained("one", epochs, names)[name], worker[name], name)
        assert worker[name]["weights"] == workers[0][name]["weights"]
