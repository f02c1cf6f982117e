"""One process, two devices and several workers train the same network."""

import functools
import itertools
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
TOLERANCES = {"lamb": 1e-4, "bfloat16": 2e-2, "float16": 2e-2}
QUICK = (
    *("resnet sgd clip", "densenet sgd accumulate", "stacked adamw clip"),
    *("resnet lamb accumulate", "stacked float16", "stacked xla"),
)
OTHERS = (
    *("resnet sgd", "stacked sgd decay", "resnet adamw decay"),
    *("densenet adamw ema", "densenet lamb clip", "stacked lamb ema"),
    *("stacked sgd accumulate", "resnet sgd several", "resnet bfloat16"),
    *("densenet adamw decay", "stacked adamw several", "resnet lamb ema"),
    *("stacked sgd ema", "densenet lamb bfloat16", "resnet adamw bfloat16"),
    *("stacked lamb bfloat16", "densenet sgd decay", "densenet lamb decay"),
    "densenet adamw several",
)
# Not as one device: see `tests.support.per_replica`.
REPLICA = "resnet replica"
ALL = (*QUICK, *OTHERS)
OF_WORKERS = (*QUICK[:3], REPLICA)


@functools.cache
def trained(kind, epochs, names):
    """Returns a dict of cases to what was found on one or two devices."""
    words = ("-m", "tests.support.parity", kind, epochs, *names)
    done = subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=1500,
    )
    assert done.returncode == 0, done.stderr
    return read(done.stdout)


@functools.cache
def trained_by_workers(number, epochs, names):
    """Returns a list of such dicts, one of each worker."""
    done = run_on_loopback(
        *(sys.executable, "-m", "tests.support.workers", number),
        *("tests.support.parity", "multi_worker", epochs, *names),
        timeout=1500,
    )
    found = [json.loads(line) for line in done.stdout.splitlines()]
    for worker in found:
        assert worker["code"] == 0, worker["error"]
    return [read(worker["out"]) for worker in found]


def read(text):
    lines = [json.loads(line) for line in text.splitlines() if line[:1] == "{"]
    return {line.pop("case"): line for line in lines}


@functools.cache
def trained_per_replica(replicas, epochs):
    pytest.importorskip("tensorflow")
    from tests.support import parity
    from tests.support import per_replica

    return per_replica.trained(parity.CASES[REPLICA], replicas, int(epochs))


def assert_equal(expected, found, name):
    tolerance = max(TOLERANCES.get(word, 1e-5) for word in name.split())
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


def assert_as_one(found, name, replicas, epochs, names):
    """Compares with one device, or with one that is several in turn."""
    if name == REPLICA:
        expected = trained_per_replica(replicas, epochs)
        np.testing.assert_allclose(
            found["weights"], expected["weights"], rtol=1e-4
        )
    else:
        expected = trained("one", epochs, names)[name]
    assert_equal(expected, found, name)


@pytest.mark.parametrize("name", (*QUICK, REPLICA))
def test_two_devices_train_as_one(name):
    found = trained("mirrored", SHORT, (*QUICK, REPLICA))[name]
    assert_as_one(found, name, 2, SHORT, QUICK)


@pytest.mark.proof
@pytest.mark.parametrize("name", (*ALL, REPLICA))
def test_two_devices_train_as_one_over_50_steps(name):
    found = trained("mirrored", LONG, (*ALL, REPLICA))[name]
    assert_as_one(found, name, 2, LONG, ALL)


@pytest.mark.parametrize("name", OF_WORKERS)
def test_three_workers_train_as_one(name):
    """No number of workers divides the batches."""
    check_workers(3, SHORT, OF_WORKERS, QUICK, name)


@pytest.mark.proof
@pytest.mark.parametrize("name", (*ALL, REPLICA))
@pytest.mark.parametrize("number", [2, 3])
def test_workers_train_as_one_over_50_steps(number, name):
    check_workers(number, LONG, (*ALL, REPLICA), ALL, name)


def check_workers(number, epochs, of_workers, of_one, name):
    workers = trained_by_workers(number, epochs, of_workers)
    assert len(workers) == number
    for worker in workers:
        found = worker[name]
        assert_as_one(found, name, number, epochs, of_one)
        # The statistics of batch normalisation, too.
        assert found["weights"] == workers[0][name]["weights"]


def test_statistics_per_replica_are_others():
    """Else the comparisons above would say nothing."""
    one, two = (trained_per_replica(number, SHORT) for number in (1, 2))
    for key in ("loss", "val_loss"):
        assert (np.abs(np.subtract(one[key], two[key])) > 1e-3).all()


def test_every_pair_is_in_a_case():
    pytest.importorskip("tensorflow")
    from tests.support.parity import CASES

    factors = {
        "network": {"resnet", "densenet", "stacked"},
        "optimizer": {"sgd", "adamw", "lamb"},
        "clipping": {"clip"},
        "accumulation": {"accumulate"},
        "decay": {"decay"},
        "averages": {"ema"},
        "precision": {"float32", "bfloat16"},
    }
    found = set()
    for name in ALL:
        found.update(itertools.combinations(sorted(labels(CASES[name])), 2))
    for one, other in itertools.combinations(factors.values(), 2):
        for pair in itertools.product(one, other):
            assert tuple(sorted(pair)) in found


def labels(case):
    """Returns the names of what a case combines."""
    features = {
        "clip": {"global_clipnorm", "clipvalue"} & {*case.options},
        "accumulate": case.accumulate_steps > 1,
        "decay": "weight_decay" in case.options,
        "ema": "use_ema" in case.options,
    }
    precision = case.policy.removeprefix("mixed_")
    given = {name for name, used in features.items() if used}
    return {case.network, case.optimizer, precision, *given}
