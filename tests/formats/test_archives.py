"""Files that are gzipped or in a tar archive, whole and damaged ones."""

import gzip
import io
import tarfile

import pytest

from keras_deep.formats.archives import read_file
from keras_deep.formats.archives import read_tar

CONTENT = b"0123456789" * 9


def test_the_ending_says_whether_a_file_is_compressed(tmp_path):
    for name, content in (("b.bin", CONTENT), ("b.gz", gzip.compress(CONTENT))):
        (tmp_path / name).write_bytes(content)
        assert read_file(tmp_path / name) == CONTENT


@pytest.mark.parametrize("damage", [lambda c: c[:-9], lambda c: c[4:]])
def test_names_the_damaged_gzip_file(tmp_path, damage):
    path = tmp_path / "b.bin.gz"
    path.write_bytes(damage(gzip.compress(CONTENT)))
    with pytest.raises(ValueError, match=r"b\.bin\.gz.*complete gzip file"):
        read_file(path)


@pytest.fixture
def archive(tmp_path):
    path = tmp_path / "x.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name in ("a-idx1", "b.bin"):
            info = tarfile.TarInfo(f"folder/{name}")
            info.size = len(CONTENT)
            archive.addfile(info, io.BytesIO(CONTENT))
    return path


def test_reads_members_whatever_their_folder(archive):
    expected = {"b.bin": CONTENT, "none": None}
    assert read_tar(archive, ("b.bin", "none")) == expected
    assert [path.name for path in archive.parent.iterdir()] == [archive.name]


@pytest.mark.parametrize("keep", [0, 5, 100])
def test_names_the_damaged_archive(archive, keep):
    archive.write_bytes(archive.read_bytes()[:keep])
    with pytest.raises(ValueError, match=r"x\.tar\.gz.*complete tar archive"):
        read_tar(archive, ("a-idx1", "b.bin"))
