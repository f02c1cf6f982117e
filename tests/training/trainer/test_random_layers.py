"""Random layers draw other numbers on every replica."""

import functools
import json
import subprocess
import sys

import numpy as np
import pytest

from tests.support.loopback import ROOT

pytest.importorskip("tensorflow")


@functools.cache
def moved():
    """Returns a dict of layers to how weights moved, of steps and units."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.random_layers"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert done.returncode == 0, done.stderr
    lines = map(json.loads, done.stdout.splitlines())
    return {line["layer"]: np.array(line["moved"]) for line in lines}


def test_dropout_drops_other_units_on_every_replica():
    """A unit that is kept counts twice, on none, one or both replicas."""
    steps = moved()["dropout"]
    shares = {value: (steps.round(3) == value).mean() for value in (0, 2, 4)}
    assert sum(shares.values()) == 1
    # With the same numbers no unit would be kept on one replica alone.
    assert shares[2] == pytest.approx(0.5, abs=0.05)
    for value in (0, 4):
        assert shares[value] == pytest.approx(0.25, abs=0.05)


# Of what survives, the mode "batch" keeps the size.
@pytest.mark.parametrize("mode, size", [("batch", 1), ("sample", 2)])
def test_every_replica_throws_a_coin_of_its_own(mode, size):
    steps = moved()[mode].round(3)
    # The coin is that of all units.
    assert (steps == steps[:, :1]).all()
    survivors = steps[:, 0] / size
    shares = [(survivors == number).mean() for number in (0, 1, 2)]
    assert sum(shares) == 1
    assert shares[1] == pytest.approx(0.5, abs=0.2)
    assert min(shares) > 0.1
