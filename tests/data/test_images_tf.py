import io

import numpy as np
import pytest
from PIL import Image

from keras_deep.data import images_tf
from keras_deep.data.augment import Augmentation
from keras_deep.data.images import decode_image
from keras_deep.utils.preprocessing import Preprocessing
from tests.data.oracle import assert_every_window

tf = pytest.importorskip("tensorflow")
pytestmark = pytest.mark.tensorflow


def encoded(pixels, **options):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, **options)
    return file.getvalue()


def smooth(rng, height, width):
    """Makes a picture without noise, as photos are."""
    small = rng.integers(0, 256, (6, 8, 3), "uint8")
    return np.asarray(Image.fromarray(small).resize((width, height)))


@pytest.mark.parametrize(
    "options",
    [
        {"format": "PNG"},
        {"format": "JPEG", "quality": 90},
        {"format": "JPEG", "quality": 75, "subsampling": 0},
        {"format": "JPEG", "progressive": True},
    ],
)
def test_pixels_are_those_of_prediction(rng, options):
    content = encoded(smooth(rng, 37, 50), **options)
    made = Preprocessing((37, 50, 3), [0] * 3, [1] * 3, "stretch")
    expected = decode_image(content, made)
    np.testing.assert_array_equal(images_tf.decode(content, 3), expected)
    np.testing.assert_array_equal(
        images_tf.fit_image(images_tf.decode(content, 3), made), expected
    )


@pytest.mark.parametrize("mode", ["L", "RGBA", "P"])
def test_other_modes_of_png(rng, mode):
    image = Image.fromarray(smooth(rng, 20, 30)).convert(mode)
    file = io.BytesIO()
    image.save(file, "PNG")
    made = Preprocessing((20, 30, 3), [0] * 3, [1] * 3, "stretch")
    np.testing.assert_array_equal(
        images_tf.decode(file.getvalue(), 3),
        decode_image(file.getvalue(), made),
    )


@pytest.mark.parametrize("resize", ["stretch", "center_crop"])
@pytest.mark.parametrize("size", [(300, 400), (401, 299), (20, 33)])
def test_resizing_is_that_of_prediction(rng, resize, size):
    content = encoded(smooth(rng, *size), format="PNG")
    made = Preprocessing((48, 48, 3), [0] * 3, [1] * 3, resize)
    result = images_tf.fit_image(images_tf.decode(content, 3), made)
    assert result.dtype == "uint8"
    difference = result.numpy().astype(int) - decode_image(content, made)
    assert abs(difference).max() <= 1


def test_real_photos_are_those_of_prediction(shared):
    made = Preprocessing((112, 112, 3), [0] * 3, [1] * 3, "center_crop")
    for path in sorted((shared / "data" / "photos").glob("*.jpg"))[:8]:
        result = images_tf.decode(path.read_bytes(), 3)
        result = images_tf.fit_image(result, made).numpy().astype(int)
        assert abs(result - decode_image(path, made)).max() <= 1


@pytest.mark.parametrize(
    "augmentation",
    [Augmentation(1), Augmentation(1, True), Augmentation(0, True)],
)
@pytest.mark.parametrize("shape", [(5, 5, 1), (4, 6, 3)])
def test_every_result_is_a_window_of_the_padded_image(rng, augmentation, shape):
    images = rng.normal(size=(900, *shape)).astype("float32")
    results = images_tf.crop_and_flip(
        tf.constant(images), augmentation, images_tf.fold(3, 2, 1)
    )
    assert_every_window(images, results.numpy(), augmentation)


def test_random_parts_have_the_papers_area_and_ratio():
    height, width = 300, 400
    y, x = np.mgrid[:height, :width]
    place = tf.constant(np.stack([y, x], axis=-1))

    @tf.function
    def part(i):
        cut = images_tf.random_part(place, images_tf.fold(0, 1, i))
        return tf.stack([cut[0, 0], cut[-1, -1]])

    corners = np.stack([part(tf.constant(i)) for i in range(600)])
    h, w = (corners[:, 1] - corners[:, 0] + 1).T
    area, ratio = h * w / (height * width), w / h
    # The sides are whole pixels.
    assert 0.078 < area.min() < 0.12
    assert 0.85 < area.max() <= 1
    assert 0.74 < ratio.min() < 0.78
    assert 1.28 < ratio.max() < 1.35
    assert len(np.unique(corners, axis=0)) > 590


def test_the_fold_depends_on_every_number():
    folds = {
        tuple(images_tf.fold(*numbers).numpy())
        for numbers in np.ndindex(3, 3, 3, 3)
    }
    assert len(folds) == 81
