import os

import pytest

from keras_deep.data.folder import read_folder
from keras_deep.data.image_files import HIDDEN
from keras_deep.data.image_files import NO_CLASS
from keras_deep.data.image_files import NO_IMAGE
from keras_deep.data.image_files import find_images
from tests.support.image_files import READABLE
from tests.support.image_files import UNREADABLE

JPEG = READABLE["a.jpg"]


def write(root, files):
    """Writes files: a dict of path to content, or paths of JPEG files."""
    if not isinstance(files, dict):
        files = dict.fromkeys(files, JPEG)
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)


def relative(root, paths):
    return [os.path.relpath(path, root) for path in paths]


def test_every_extension_in_every_case_is_found(tmp_path):
    write(tmp_path, READABLE)
    images, skipped = find_images(tmp_path)
    assert relative(tmp_path, images) == sorted(READABLE)
    assert skipped == []


def test_images_that_cannot_be_decoded_are_found_too(tmp_path):
    write(tmp_path, {name: found[0] for name, found in UNREADABLE.items()})
    images, skipped = find_images(tmp_path)
    assert relative(tmp_path, images) == sorted(UNREADABLE)
    assert skipped == []


def test_images_in_subfolders_and_behind_links(tmp_path):
    root = tmp_path / "cat"
    write(root, ["1.jpg", "2020/05/2.jpg", "x.jpg/3.jpg"])
    write(tmp_path / "else", ["4.jpg", "deep/5.jpg"])
    (root / "link").symlink_to(tmp_path / "else")
    (root / "loop").symlink_to(root)
    (root / "6.jpg").symlink_to(tmp_path / "else" / "4.jpg")
    images, skipped = find_images(root)
    assert relative(root, images) == [
        *("1.jpg", "2020/05/2.jpg", "6.jpg", "link/4.jpg"),
        *("link/deep/5.jpg", "x.jpg/3.jpg"),
    ]
    assert skipped == []
    # The folder of a class may be a link as well.
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / "cat").symlink_to(root)
    assert len(find_images(tmp_path / "linked" / "cat")[0]) == 6


def test_other_files_are_skipped_with_the_reason(tmp_path):
    write(tmp_path, ["a.jpg"])
    junk = {
        HIDDEN: [
            *(".DS_Store", "._a.jpg", "sub/.hidden.png"),
            *("__MACOSX/._b.jpg", ".cache/deep/c.jpg", "@eaDir/d.jpg"),
        ],
        NO_IMAGE: [
            *("Thumbs.db", "desktop.ini", "notes.txt", "sub/a.json"),
            *("clip.mp4", "arrays.h5", "a.jpg.bak", "README"),
        ],
    }
    for paths in junk.values():
        write(tmp_path, dict.fromkeys(paths, b"something"))
    write(tmp_path, {"empty": b""})
    junk[NO_IMAGE].append("empty")
    images, skipped = find_images(tmp_path)
    assert relative(tmp_path, images) == ["a.jpg"]
    found = {reason: [] for reason in junk}
    for path, reason in skipped:
        found[reason].append(os.path.relpath(path, tmp_path))
    for reason, paths in junk.items():
        assert sorted(found[reason]) == sorted(paths)


def test_files_beside_the_classes_are_skipped_with_the_reason(tmp_path):
    write(tmp_path, [f"{s}/{c}/1.jpg" for s in ("train", "test") for c in "ab"])
    beside = ["labels.csv", "train/lost.jpg", "test/.DS_Store", ".git/config"]
    write(tmp_path, dict.fromkeys([*beside, "__MACOSX/train/a/._1.jpg"], b"x"))
    splits, names = read_folder(tmp_path)
    assert names == ("a", "b")
    skipped = {
        os.path.relpath(path, tmp_path): reason
        for source in splits.values()
        for path, reason in source.skipped
    }
    assert skipped == {
        "labels.csv": NO_CLASS,
        "train/lost.jpg": NO_CLASS,
        "test/.DS_Store": HIDDEN,
        ".git/config": HIDDEN,
        "__MACOSX/train/a/._1.jpg": HIDDEN,
    }


@pytest.mark.parametrize("names", [("Train", "TEST"), ("Training", "testing")])
def test_splits_are_known_in_any_case(tmp_path, names):
    write(tmp_path, [f"{split}/{c}/1.jpg" for split in names for c in "ab"])
    splits, classes = read_folder(tmp_path)
    assert set(splits) == {"train", "test"} and classes == ("a", "b")


def test_splits_beside_other_folders_are_no_classes(tmp_path):
    """Images below `train/cat` would become images of a class `train`."""
    write(tmp_path, ["train/cat/1.jpg", "train/dog/1.jpg", "new/1.jpg"])
    with pytest.raises(ValueError, match=r"either.*'train' holds folders"):
        read_folder(tmp_path)
    # Files of its own make it a class.
    write(tmp_path, ["train/1.jpg"])
    assert read_folder(tmp_path)[1] == ("new", "train")
