import numpy as np
import pytest
from PIL import Image

from keras_deep.data.folder import read_folder


def test_one_folder_for_each_class(tmp_path, write_folder):
    written = write_folder(tmp_path, (8, 9), classes=("dog", "cat", "ant"))
    (tmp_path / ".cache").mkdir()
    (tmp_path / "cat" / "notes.txt").write_text("not an image")
    splits, names = read_folder(tmp_path)
    assert names == ("ant", "cat", "dog")
    assert list(splits) == ["train"]
    train = splits["train"]
    assert train.y.tolist() == [0] * 5 + [1] * 5 + [2] * 5
    assert train.measure() == ({(8, 9)}, 3)
    for path, label in zip(train.x, train.y):
        *_, name, file = path.replace(".png", "").rsplit("/", 2)
        assert name == names[label]
        pixels = np.asarray(Image.open(path))
        np.testing.assert_array_equal(pixels, written[name, int(file)])


@pytest.mark.parametrize(
    ("folders", "splits"),
    [
        (("train", "test"), {"train", "test"}),
        (("train", "val", "test"), {"train", "validation", "test"}),
        (("train", "validation", "test"), {"train", "validation", "test"}),
        (("train", "val"), {"train", "test"}),
        (("train",), {"train"}),
    ],
)
def test_divided_folders(tmp_path, write_folder, folders, splits):
    for i, name in enumerate(folders):
        write_folder(tmp_path / name, (4, 4), count=i + 2)
    found, names = read_folder(tmp_path)
    assert names == ("cat", "dog")
    assert set(found) == splits
    assert len(found["train"]) == 4
    if "test" in splits:
        assert len(found["test"]) == 2 * (len(folders) + 1)


def test_a_class_may_be_called_train(tmp_path, write_folder):
    write_folder(tmp_path, (4, 4), classes=("bus", "train"))
    assert read_folder(tmp_path)[1] == ("bus", "train")


def test_a_test_set_may_lack_a_class(tmp_path, write_folder):
    write_folder(tmp_path / "train", (4, 4), classes=("a", "b", "c"))
    write_folder(tmp_path / "test", (4, 4), classes=("c",))
    found, _ = read_folder(tmp_path)
    assert found["test"].y.tolist() == [2] * 5


def test_gray_images_have_one_channel(tmp_path, write_folder):
    write_folder(tmp_path, [(4, 4), (5, 6)], mode="L")
    found, _ = read_folder(tmp_path)
    assert found["train"].measure() == ({(4, 4), (5, 6)}, 1)


@pytest.mark.parametrize(
    ("folders", "message"),
    [
        ([], r"each class, two at least. Received: \[\]"),
        (["only"], r"each class, two at least. Received: \['only'\]"),
        (["test", "val"], r"hold `train` and at most"),
        (["train", "val", "valid"], r"hold `train` and at most"),
        (["train", "train/a"], r"train' to hold one folder.*\['a'\]"),
        (["a", "b"], r"a' to hold images \(\.png, .*none"),
        (
            ["train/a", "train/b", "test/other"],
            r"test' to hold classes of the training images.*\['other'\]",
        ),
    ],
)
def test_other_folders_are_refused(tmp_path, write_folder, folders, message):
    for name in folders:
        (tmp_path / name).mkdir(parents=True)
    if "test/other" in folders:
        for name in ("a", "b"):
            image = Image.new("RGB", (4, 4))
            image.save(tmp_path / "train" / name / "0.png")
    with pytest.raises(ValueError, match=message):
        read_folder(tmp_path)
