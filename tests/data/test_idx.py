import gzip

import numpy as np
import pytest

from keras_deep.data.idx import read_idx


@pytest.mark.parametrize(
    ("place", "spelling"),
    [
        ("", "{}-{}-ubyte"),
        ("", "{}-{}-ubyte.gz"),
        ("mnist", "{}-{}-ubyte.gz"),
        ("MNIST/raw", "{}-{}-ubyte"),
    ],
)
def test_files(tmp_path, write_mnist, place, spelling):
    written = write_mnist(tmp_path / place, spelling)
    splits = read_idx("mnist", tmp_path)
    for split, file in (("train", "train"), ("test", "t10k")):
        x, y = written[file]
        np.testing.assert_array_equal(splits[split].x[..., 0], x)
        np.testing.assert_array_equal(splits[split].y, y)
        assert splits[split].x.shape == (len(x), 28, 28, 1)


def test_dotted_names(tmp_path, write_mnist):
    write_mnist(tmp_path)
    for path in list(tmp_path.iterdir()):
        path.rename(tmp_path / path.name.replace("-idx", ".idx"))
    assert len(read_idx("mnist", tmp_path)["test"]) == 20


def test_mnist_and_fashion_mnist_do_not_mix(tmp_path, write_mnist):
    write_mnist(tmp_path / "fashion-mnist")
    assert read_idx("mnist", tmp_path) is None
    assert len(read_idx("fashion_mnist", tmp_path)["train"]) == 40


@pytest.mark.parametrize(
    "wrong",
    [
        {"magic": bytes((0, 0, 8, 1))},
        {"magic": bytes((0, 0, 0x0D, 3))},
        {"magic": b"PK\x03\x04"},
    ],
)
def test_a_wrong_start_is_named(tmp_path, write_mnist, write_idx, wrong):
    x, _ = write_mnist(tmp_path)["train"]
    write_idx(tmp_path / "train-images-idx3-ubyte", x, **wrong)
    match = f"train-images-idx3-ubyte.*3 axes.*{wrong['magic'].hex()}"
    with pytest.raises(ValueError, match=match):
        read_idx("mnist", tmp_path)


@pytest.mark.parametrize("cut", [1, 784, 40 * 784 + 13])
def test_a_wrong_length_is_named(tmp_path, write_mnist, write_idx, cut):
    x, _ = write_mnist(tmp_path)["train"]
    write_idx(tmp_path / "train-images-idx3-ubyte", x, cut=cut)
    with pytest.raises(ValueError, match="train-images-idx3-ubyte.*Received"):
        read_idx("mnist", tmp_path)


def test_images_and_labels_must_be_as_many(tmp_path, write_mnist, write_idx):
    write_mnist(tmp_path)
    write_idx(tmp_path / "train-labels-idx1-ubyte", np.zeros(39))
    with pytest.raises(ValueError, match="each of the 40 images.*39"):
        read_idx("mnist", tmp_path)


def test_real_mnist(tmp_path, shared):
    for part in ("images-idx3", "labels-idx1"):
        for real, official in (("train20k", "train"), ("t10k", "t10k")):
            name = "{}-" + part + "-ubyte.gz"
            (tmp_path / name.format(official)).symlink_to(
                shared / "data" / "mnist" / name.format(real)
            )
    splits = read_idx("mnist", tmp_path)
    assert {k: len(v) for k, v in splits.items()} == {
        "train": 20000,
        "test": 10000,
    }
    # The first test digits and the mean as everybody knows them.
    assert splits["test"].y[:5].tolist() == [7, 2, 1, 0, 4]
    raw = gzip.decompress((tmp_path / "t10k-images-idx3-ubyte.gz").read_bytes())
    assert splits["test"].x.tobytes() == raw[16:]
    assert abs(splits["train"].x.mean() - 33.33) < 0.5
