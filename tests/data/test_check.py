"""What `load` says of the files of a folder, before anything is trained."""

import numpy as np
import pytest

from keras_deep.data import check
from keras_deep.data import load
from tests.data.test_image_files import write
from tests.support.image_files import READABLE
from tests.support.image_files import UNREADABLE
from tests.support.image_files import oriented

JPEG = READABLE["a.jpg"]


@pytest.fixture
def pets(tmp_path):
    """A folder of two classes, divided, with two images of each."""
    write(
        tmp_path,
        [
            f"{split}/{name}/{i}.jpg"
            for split in ("train", "val", "test")
            for name in ("cat", "dog")
            for i in range(2)
        ],
    )
    return tmp_path


@pytest.mark.parametrize("split", ["train", "val", "test"])
@pytest.mark.parametrize("few", [0, 2000])
def test_unreadable_files_are_refused_in_every_split(
    pets, split, few, monkeypatch
):
    monkeypatch.setattr(check, "_FEW", few)
    write(pets / split / "dog", {n: c for n, (c, _) in UNREADABLE.items()})
    with pytest.raises(ValueError) as caught:
        load(pets, "numpy")
    message = str(caught.value)
    count = len(UNREADABLE)
    assert f"Received: {count} that cannot: " in message
    assert f"and {count - 5} more" in message
    assert "`skip_unreadable=True` (`--skip-unreadable`)" in message
    for name in sorted(UNREADABLE)[:5]:
        assert f"{str(pets / split / 'dog' / name)!r} (" in message


def test_a_bad_file_is_found_far_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(check, "_FEW", 3)
    write(tmp_path, [f"{name}/{i:03}.jpg" for name in "ab" for i in range(300)])
    write(tmp_path, {"b/299.jpg": JPEG[:-200]})
    with pytest.raises(ValueError, match=r"1 that cannot: '.*b/299\.jpg' \("):
        load(tmp_path, "numpy")


def test_a_dead_link_is_refused(pets):
    (pets / "test/cat/link.jpg").symlink_to(pets / "none.jpg")
    with pytest.raises(ValueError, match=r"link\.jpg' \(a link to a file"):
        load(pets, "numpy")


def test_unreadable_files_are_skipped_when_asked(pets, capsys):
    for split in ("train", "val", "test"):
        write(pets / split / "dog", {n: c for n, (c, _) in UNREADABLE.items()})
    data = load(pets, "numpy", skip_unreadable=True, batch_size=4)
    assert data.sizes == {"train": 4, "validation": 4, "test": 4}
    expected = {
        str(pets / split / "dog" / name)
        for split in ("train", "val", "test")
        for name in UNREADABLE
    }
    assert set(data.skipped) == expected
    (note,) = data.notes
    assert note.startswith(f"Skipped {3 * len(UNREADABLE)} files (unreadable)")
    assert note in capsys.readouterr().out
    assert load(**data.arguments).sizes == data.sizes
    for pipeline in (data.train, data.validation, data.test):
        assert sum(len(y) for _, y in pipeline) == 4


def test_a_class_of_unreadable_files_is_refused(pets):
    write(pets / "train/dog", {"0.jpg": b"", "1.jpg": b""})
    with pytest.raises(ValueError, match="class 'dog' to hold images"):
        load(pets, "numpy", skip_unreadable=True)


def test_what_is_skipped_is_counted_and_named(pets, capsys):
    names = ["Thumbs.db", *(f"{i}.txt" for i in range(9))]
    write(pets / "train/cat", dict.fromkeys(names, b"x"))
    write(pets, dict.fromkeys(["test/dog/.DS_Store", "labels.csv"], b"x"))
    data = load(pets, "numpy")
    assert len(data.skipped) == 12
    notes = "\n".join(data.notes)
    assert "Skipped 10 files (no images): " in notes
    assert "/train/cat/0.txt'" in notes and "and 5 more" in notes
    assert "Skipped 1 file (hidden or the system's): " in notes
    assert "/test/dog/.DS_Store'" in notes
    assert "Skipped 1 file (outside the folders of the classes): " in notes
    assert capsys.readouterr().out == notes + "\n"


def test_nothing_is_said_of_a_tidy_folder(pets, capsys):
    data = load(pets, "numpy")
    assert (data.notes, data.skipped) == ((), {})
    assert capsys.readouterr().out == ""


def test_classes_that_a_split_lacks_are_named(pets):
    write(pets, ["train/emu/0.jpg", "train/fox/0.jpg", "val/fox/0.jpg"])
    assert load(pets, "numpy").notes == (
        "No validation images of 1 of 4 classes: 'emu'",
        "No test images of 2 of 4 classes: 'emu', 'fox'",
    )


def test_a_single_image_of_a_class_is_not_held_out_unsaid(tmp_path):
    write(tmp_path, ["a/0.jpg", *(f"b/{i}.jpg" for i in range(20))])
    assert load(tmp_path, "numpy").notes == (
        "No validation images of 1 of 2 classes: 'a'",
        "No test images of 1 of 2 classes: 'a'",
    )


def test_labels_that_arrays_lack_are_named(tmp_path, rng):
    x = rng.integers(0, 256, (40, 8, 8), "uint8")
    np.savez(tmp_path / "a.npz", images=x, labels=np.arange(40) % 4 * 2)
    assert load(tmp_path / "a.npz", "numpy").notes == tuple(
        f"No {split} images of 3 of 7 classes: 1, 3, 5"
        for split in ("train", "validation", "test")
    )


def test_the_orientation_is_said(pets):
    write(pets, {"train/cat/0.jpg": oriented(8), "test/dog/1.jpg": oriented(1)})
    (note,) = load(pets, "numpy").notes
    assert note.startswith("Not turned upright: 1 file with an EXIF")
    assert "train/cat/0.jpg" in note and "prediction" in note


def test_the_size_of_every_file_counts(tmp_path, write_folder):
    """Not that of a sample: here one of 800 files is larger."""
    write_folder(tmp_path, (8, 8), count=400)
    write(tmp_path, {"cat/3.png": READABLE["c.PNG"]})
    with pytest.raises(ValueError, match=r"\[\(8, 8\), \(20, 26\)\]"):
        load(tmp_path, "numpy", validation=0)
