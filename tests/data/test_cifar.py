import gzip
import pickle
import struct

import numpy as np
import pytest

from keras_deep.data.cifar import read_cifar


def assert_equal(splits, arrays):
    train = [np.concatenate(part) for part in zip(*arrays[:-1])]
    for split, (x, y) in (("train", train), ("test", arrays[-1])):
        np.testing.assert_array_equal(splits[split].x, x)
        np.testing.assert_array_equal(splits[split].y, y)
        assert splits[split].y.dtype == "int32"


@pytest.mark.parametrize("place", ["", "cifar-10-batches-bin"])
def test_binary_files(tmp_path, write_cifar10, cifar_arrays, place):
    write_cifar10(tmp_path / place)
    assert_equal(read_cifar("cifar10", tmp_path), cifar_arrays)


def test_gzipped_binary_files(tmp_path, write_cifar10, cifar_arrays):
    for path in list(write_cifar10(tmp_path).iterdir()):
        zipped = path.with_name(path.name + ".gz")
        zipped.write_bytes(gzip.compress(path.read_bytes(), 1))
        path.unlink()
    assert_equal(read_cifar("cifar10", tmp_path), cifar_arrays)


def test_archive(tmp_path, write_cifar10, cifar_arrays, write_tar):
    folder = write_cifar10(tmp_path / "cifar-10-batches-bin")
    (tmp_path / "archives").mkdir()
    path = tmp_path / "archives" / "cifar-10-binary.tar.gz"
    write_tar(path, folder)
    assert_equal(read_cifar("cifar10", path.parent), cifar_arrays)
    assert_equal(read_cifar("cifar10", path), cifar_arrays)


def test_cifar100_takes_the_fine_label(tmp_path, rng):
    x = rng.integers(0, 256, (4, 3072), "uint8")
    rows = [bytes([19, 90 + i]) + x[i].tobytes() for i in range(4)]
    (tmp_path / "train.bin").write_bytes(b"".join(rows))
    (tmp_path / "test.bin").write_bytes(rows[2])
    splits = read_cifar("cifar100", tmp_path)
    assert splits["train"].y.tolist() == [90, 91, 92, 93]
    assert splits["test"].y.tolist() == [92]
    # The planes are red, green, blue; within one, row by row.
    assert splits["test"].x[0, 3, 5, 2] == x[2][2 * 1024 + 3 * 32 + 5]


def python2_pickle(pixels, labels):
    """Writes the opcodes that Python 2 wrote into the files on the net."""
    rows, columns = (struct.pack("<i", side) for side in pixels.shape)
    dtype = (
        b"cnumpy\ndtype\n(U\x02u1K\x00K\x01tR(K\x03U\x01|NNN"
        b"J\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
    )
    raw = b"T" + struct.pack("<i", pixels.size) + pixels.tobytes()
    array = (
        b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n"
        b"K\x00\x85U\x01btR(K\x01J" + rows + b"J" + columns + b"\x86"
    )
    numbers = b"".join(b"K" + bytes([label]) for label in labels)
    return (
        b"\x80\x02}(U\x04data" + array + dtype + b"\x89" + raw + b"tb"
        b"U\x06labels](" + numbers + b"eu."
    )


def modern_pickle(protocol, key):
    def write(pixels, labels):
        keys = (b"data", b"labels") if key is bytes else ("data", "labels")
        values = (pixels, [np.int64(label) for label in labels])
        return pickle.dumps(dict(zip(keys, values)), protocol)

    return write


@pytest.mark.parametrize(
    "write",
    [
        python2_pickle,
        *(modern_pickle(p, str) for p in (0, 2, 4, 5)),
        modern_pickle(2, bytes),
    ],
)
@pytest.mark.parametrize("place", ["", "cifar-10-batches-py"])
def test_pickles(tmp_path, cifar_arrays, write, place):
    names = [f"data_batch_{i}" for i in range(1, 6)] + ["test_batch"]
    (tmp_path / place).mkdir(exist_ok=True)
    for name, (x, y) in zip(names, cifar_arrays):
        rows = np.ascontiguousarray(x.transpose(0, 3, 1, 2)).reshape(20, -1)
        (tmp_path / place / name).write_bytes(write(rows, y))
    assert_equal(read_cifar("cifar10", tmp_path), cifar_arrays)


def test_cifar100_pickles(tmp_path, rng):
    content = {
        "data": rng.integers(0, 256, (3, 3072), "uint8"),
        "coarse_labels": [1, 2, 3],
        "fine_labels": [97, 98, 99],
    }
    for name in ("train", "test"):
        (tmp_path / name).write_bytes(pickle.dumps(content, 2))
    assert read_cifar("cifar100", tmp_path)["test"].y.tolist() == [97, 98, 99]


PIXELS = np.zeros((2, 3072), "uint8")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "complete pickle"),
        (b"garbage", "to be a"),
        (pickle.dumps([1, 2]), r"a dict with `data` and `fine_labels`"),
        (pickle.dumps({"data": PIXELS}), r"Received: \['data'\]"),
        (
            pickle.dumps({"data": PIXELS, "fine_labels": [1]}),
            r"shape \(1, 3072\), one row for each label",
        ),
        (
            pickle.dumps({"data": PIXELS / 255, "fine_labels": [1, 2]}),
            "Received: float64",
        ),
    ],
)
def test_wrong_pickles_are_named(tmp_path, content, message):
    for name in ("train", "test"):
        (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=rf"train'.*{message}"):
        read_cifar("cifar100", tmp_path)


@pytest.mark.parametrize("cut", [1, 3072, 20 * 3073])
def test_truncated_binary_files_are_named(tmp_path, write_cifar10, cut):
    path = write_cifar10(tmp_path) / "data_batch_3.bin"
    path.write_bytes(path.read_bytes()[: 20 * 3073 - cut])
    with pytest.raises(ValueError, match=r"data_batch_3\.bin.*3073 bytes"):
        read_cifar("cifar10", tmp_path)


def test_nothing_there(tmp_path):
    assert read_cifar("cifar10", tmp_path) is None


def test_the_real_test_batch(tmp_path, real_sheet):
    x, y = real_sheet("test.npz")
    rows = x.transpose(0, 3, 1, 2).reshape(10000, -1)
    content = np.concatenate([y[:, None].astype("uint8"), rows], 1).tobytes()
    for name in (*(f"data_batch_{i}.bin" for i in range(1, 6)),):
        (tmp_path / name).write_bytes(content[: 100 * 3073])
    (tmp_path / "test_batch.bin").write_bytes(content)
    test = read_cifar("cifar10", tmp_path)["test"]
    np.testing.assert_array_equal(test.x, x)
    assert np.bincount(test.y).tolist() == [1000] * 10
