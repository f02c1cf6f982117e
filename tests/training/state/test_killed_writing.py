"""A process that is killed while it writes leaves a whole checkpoint."""

import os
import signal
import subprocess
import sys

import pytest

from tests.support.light_state import PREAMBLE

SCRIPT = """
import random, signal
from keras_deep.utils.files import written_whole
from tests.support.killer import CALL, Killer

folder = pathlib.Path(sys.argv[1])
best = folder / "best.keras"


def write(epoch, left):
    killer = Killer(left)
    with written_whole(best) as temporary:
        temporary.write_text(str(epoch))
    checkpoints.Checkpoints(folder / "c").write(state(epoch), [best])
    return killer.left


rng, epoch, outcomes = random.Random(0), 0, {"old": 0, "new": 0, "alive": 0}
write(0, 10**9)
total = 10**9 - write(0, 10**9)
for trial in range(80):
    left = rng.randrange(total + CALL)
    child = os.fork()
    if not child:
        write(epoch + 1, left)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    said = []
    found = checkpoints.Checkpoints(folder / "c", say=said.append).newest()
    assert not said, said
    assert found.position in ((epoch, 0), (epoch + 1, 0)), found.position
    written = found.position[0]
    np.testing.assert_array_equal(found.arrays["a"], state(written).arrays["a"])
    assert not list((folder / "c").glob(".*"))
    held = checkpoints.Checkpoints(folder / "c", say=said.append)
    held.put_back(found, [best])
    assert best.read_text() == str(written) and not said
    alive = os.WIFEXITED(status) and not os.WEXITSTATUS(status)
    assert alive or os.WTERMSIG(status) == signal.SIGKILL
    outcomes["alive" if alive else "new" if written > epoch else "old"] += 1
    epoch = written
assert "tensorflow" not in sys.modules
print(outcomes["old"], outcomes["new"], outcomes["alive"])
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
def test_kill_9_at_a_random_byte(tmp_path):
    assert signal.SIGKILL == 9
    done = subprocess.run(
        [sys.executable, "-c", PREAMBLE + SCRIPT, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    old, new, alive = map(int, done.stdout.split())
    assert old + new + alive == 80
    # Both before and after the new file had its name.
    assert old > 20 and new > 5
