"""The newest checkpoint that is whole is read, whatever happened to others."""

import errno
import os
import subprocess
import sys

import numpy as np
import pytest

from keras_deep.training.state import archive
from keras_deep.training.state.archive import State
from keras_deep.training.state.checkpoints import Checkpoints
from tests.support.light_state import PREAMBLE


def state(epoch, step=0, size=100):
    values = np.random.default_rng((epoch, step)).normal(size=size)
    return State({"epoch": epoch, "step": step}, {"a": values})


@pytest.fixture
def said():
    return []


@pytest.fixture
def held(tmp_path, said):
    return Checkpoints(tmp_path / "run" / "checkpoints", say=said.append)


def positions(held):
    names = sorted(path.name for path in held.folder.glob("*.npz"))
    return [(int(n[5:11]), int(n[16:25])) for n in names]


def same(found, position):
    assert found.position == position
    np.testing.assert_array_equal(
        found.arrays["a"], state(*position).arrays["a"]
    )


def test_the_newest_three_are_kept(held):
    assert held.newest() is None
    for position in ((0, 5), (1, 0), (1, 9), (1, 10), (2, 0)):
        held.write(state(*position))
    assert positions(held) == [(1, 9), (1, 10), (2, 0)]
    same(held.newest(), (2, 0))


def test_what_lies_beyond_is_removed(held):
    for position in ((1, 0), (2, 0), (3, 0)):
        held.write(state(*position))
    # A run that went on with the first one, as the others were damaged.
    held.write(state(1, 4))
    assert positions(held) == [(1, 0), (1, 4)]


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "text"])
def test_a_damaged_one_is_skipped_and_named(held, said, damage):
    held.write(state(1))
    held.write(state(2))
    path = held.folder / "epoch000002-step000000000.npz"
    content = bytearray(path.read_bytes())
    if damage == "flipped":
        content[len(content) // 2] ^= 1
    shorter = {"cut": content[:-7], "empty": b"", "text": b"no archive"}
    path.write_bytes(shorter.get(damage, content))
    same(held.newest(), (1, 0))
    assert len(said) == 1 and str(path) in said[0] and "skipped" in said[0]
    path.with_name("epoch000001-step000000000.npz").write_bytes(b"")
    assert held.newest() is None
    assert len(said) == 3


def test_a_full_disk_loses_nothing_older(held, monkeypatch):
    held.write(state(1))
    held.write(state(2))
    whole = archive.write

    def half(file, given):
        whole(file, given)
        file.truncate(file.tell() // 2)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(archive, "write", half)
    held.keep = 1
    with pytest.raises(OSError, match="No space.*epoch000003-step") as error:
        held.write(state(3))
    assert error.value.errno == errno.ENOSPC
    assert positions(held) == [(1, 0), (2, 0)]
    assert not list(held.folder.glob(".*"))
    monkeypatch.undo()
    held.write(state(3))
    assert positions(held) == [(3, 0)]


FULL = """
held = checkpoints.Checkpoints(sys.argv[1], keep=2)
written = 0
try:
    while written < 100:
        held.write(state(written, 20_000))
        written += 1
        held.keep += 1
except OSError as error:
    print(error.strerror)
found = checkpoints.Checkpoints(sys.argv[1], say=sys.exit).newest()
assert found.position == (written - 1, 0) and written > 3, written
assert len(list(pathlib.Path(sys.argv[1]).iterdir())) == written
"""


def test_a_really_full_disk_loses_nothing_older(tmp_path):
    mount = 'mount -t tmpfs -o size=200k none "$0" && exec "$@"'
    room = ["unshare", "--mount", "sh", "-c", mount, str(tmp_path)]
    try:
        subprocess.run([*room, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("A disk of its own is not allowed here.")
    done = subprocess.run(
        [*room, sys.executable, "-c", PREAMBLE + FULL, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{os.strerror(errno.ENOSPC)}\n"


@pytest.mark.parametrize("links", [True, False])
def test_files_that_go_with_a_state_come_back(held, monkeypatch, said, links):
    if not links:

        def refuse(*arguments):
            raise OSError(errno.EPERM, os.strerror(errno.EPERM))

        monkeypatch.setattr(os, "link", refuse)
    best = held.folder.parent / "best.keras"
    other = held.folder.parent / "later.keras"
    held.write(state(0), [best, other])
    for epoch in (1, 2):
        replacement = best.with_name("new")
        replacement.write_text(f"of epoch {epoch}")
        replacement.replace(best)
        held.write(state(epoch), [best, other])
    best.unlink()
    other.write_text("of epoch 3")
    held.put_back(held.newest(), [best, other])
    assert best.read_text() == "of epoch 2" and not other.exists()
    (held.folder / "epoch000002-step000000000.npz").write_bytes(b"")
    held.put_back(held.newest(), [best, other])
    assert best.read_text() == "of epoch 1"
    assert len(said) == 1
    # The copies go with their states.
    for epoch in (3, 4, 5):
        held.write(state(epoch), [best])
    assert len(held.paths()) == 6
    held.remove()
    assert not held.folder.exists() and best.exists()


def test_a_missing_copy_is_said(held, said):
    best = held.folder.parent / "best.keras"
    best.parent.mkdir()
    best.write_text("of epoch 1")
    held.write(state(1), [best])
    best.write_text("of epoch 2")
    found = held.newest()
    (copy,) = held.folder.glob("*.best.keras")
    copy.unlink()
    held.put_back(found, [best])
    assert best.read_text() == "of epoch 2"
    assert str(copy) in said[0] and "stays as it is" in said[0]


def test_other_files_are_left_alone(held):
    held.write(state(1))
    (held.folder / "notes.npz").write_text("mine")
    (held.folder / ".epoch000002-step000000000.npz-x").mkdir()
    held.newest()
    assert not list(held.folder.glob(".*"))
    held.remove()
    assert (held.folder / "notes.npz").read_text() == "mine"
