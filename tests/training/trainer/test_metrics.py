"""Metrics of several devices are read in one exchange."""

import json
import subprocess
import sys

import pytest

from tests.support.loopback import ROOT

pytest.importorskip("tensorflow")


def test_metrics_are_those_that_keras_reads():
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.metrics_of_two"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    expected, found, sizes = json.loads(done.stdout.splitlines()[-1])
    assert found == pytest.approx(expected, rel=1e-6)
    assert set(found) == {"loss", "mae", "counts"}
    assert all(abs(value) > 1e-2 for value in found.values())
    # Of each device: total and count of the loss and of `mae` and the float of
    # the counts are in one exchange, their integer in the other.
    assert sorted(sizes) == [1, 1, 5, 5]
