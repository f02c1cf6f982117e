"""Files that are no checkpoints of PyTorch say what they are."""

import gzip
import io
import pathlib
import struct
import tarfile
import zipfile

import h5py
import numpy as np
import pytest

from keras_deep.formats.pytorch.reader import read_pytorch
from tests.support.torch_files import Tensor
from tests.support.torch_files import legacy_checkpoint
from tests.support.torch_files import pickled
from tests.support.torch_files import zip_checkpoint
from tests.support.torch_files import zip_of


def _tar():
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("storages"))
    return file.getvalue()


def _hdf5():
    file = io.BytesIO()
    with h5py.File(file, "w") as content:
        content["w"] = 1
    return file.getvalue()


# A module of Torch7: type, index, then the version and the class.
T7 = struct.pack("<iii3si7s", 4, 1, 3, b"V 1", 7, b"nn.Relu")
WEIGHTS = {"w": Tensor(np.arange(3, dtype="f4"))}
OTHERS = {
    "page.pth": (b"\n<!DOCTYPE html><html>", "web page.*Download"),
    "index.bin": (b'{"weight_map": {}}', "JSON.*each part"),
    "weights.h5": (_hdf5(), "HDF5.*read_keras"),
    "weights.pth.gz": (gzip.compress(b"x"), "compressed.*Unpack"),
    "old.tar": (_tar(), "tar archive"),
    "net.t7": (T7, "Torch7.*torchfile.load.*savez"),
    "ascii.t7": (b"4\n1\n3\nV 1\n", "Torch7.*torchfile"),
    "net.onnx": (b"\x08\x07\x12\x07pytorch", "ONNX"),
    "saved_model.pb": (b"\x08\x01\x12\xff\x01", "SavedModel"),
    "noise.pth": (b"\xde\xad\xbe\xef", r"begins with b'\\xde\\xad\\xbe\\xef'"),
    "script.pt": (
        zip_checkpoint(WEIGHTS, **{"constants.pkl": b"\x80\x02)."}),
        r"TorchScript.*torch.jit.load\(path\).state_dict\(\)",
    ),
    "big.pth": (
        zip_checkpoint(WEIGHTS, byteorder=b"big"),
        "lowest byte comes first",
    ),
    "model.keras": (
        zip_of({"config.json": b"{}", "model.weights.h5": b""}, root=""),
        "Keras.*read_keras",
    ),
    "photos.zip": (zip_of({"a.jpg": b""}), "members 'archive/a.jpg'"),
    "bz2.pth": (
        zip_checkpoint(WEIGHTS, compression=zipfile.ZIP_BZIP2),
        "stored or deflated.*method 12",
    ),
    "version.pth": (
        legacy_checkpoint(WEIGHTS).replace(b"M\xe9\x03.", b"M\xea\x03.", 1),
        "version 1001.*Received: 1002",
    ),
    "keys.pth": (
        legacy_checkpoint(WEIGHTS).replace(
            b"X\1\0\0\0" + b"0q\1a.", b"X\1\0\0\0" + b"1q\1a."
        ),
        "the key of a storage.*Received: '1'",
    ),
    "counts.pth": (
        legacy_checkpoint(WEIGHTS).replace(
            struct.pack("<q", 3), struct.pack("<q", 4)
        ),
        "storage '0' with 3 elements.*byte .*'0400000000000000'",
    ),
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_formats_are_recognised(name, tmp_path):
    content, pattern = OTHERS[name]
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ValueError, match=f"^Expected .*{pattern}") as error:
        read_pytorch(path)
    assert name in str(error.value) and "Received: " in str(error.value)


@pytest.mark.parametrize(
    "name",
    (
        "caffe/mtcnn_det1.caffemodel",
        "caffe/mtcnn_det1.prototxt",
        "caffe/junyuseu_res20_aug.caffemodel",
        "caffe/lenet_mnist.caffemodel",
        "caffe/wechat_sr.caffemodel",
        "caffe/wechat_sr.prototxt",
    ),
)
def test_files_of_caffe(shared, name):
    with pytest.raises(ValueError, match="Caffe.*read_caffe"):
        read_pytorch(shared / "data/checkpoints" / name)


def test_content_decides_and_not_the_name(tmp_path):
    path = tmp_path / "weights.safetensors"
    for content in (zip_checkpoint(WEIGHTS), legacy_checkpoint(WEIGHTS)):
        path.write_bytes(content)
        assert read_pytorch(path)["w"].tolist() == [0, 1, 2]
    path.write_bytes(b"version https://git-lfs.github.com/spec/v1\n")
    with pytest.raises(ValueError, match="git lfs pull"):
        read_pytorch(path)


def test_compressed_pickles_are_bounded(tmp_path):
    path = tmp_path / "weights.pth"
    content = b"\x80\x04" + b"N0" * (8 * 2**20) + pickled(WEIGHTS)
    path.write_bytes(zip_of({"data.pkl": content}, zipfile.ZIP_DEFLATED))
    with pytest.raises(ValueError, match="at most 16777216 bytes.*inflate to"):
        read_pytorch(path)


def _with_size(content, name, size):
    """Returns a zip file whose directory has another size of a member."""
    content = bytearray(content)
    entry = content.rindex(b"PK\1\2", 0, content.rindex(name))
    struct.pack_into("<I", content, entry + 24, size)
    return content


def test_members_that_claim_more_than_they_can_have(tmp_path):
    """Deflate makes at most 1032 bytes of one."""
    content = zip_checkpoint(WEIGHTS, compression=zipfile.ZIP_DEFLATED)
    path = tmp_path / "weights.pth"
    path.write_bytes(_with_size(content, b"archive/data/0", 2**31))
    with pytest.raises(ValueError, match="'archive/data/0' of 2147483648 byt"):
        read_pytorch(path)


def test_members_that_claim_more_than_they_have(tmp_path):
    content = zip_checkpoint(
        {"w": Tensor(np.arange(4, dtype="f4"))},
        compression=zipfile.ZIP_DEFLATED,
        **{"data/0": bytes(12)},
    )
    path = tmp_path / "weights.pth"
    path.write_bytes(_with_size(content, b"archive/data/0", 16))
    arrays = read_pytorch(path)
    with pytest.raises(ValueError, match="'archive/data/0' .*fewer bytes"):
        arrays["w"]


@pytest.mark.parametrize(
    "compression", (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
)
def test_checksums(tmp_path, compression):
    """They are compared where there are some: PyTorch may leave them out."""
    content = zip_checkpoint(WEIGHTS, compression=compression)
    path = tmp_path / "weights.pth"
    for checksum, loads in ((0, True), (1, False)):
        changed = bytearray(content)
        entry = changed.rindex(b"PK\1\2", 0, changed.rindex(b"archive/data/0"))
        struct.pack_into("<I", changed, entry + 16, checksum)
        path.write_bytes(changed)
        arrays = read_pytorch(path)
        if loads:
            assert arrays["w"].tolist() == [0, 1, 2]
        else:
            with pytest.raises(
                ValueError, match="'archive/data/0' .*have its checksum"
            ):
                arrays["w"]


def test_the_conversion_of_torch7_names_the_file(tmp_path):
    path = pathlib.Path(tmp_path, "net.t7")
    path.write_bytes(T7)
    with pytest.raises(ValueError) as error:
        read_pytorch(path)
    command = str(error.value).split("Convert it: ")[1]
    program = command.split('python -c "')[1].removesuffix('"')
    compile(program, "command", "exec")
    assert f"torchfile.load({str(path)!r})" in program
