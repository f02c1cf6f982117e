"""The layouts of Keras's files; tests/convert reads what Keras writes."""

import zipfile

import numpy as np
import pytest

from keras_deep.formats.keras_files import read_keras
from tests.support.keras_writer import LAYERS
from tests.support.keras_writer import NAMES
from tests.support.keras_writer import keras_file
from tests.support.keras_writer import weights_file


def test_reads_the_format_of_keras_2(shared, tmp_path):
    folder = shared / "data" / "checkpoints" / "keras"
    arrays = read_keras(folder / "mlcommons_tiny_resnet8_cifar10.h5")
    assert arrays.shape("conv2d/kernel") == (3, 3, 3, 16)
    assert arrays.shape("batch_normalization_6/moving_variance") == (64,)
    assert arrays["dense/bias"].shape == (10,)
    assert len(arrays) == 48  # 9 convolutions, 7 normalisations, 1 dense.


@pytest.mark.parametrize("write", (keras_file, weights_file))
def test_layers_are_named_by_attribute_or_place(tmp_path, write):
    path = tmp_path / "weights"
    path.write_bytes(write())
    arrays = read_keras(path)
    assert set(arrays) == set(NAMES)
    written = LAYERS["layers/dense"][1][0]
    assert arrays.shape("layers/dense/kernel") == written.shape
    np.testing.assert_array_equal(arrays["layers/dense/kernel"], written)
    assert (arrays["conv1_bn/moving_variance"] == 3).all()


@pytest.mark.parametrize("write", (keras_file, weights_file))
def test_two_arrays_of_one_name_are_refused(tmp_path, write):
    first = LAYERS["layers/conv2d"]
    path = tmp_path / "weights"
    path.write_bytes(write({**LAYERS, "layers/nested/conv2d": first}))
    with pytest.raises(ValueError, match="one array 'conv1_conv/kernel' in"):
        read_keras(path)


@pytest.mark.parametrize("cut", [0, 5, 500, 5000])
@pytest.mark.parametrize("kind", ["a.keras", "a.weights.h5"])
def test_broken_files_are_value_errors_that_name_them(tmp_path, kind, cut):
    path = tmp_path / kind
    whole = keras_file() if kind == "a.keras" else weights_file()
    path.write_bytes(whole[:cut])
    with pytest.raises(ValueError, match=kind):
        read_keras(path)


@pytest.mark.parametrize(
    "compression", (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
)
def test_an_archive_that_was_packed_again(tmp_path, compression):
    (tmp_path / "a.keras").write_bytes(keras_file())
    with (
        zipfile.ZipFile(tmp_path / "a.keras") as archive,
        zipfile.ZipFile(tmp_path / "b.keras", "w", compression) as again,
    ):
        # What stands before the weights does not matter.
        for name in reversed(archive.namelist()):
            again.writestr(name, archive.read(name))
    arrays, expected = (read_keras(tmp_path / f"{name}.keras") for name in "ba")
    assert list(arrays) == list(expected)
    for name in arrays:
        np.testing.assert_array_equal(arrays[name], expected[name])


def test_an_archive_is_checked_before_hdf5_reads_it(tmp_path):
    path = tmp_path / "a.keras"
    content = bytearray(keras_file())
    content[content.index(b"\x89HDF") + 1000] ^= 1
    path.write_bytes(content)
    with pytest.raises(ValueError, match="model.weights.h5.*its checksum"):
        read_keras(path)


def test_other_files_are_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="none.keras"):
        read_keras(tmp_path / "none.keras")
    with zipfile.ZipFile(tmp_path / "a.keras", "w") as archive:
        archive.writestr("text.txt", "no weights")
    with pytest.raises(ValueError, match="'model.weights.h5'.*'text.txt'"):
        read_keras(tmp_path / "a.keras")
