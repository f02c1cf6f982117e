import gzip
import io
import tarfile

import pytest

from keras_deep.data.files import existing
from keras_deep.data.files import find_files

NAMES = ("a-idx1", "b.bin")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "a-idx1").write_bytes(b"first")
    (tmp_path / "b.bin").write_bytes(b"second")
    return tmp_path


def contents(found):
    return [content for _, content in found]


def test_finds_plain_files_in_order(folder):
    found = find_files(folder, NAMES)
    assert contents(found) == [b"first", b"second"]
    assert found[0][0] == str(folder / "a-idx1")


def test_finds_gzipped_and_dotted_files(folder):
    (folder / "a-idx1").unlink()
    (folder / "a.idx1.gz").write_bytes(gzip.compress(b"zipped"))
    assert contents(find_files(folder, NAMES)) == [b"zipped", b"second"]


def test_finds_files_in_a_named_folder_only(tmp_path):
    for name in ("known", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "b.bin").write_bytes(name.encode())
    assert find_files(tmp_path, ("b.bin",)) is None
    found = find_files(tmp_path, ("b.bin",), ("known",))
    assert contents(found) == [b"known"]


def test_reads_members_of_an_archive(folder, tmp_path_factory, write_tar):
    place = tmp_path_factory.mktemp("archives")
    archive = write_tar(place / "x.tar.gz", folder)
    for where in (place, archive):
        found = find_files(where, NAMES, archives=("x.tar.gz",))
        assert contents(found) == [b"first", b"second"]
    assert sorted(p.name for p in place.iterdir()) == ["x.tar.gz"]


def test_names_the_missing_file(folder):
    (folder / "b.bin").unlink()
    with pytest.raises(ValueError, match=r"Missing: \['b.bin'\]"):
        find_files(folder, NAMES)


@pytest.mark.parametrize(
    ("kind", "size", "message"),
    [
        (tarfile.SYMTYPE, 0, r"Missing: \['b.bin'\]"),
        (tarfile.DIRTYPE, 0, r"Missing: \['b.bin'\]"),
        (tarfile.REGTYPE, 2**31, "b.bin has 2147483648 bytes"),
    ],
)
def test_hostile_archives_are_refused(tmp_path, kind, size, message):
    with tarfile.open(tmp_path / "x.tar", "w") as archive:
        first = tarfile.TarInfo("data/a-idx1")
        first.size = 5
        archive.addfile(first, io.BytesIO(b"first"))
        other = tarfile.TarInfo("../b.bin")
        other.type, other.linkname, other.size = kind, "/etc/passwd", size
        archive.fileobj.write(other.tobuf())
    with pytest.raises(ValueError, match=message):
        find_files(tmp_path, NAMES, archives=("x.tar",))


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(ValueError, match="Expected `data_dir` to be an exist"):
        existing(tmp_path / "nowhere")
