import io
import json

import keras
import numpy as np
import pytest
from PIL import Image

from keras_deep.data import decode_image
from keras_deep.data import preprocess
from keras_deep.data.images import center_crop
from keras_deep.data.reading import read_header
from keras_deep.utils.preprocessing import Preprocessing


@pytest.fixture
def record():
    def make(*shape, resize="stretch"):
        channels = shape[-1]
        mean, std = [10.0, 20.0, 30.0][:channels], [2.0, 4.0, 8.0][:channels]
        return Preprocessing(shape, mean, std, resize)

    return make


def test_the_record_is_plain_data():
    shape = tuple(np.array([8, 8, 1]))
    made = Preprocessing(shape, np.ones(1), np.ones(1), "stretch").to_dict()
    assert json.loads(json.dumps(made)) == made
    assert made["range"] == [0, 255]


def test_preprocess_is_the_formula_of_the_record(record, rng):
    made = record(4, 5, 3)
    images = rng.integers(0, 256, (2, 4, 5, 3), "uint8")
    result = preprocess(images, made)
    assert result.dtype == "float32"
    for n, y, x, c in np.ndindex(images.shape):
        expected = (float(images[n, y, x, c]) - made.mean[c]) / [2, 4, 8][c]
        assert result[n, y, x, c] == expected


def test_preprocess_takes_a_dict_that_may_say_nothing_of_resizing(record, rng):
    images = rng.integers(0, 256, (2, 4, 5, 3), "uint8")
    expected = preprocess(images, record(4, 5, 3))
    plain = record(4, 5, 3).to_dict()
    np.testing.assert_array_equal(preprocess(images, plain), expected)
    plain = {name: plain[name] for name in ("shape", "mean", "std")}
    np.testing.assert_array_equal(preprocess(images, plain), expected)


def test_preprocess_obeys_the_image_data_format(record, rng):
    images = rng.integers(0, 256, (2, 4, 5, 3), "uint8")
    last = preprocess(images, record(4, 5, 3))
    keras.config.set_image_data_format("channels_first")
    try:
        first = preprocess(images, record(4, 5, 3))
    finally:
        keras.config.set_image_data_format("channels_last")
    assert first.shape == (2, 3, 4, 5)
    assert first[1, 2, 3, 4] == last[1, 3, 4, 2]


def test_preprocess_refuses_another_shape(record):
    with pytest.raises(ValueError, match=r"\(\.\.\., 4, 5, 3\).*\(2, 5, 4, 3"):
        preprocess(np.zeros((2, 5, 4, 3)), record(4, 5, 3))


@pytest.mark.parametrize("kind", ["path", "string", "bytes"])
@pytest.mark.parametrize("channels", [1, 3])
def test_an_image_of_the_right_size_is_kept(
    tmp_path, record, rng, kind, channels
):
    pixels = rng.integers(0, 256, (6, 7, channels), "uint8")
    path = tmp_path / "image.png"
    Image.fromarray(pixels.squeeze()).save(path)
    source = {"path": path, "string": str(path), "bytes": path.read_bytes()}
    decoded = decode_image(source[kind], record(6, 7, channels))
    np.testing.assert_array_equal(decoded, pixels)


def test_gray_and_rgb_as_the_shape_says(tmp_path, record, rng):
    gray = rng.integers(0, 256, (6, 7), "uint8")
    Image.fromarray(gray).save(tmp_path / "gray.png")
    decoded = decode_image(tmp_path / "gray.png", record(6, 7, 3))
    np.testing.assert_array_equal(decoded, np.dstack([gray] * 3))
    red = np.zeros((6, 7, 3), "uint8")
    red[..., 0] = 255
    Image.fromarray(red).save(tmp_path / "red.png")
    decoded = decode_image(tmp_path / "red.png", record(6, 7, 1))
    assert np.unique(decoded).tolist() == [76]  # 0.299 * 255, ITU-R 601


def test_transparency_is_dropped(tmp_path, record, rng):
    pixels = rng.integers(0, 256, (6, 7, 4), "uint8")
    Image.fromarray(pixels).save(tmp_path / "a.png")
    decoded = decode_image(tmp_path / "a.png", record(6, 7, 3))
    np.testing.assert_array_equal(decoded, pixels[..., :3])


def test_stretching_averages_when_it_halves(tmp_path, record):
    # Bilinear with antialiasing: a constant stays, a ramp stays a ramp.
    ramp = np.repeat(np.arange(0, 160, 10, dtype="uint8")[None], 8, axis=0)
    Image.fromarray(ramp).save(tmp_path / "ramp.png")
    decoded = decode_image(tmp_path / "ramp.png", record(4, 8, 1))[..., 0]
    assert decoded.shape == (4, 8)
    assert decoded[:, 1:-1].tolist() == [[25, 45, 65, 85, 105, 125]] * 4


@pytest.mark.parametrize(
    ("height", "width", "size", "expected"),
    [
        # What torchvision's Resize(256) and CenterCrop(224) do.
        (375, 500, 224, (256, 341, 16, 58)),
        (500, 375, 224, (341, 256, 58, 16)),
        (224, 224, 224, (256, 256, 16, 16)),
        (96, 96, 96, (109, 109, 6, 6)),
    ],
)
def test_center_crop(height, width, size, expected):
    assert center_crop(height, width, size, min) == expected


def test_center_crop_of_an_image(record, rng):
    pixels = rng.integers(0, 256, (300, 400, 3), "uint8")
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    made = record(224, 224, 3, resize="center_crop")
    decoded = decode_image(file.getvalue(), made)
    resized = Image.fromarray(pixels).resize((341, 256), Image.BILINEAR)
    expected = np.asarray(resized)[16:240, 58:282]
    np.testing.assert_array_equal(decoded, expected)


def test_what_is_not_an_image_is_named(tmp_path, record):
    path = tmp_path / "text.png"
    path.write_text("not an image")
    with pytest.raises(ValueError, match=r"text\.png' to be an image"):
        decode_image(path, record(8, 8, 1))
    with pytest.raises(ValueError, match="the bytes to be an image"):
        decode_image(b"nothing", record(8, 8, 1))


def test_a_truncated_image_is_named(tmp_path, record, rng):
    path = tmp_path / "cut.jpg"
    pixels = rng.integers(0, 256, (64, 64, 3), "uint8")
    Image.fromarray(pixels).save(path)
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(ValueError, match=r"cut\.jpg.*truncated"):
        decode_image(path, record(8, 8, 3))


def test_16_bits_are_refused(tmp_path, record):
    path = tmp_path / "deep.png"
    Image.fromarray(np.full((4, 4), 3000, "uint16")).save(path)
    for read in (
        lambda: decode_image(path, record(4, 4, 1)),
        lambda: read_header(path),
    ):
        with pytest.raises(ValueError, match="8 bits in a channel.*I;16"):
            read()


def test_a_missing_image_is_missing(tmp_path, record):
    with pytest.raises(FileNotFoundError):
        decode_image(tmp_path / "none.png", record(4, 4, 1))
