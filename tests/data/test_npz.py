import numpy as np
import pytest

from keras_deep.data.npz import read_npz


@pytest.fixture
def arrays(rng):
    return {
        "x_train": rng.integers(0, 256, (6, 4, 5, 3), "uint8"),
        "y_train": np.arange(6),
        "x_test": rng.integers(0, 256, (2, 4, 5, 3), "uint8"),
        "y_test": np.arange(2),
    }


def test_train_and_test(tmp_path, arrays):
    np.savez(tmp_path / "a.npz", **arrays)
    splits = read_npz(tmp_path / "a.npz")
    assert list(splits) == ["train", "test"]
    np.testing.assert_array_equal(splits["test"].x, arrays["x_test"])
    np.testing.assert_array_equal(splits["train"].y, arrays["y_train"])


def test_validation_and_other_arrays(tmp_path, arrays):
    arrays["x_validation"] = arrays["x_test"]
    arrays["y_validation"] = arrays["y_test"]
    np.savez_compressed(tmp_path / "a.npz", other=np.zeros(3), **arrays)
    splits = read_npz(tmp_path / "a.npz")
    assert list(splits) == ["train", "validation", "test"]


def test_images_and_labels(tmp_path, arrays):
    named = {"images": arrays["x_train"], "labels": arrays["y_train"]}
    np.savez(tmp_path / "a.npz", **named)
    splits = read_npz(tmp_path / "a.npz")
    np.testing.assert_array_equal(splits["train"].x, arrays["x_train"])


def test_other_names_are_refused(tmp_path, arrays):
    np.savez(tmp_path / "a.npz", x_train=arrays["x_train"], z=np.zeros(1))
    with pytest.raises(ValueError, match=r"a\.npz.*Received: \['x_train', 'z"):
        read_npz(tmp_path / "a.npz")


def test_the_arrays_are_checked(tmp_path, arrays):
    arrays["y_test"] = np.arange(3)
    np.savez(tmp_path / "a.npz", **arrays)
    with pytest.raises(ValueError, match=r"a\.npz' \(x_test, y_test\)"):
        read_npz(tmp_path / "a.npz")


def test_objects_are_refused(tmp_path):
    pickled = np.array([{}, {}], dtype=object)
    np.savez(tmp_path / "a.npz", x_train=pickled, y_train=np.arange(2))
    with pytest.raises(ValueError, match=r"a\.npz.*plain arrays.*type '\|O'"):
        read_npz(tmp_path / "a.npz")


def test_objects_beside_the_images_are_refused(tmp_path, arrays):
    names = np.array([{}, "cat"], dtype=object)
    np.savez(tmp_path / "a.npz", names=names, **arrays)
    with pytest.raises(ValueError, match=r"plain arrays.*'names'.*type '\|O'"):
        read_npz(tmp_path / "a.npz")


def test_texts_and_dates_beside_the_images_are_left_out(tmp_path, arrays):
    others = {"names": ["cat", "dog"], "code": b"a", "day": "2020-01-01"}
    others = {name: np.array(value) for name, value in others.items()}
    others["day"] = others["day"].astype("M8[D]")
    np.savez(tmp_path / "a.npz", **others, **arrays)
    assert list(read_npz(tmp_path / "a.npz")) == ["train", "test"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: b"text",
        lambda content: content[: len(content) // 2],
        lambda content: content[:200] + b"\xff" * 9 + content[209:],
    ],
)
def test_damaged_files_are_named(tmp_path, arrays, damage):
    path = tmp_path / "a.npz"
    np.savez_compressed(path, **arrays)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(ValueError, match=r"a\.npz' to be a complete"):
        read_npz(path)
