"""Small data sets in every layout, written by the tests themselves."""

import gzip
import importlib
import io
import struct
import tarfile

import numpy as np
import pytest
from PIL import Image

from keras_deep.data.augment import Augmentation
from keras_deep.data.sources import Images
from keras_deep.data.sources import Settings
from keras_deep.utils.preprocessing import Preprocessing
from tests.data.oracle import COUNT


@pytest.fixture
def cifar_arrays(rng):
    """Six batches of 20 images `(n, 32, 32, 3)` and labels of 10 classes."""
    labels = np.arange(20) % 10
    return [
        (rng.integers(0, 256, (20, 32, 32, 3), "uint8"), labels)
        for _ in range(6)
    ]


@pytest.fixture
def write_cifar10(cifar_arrays):
    """Writes the binary files into a folder, image by image."""

    def write(folder):
        folder.mkdir(parents=True, exist_ok=True)
        names = [f"data_batch_{i}.bin" for i in range(1, 6)]
        for name, (x, y) in zip([*names, "test_batch.bin"], cifar_arrays):
            with open(folder / name, "wb") as file:
                for image, label in zip(x, y):
                    file.write(bytes([label]))
                    for channel in range(3):
                        file.write(image[:, :, channel].tobytes())
        return folder

    return write


@pytest.fixture
def write_idx():
    """Writes an array as idx, with any prefix in place of the right one."""

    def write(path, array, magic=None, cut=0):
        magic = magic or bytes((0, 0, 8, array.ndim))
        content = magic + struct.pack(f">{array.ndim}i", *array.shape)
        content += array.astype("uint8").tobytes()
        content = content[: len(content) - cut]
        if path.suffix == ".gz":
            content = gzip.compress(content)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    return write


@pytest.fixture
def write_mnist(write_idx, rng):
    """Writes 40 training and 20 test images and returns them."""

    def write(folder, spelling="{}-{}-ubyte"):
        splits = {}
        for split, count in (("train", 40), ("t10k", 20)):
            x = rng.integers(0, 256, (count, 28, 28), "uint8")
            y = np.arange(count) % 10
            for kind, array in (("images-idx3", x), ("labels-idx1", y)):
                write_idx(folder / spelling.format(split, kind), array)
            splits[split] = (x, y)
        return splits

    return write


@pytest.fixture
def write_folder(rng):
    """Writes PNG files, `count` of each class, and returns their pixels."""

    def write(root, sizes, classes=("cat", "dog"), count=5, mode="RGB"):
        written = {}
        sizes = [sizes] if isinstance(sizes, tuple) else sizes
        for name in classes:
            (root / name).mkdir(parents=True)
            for i in range(count):
                shape = (*sizes[i % len(sizes)], 3)[: 3 if mode == "RGB" else 2]
                pixels = rng.integers(0, 256, shape, "uint8")
                Image.fromarray(pixels).save(root / name / f"{i}.png")
                written[name, i] = pixels
        return written

    return write


@pytest.fixture
def write_tar():
    """Packs all files of a folder as the archives on the net are packed."""

    def write(path, folder):
        with tarfile.open(path, "w:gz") as archive:
            for file in sorted(folder.iterdir()):
                info = tarfile.TarInfo(f"{folder.name}/{file.name}")
                info.size = file.stat().st_size
                archive.addfile(info, io.BytesIO(file.read_bytes()))
        return path

    return write


@pytest.fixture
def real_sheet(shared):
    """Reads 10,000 real images out of the picture they are packed in."""

    def read(name):
        with np.load(shared / "data" / "cifar10" / name) as file:
            rows, columns, height, width = file["tiles"]
            sheet = Image.open(io.BytesIO(file["sheet"].tobytes()))
            tiles = np.asarray(sheet.convert("RGB")).reshape(
                rows, height, columns, width, 3
            )
            images = tiles.swapaxes(1, 2).reshape(-1, height, width, 3)
            return images, file["labels"]

    return read


@pytest.fixture
def npz(tmp_path, rng):
    x = rng.integers(0, 256, (40, 28, 28), "uint8")
    facts = {"x_train": x, "y_train": np.arange(40) % 10}
    facts |= {"x_test": x[:10], "y_test": np.arange(10)}
    np.savez(tmp_path / "mnist.npz", **facts)
    return tmp_path / "mnist.npz"


@pytest.fixture(
    params=[pytest.param("tf", marks=pytest.mark.tensorflow), "numpy"]
)
def pipeline(request):
    if request.param == "tf":
        pytest.importorskip("tensorflow")
    return importlib.import_module(f"keras_deep.data.pipeline_{request.param}")


@pytest.fixture
def images(rng):
    """Images of noise; each one's label is its place."""
    x = rng.integers(0, 256, (COUNT, 6, 5, 3), "uint8")
    return Images(x, np.arange(COUNT, dtype="int32"))


@pytest.fixture
def settings():
    def make(shape=(6, 5, 3), resize="stretch", seed=7, **augmentation):
        return Settings(
            Preprocessing(shape, (99, 120, 140), (60, 70, 80), resize),
            Augmentation(**augmentation),
            batch_size=5,
            seed=seed,
        )

    return make
