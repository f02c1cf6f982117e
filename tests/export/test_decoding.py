"""Encoded images in a graph, against Pillow."""

import functools
import struct

import numpy as np
import pytest
from PIL import Image

from keras_deep.data import decode_image
from keras_deep.export.decoding import decode_batch
from keras_deep.utils.preprocessing import Preprocessing
from tests.support.image_files import READABLE
from tests.support.image_files import UNREADABLE
from tests.support.image_files import animation
from tests.support.image_files import encoded
from tests.support.image_files import picture

tf = pytest.importorskip("tensorflow")
pytestmark = pytest.mark.tensorflow

_ENDINGS = (".bmp", ".tif", ".tiff", ".ppm", ".tga", ".heic", ".dng")
ANIMATED = encoded(
    picture(), "WEBP", save_all=True, append_images=[picture(seed=1)]
)
FILES = {
    **{n: c for n, c in READABLE.items() if not n.lower().endswith(_ENDINGS)},
    "lossless.webp": encoded(picture(), "WEBP", lossless=True),
}
# Pictures that are no photos.
EDGES = ("bits.png", "colour16.png", "f.gif", "animated.gif")
WAYS = {
    "stretched": Preprocessing((9, 16, 3), [0], [1], "stretch"),
    "cropped": Preprocessing(
        (16, 16, 3), [0], [1], "center_crop", interpolation="bicubic"
    ),
    "gray": Preprocessing((20, 26, 1), [0], [1], "stretch"),
}


@functools.cache
def decoder(preprocessing):
    @tf.function(input_signature=[tf.TensorSpec((None,), tf.string)])
    def decode(encoded):
        return decode_batch(encoded, preprocessing)

    return decode


def decoded(files, preprocessing):
    images, errors = decoder(preprocessing)(tf.constant(files, tf.string))
    return images.numpy(), [text.decode() for text in errors.numpy()]


@pytest.mark.parametrize("way", WAYS)
def test_pixels_are_those_of_prediction(way):
    images, errors = decoded(list(FILES.values()), WAYS[way])
    assert set(errors) == {""}
    for image, (name, content) in zip(images, FILES.items()):
        theirs = decode_image(content, WAYS[way])
        if name in EDGES and way == "cropped":
            continue  # Pillow cuts off the overshoot of bicubic twice.
        apart = np.abs(image.astype(int) - theirs).max()
        assert apart <= 1, name


def test_a_broken_image_fails_alone():
    good = encoded(picture(), "JPEG")
    files = [good]
    for content, _ in UNREADABLE.values():
        files += [content, good]
    way = WAYS["stretched"]
    images, errors = decoded(files, way)
    assert not any(errors[::2]) and all(errors[1::2])
    alone, _ = decoded([good], way)
    np.testing.assert_array_equal(
        images[::2], np.repeat(alone, len(images[::2]), axis=0)
    )
    assert not images[1::2].any()


def sides(kind, width, height):
    """Begins an image of a size that no file of its length has."""
    if kind == "gif":
        content = animation()
        return content[:6] + struct.pack("<HH", width, height) + content[10:]
    if kind == "png":
        head = struct.pack(">II", width, height)
        content = encoded(picture(), "PNG")
        return content[:16] + head + content[24:]
    if kind == "webp":
        content = encoded(picture(), "WEBP")
        place = content.index(b"\x9d\x01\x2a") + 3
        head = struct.pack("<HH", width, height)
        return content[:place] + head + content[place + 4 :]
    if kind == "lossless":
        content = encoded(picture(), "WEBP", lossless=True)
        bits = struct.unpack("<I", content[21:25])[0] & 0xF0000000
        bits |= (width - 1) | (height - 1) << 14
        return content[:21] + struct.pack("<I", bits) + content[25:]
    if kind == "animated":
        content = ANIMATED
        head = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)
        return content[:24] + head[:6] + content[30:]
    content = encoded(picture(), "JPEG")
    place = content.index(b"\xff\xc0") + 5
    head = struct.pack(">HH", height, width)
    return content[:place] + head + content[place + 4 :]


@pytest.mark.parametrize(
    "kind", ["gif", "png", "webp", "lossless", "animated", "jpeg"]
)
def test_the_size_is_checked_before_decoding(kind):
    content = sides(kind, 12000, 11000)
    _, (error,) = decoded([content], WAYS["stretched"])
    assert error.endswith("at most 89478485 pixels. Received: 132000000")


def test_reasons():
    files = [
        b"",
        b"no image",
        UNREADABLE["gray16.png"][0],
        ANIMATED,  # Decoding it would end the process.
        UNREADABLE["cut.png"][0],
    ]
    _, errors = decoded(files, WAYS["stretched"])
    assert [error.partition("Received: ")[2] for error in errors] == [
        "an empty file.",
        "no JPEG, PNG, WebP or GIF.",
        "gray of 16 bits; convert it to 8.",
        "an animated WebP.",
        "a damaged JPEG, PNG, WebP or GIF.",
    ]


def test_transparent_pixels_of_a_gif_are_black():
    image = picture().quantize(16)
    way = Preprocessing((20, 26, 3), [0], [1], "stretch")
    images, _ = decoded([encoded(image, "GIF", transparency=3)], way)
    theirs = np.asarray(image.convert("RGB"))
    seen = (np.asarray(image) != 3)[..., np.newaxis]
    assert 0 < seen.sum() < seen.size
    np.testing.assert_array_equal(images[0], theirs * seen)


def test_an_empty_batch():
    images, errors = decoded([], WAYS["stretched"])
    assert images.shape == (0, 9, 16, 3) and errors == []


def test_gray_is_that_of_pillow_for_every_colour():
    levels = np.arange(256, dtype="uint8")
    grid = np.stack(np.meshgrid(levels[::5], levels[::3], levels[::7]), -1)
    image = Image.fromarray(grid.reshape(len(levels[::3]), -1, 3))
    way = Preprocessing((*image.size[::-1], 1), [0], [1], "stretch")
    images, _ = decoded([encoded(image, "PNG")], way)
    np.testing.assert_array_equal(images[0, ..., 0], image.convert("L"))
