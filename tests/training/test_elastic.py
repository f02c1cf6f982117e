"""A run is continued by another number of workers than began it."""

import json
import sys

import numpy as np
import pytest

from tests.support.loopback import run_on_loopback
from tests.support.noise import write_images

pytest.importorskip("tensorflow")

SETTINGS = {
    "iterations": 14,  # The second of two epochs ends after 6 batches.
    "seed": 1,
    "learning_rate": 0.02,
    "schedule": "cosine",
    "batch_norm": "synchronized",
    "checkpoint_steps": 1,
}
BATCHES = 8  # Of 24 images, of which the last has fewer.


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    path = tmp_path_factory.mktemp("images") / "images.npz"
    return write_images(path, train=208, test=40)


def run(workers, images, output, **settings):
    """Returns the codes of all workers and what the first one found."""
    words = ("tests.support.fit_in_cluster", images, output)
    done = run_on_loopback(
        *(sys.executable, "-m", "tests.support.workers", workers),
        *(*words, json.dumps({**SETTINGS, **settings})),
        timeout=300,
    )
    found = [json.loads(line) for line in done.stdout.splitlines()]
    lines = found[0]["out"].splitlines()
    told = [json.loads(line) for line in lines if line.startswith("{")]
    errors = "".join(worker["error"] for worker in found)
    return [worker["code"] for worker in found], told, errors


@pytest.fixture(scope="module")
def undisturbed(images, tmp_path_factory):
    codes, (found,), _ = run(1, images, tmp_path_factory.mktemp("one") / "run")
    assert codes == [0]
    assert found["loss"][1] < found["loss"][0]
    return found


# The workers, the one that is killed, and the workers that go on.
QUICK = [(2, 1, 1)]
OTHERS = [
    *((2, 0, 3), (3, 2, 2), (1, 0, 2)),
    *((2, 0, 2), (1, 0, 3), (3, 0, 1)),
]


@pytest.mark.parametrize(
    "before, killed, after",
    [
        *QUICK,
        *(pytest.param(*case, marks=pytest.mark.proof) for case in OTHERS),
    ],
)
def test_other_workers_go_on(
    before, killed, after, images, undisturbed, tmp_path
):
    output = tmp_path / "run"
    kill = [killed, 1, BATCHES // 2]
    codes, _, errors = run(before, images, output, kill=kill)
    assert codes[killed] == -9
    # The others say that it is lost, and end.
    assert before == 1 or "Restart all tasks" in errors
    assert all(code for code in codes)
    codes, (found,), _ = run(after, images, output)
    assert codes == [0] * after
    for name in ("loss", "val_loss", "test_loss"):
        np.testing.assert_allclose(
            found[name], undisturbed[name], rtol=0, atol=1e-5, err_msg=name
        )
    np.testing.assert_allclose(
        found["weights"], undisturbed["weights"], rtol=1e-4
    )
