"""Every kind of image file: the same pixels, or the same error, everywhere."""

import os

import numpy as np
import pytest
from PIL import Image

from keras_deep.data import decode_image
from keras_deep.data.reading import UnreadableImage
from keras_deep.data.reading import check_image
from keras_deep.data.reading import open_image
from tests.support.image_files import READABLE
from tests.support.image_files import UNREADABLE
from tests.support.image_files import oriented
from tests.support.image_files import picture


@pytest.mark.parametrize("name", READABLE)
def test_all_that_pillow_decodes_is_an_image(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(READABLE[name])
    headers = [check_image(str(path), decode) for decode in (False, True)]
    for header in headers:
        image = np.asarray(open_image(path, header.channels))
        assert image.dtype == "uint8"
        assert image.shape[:2] == (header.height, header.width)
        assert header.channels == (1 if image.ndim == 2 else 3)
    assert headers[0] == headers[1]


@pytest.mark.parametrize("decode", [False, True])
@pytest.mark.parametrize("name", UNREADABLE)
def test_what_is_wrong_with_a_file_is_said(tmp_path, name, decode):
    path = tmp_path / name
    content, reason = UNREADABLE[name]
    path.write_bytes(content)
    with pytest.raises(UnreadableImage) as caught:
        check_image(str(path), decode)
    assert reason in caught.value.reason and caught.value.reason
    assert f"Expected {str(path)!r} to be an image" in str(caught.value)
    # Pillow is more lenient with the ends and checksums of PNG.
    if name not in ("no_end.png", "rotten.png"):
        with pytest.raises(UnreadableImage, match=name):
            open_image(path, 3)


def test_only_decoding_finds_noise_in_a_jpeg(tmp_path):
    content = bytearray(READABLE["a.jpg"])
    place = content.index(b"\xff\xda") + 14
    content[place : place + 40] = b"\xff\x11" * 20
    (tmp_path / "noise.jpg").write_bytes(content)
    check_image(str(tmp_path / "noise.jpg"))
    with pytest.raises(UnreadableImage, match="noise.jpg"):
        check_image(str(tmp_path / "noise.jpg"), decode=True)


def test_what_is_no_file_is_no_image(tmp_path):
    os.mkfifo(tmp_path / "pipe.jpg")
    with pytest.raises(UnreadableImage, match="no regular file"):
        check_image(str(tmp_path / "pipe.jpg"))
    (tmp_path / "link.jpg").symlink_to(tmp_path / "none.jpg")
    with pytest.raises(FileNotFoundError):
        check_image(str(tmp_path / "link.jpg"))


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_the_orientation_of_exif_is_told_but_not_applied(tmp_path, format):
    path = str(tmp_path / "image")
    for value, expected in ((1, False), (6, True)):
        with open(path, "wb") as file:
            file.write(oriented(value, format))
        header = check_image(path)
        assert header.oriented == expected
        assert (header.height, header.width) == picture().size[::-1]
    record = {"shape": (20, 26, 3), "mean": 0, "std": 1, "resize": "stretch"}
    stored = np.asarray(Image.open(path).convert("RGB"))
    np.testing.assert_array_equal(decode_image(path, record), stored)


def test_pillow_applies_the_orientation_of_tiff(tmp_path):
    (tmp_path / "a.tif").write_bytes(oriented(6, "TIFF"))
    header = check_image(str(tmp_path / "a.tif"))
    assert not header.oriented
    assert (header.height, header.width) == picture().size


def test_damaged_exif_makes_no_damaged_image(tmp_path):
    content = oriented().replace(b"Exif\0\0", b"Exif\0\0garbage")
    (tmp_path / "a.jpg").write_bytes(content)
    assert not check_image(str(tmp_path / "a.jpg"), decode=True).oriented
