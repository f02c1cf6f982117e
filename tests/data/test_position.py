"""An interrupted epoch goes on with the batches that were left of it."""

import collections
import io

import numpy as np
import pytest
from PIL import Image

from keras_deep.data import images_tf
from keras_deep.data import load
from keras_deep.data import pipeline_numpy
from keras_deep.data.sources import Images
from tests.data.oracle import COUNT
from tests.data.oracle import assert_same
from tests.data.oracle import epoch

STEPS = 5  # of COUNT images in batches of 5
RECIPES = [{}, {"padding": 2, "flip": True}, {"resized": True, "flip": True}]


@pytest.mark.parametrize("recipe", RECIPES, ids=["plain", "crop", "resized"])
def test_the_rest_of_an_epoch_has_the_same_batches(
    pipeline, images, settings, recipe
):
    train_from = pipeline.training(images, settings(**recipe))
    whole = train_from(0)
    epochs = [epoch(whole) for _ in range(3)]
    for number in (0, 2):
        for step in range(STEPS + 1):
            rest = train_from(number, step)
            assert len(rest) == STEPS - step
            assert_same(epoch(rest), epochs[number][step:])


def test_the_rest_of_an_epoch_stays_that_of_this_epoch(
    pipeline, images, settings
):
    rest = pipeline.training(images, settings(padding=1))(1, 2)
    assert_same(epoch(rest), epoch(rest))


@pytest.fixture
def opened(monkeypatch):
    """Counts the images that are decoded, by path."""
    counts = collections.Counter()
    original = pipeline_numpy.open_image

    def count(source, channels, name=None):
        counts[str(name or source)] += 1
        return original(source, channels, name)

    monkeypatch.setattr(images_tf, "open_image", count)
    monkeypatch.setattr(pipeline_numpy, "open_image", count)
    return counts


def bitmap(rng):
    """Returns a file that TensorFlow leaves to Pillow, which is counted."""
    content = io.BytesIO()
    pixels = rng.integers(0, 256, (6, 5, 3), "uint8")
    Image.fromarray(pixels).save(content, "BMP")
    return content.getvalue()


@pytest.fixture
def files(tmp_path, rng):
    paths = [str(tmp_path / f"{i}.bmp") for i in range(COUNT)]
    for path in paths:
        with open(path, "wb") as file:
            file.write(bitmap(rng))
    return Images(np.array(paths), np.arange(COUNT, dtype="int32"))


@pytest.mark.parametrize("step", [0, 3, 5])
def test_what_is_skipped_is_not_read(pipeline, files, settings, opened, step):
    train_from = pipeline.training(files, settings(padding=1, flip=True))
    whole = epoch(train_from(1))
    opened.clear()
    assert_same(epoch(train_from(1, step)), whole[step:])
    left = np.concatenate([y for _, y in whole[step:]] or [[]]).astype(int)
    assert opened == collections.Counter(files.x[left].tolist())


class Records:
    """What tensorflow-datasets gives: a sequence of encoded images."""

    in_memory = False

    def __init__(self, rng):
        self.x = [bitmap(rng) for _ in range(COUNT)]

    def __len__(self):
        return COUNT

    def dataset(self):
        import tensorflow as tf

        return tf.data.Dataset.from_tensor_slices((self.x, np.arange(COUNT)))


@pytest.mark.tensorflow
def test_records_are_skipped_undecoded(settings, rng, opened):
    tf = pytest.importorskip("tensorflow")
    from keras_deep.data import pipeline_tf

    made = settings(resized=True, flip=True)
    train_from = pipeline_tf.training(Records(rng), made)
    whole = train_from(0)
    epochs = [epoch(whole) for _ in range(2)]
    opened.clear()
    tf.random.set_seed(3)
    expected = tf.random.uniform(())
    tf.random.set_seed(3)
    assert_same(epoch(train_from(1, 2)), epochs[1][2:])
    assert opened.total() == COUNT - 2 * 5
    # The seed of the program is left alone.
    assert tf.random.uniform(()) == expected


@pytest.mark.parametrize("step", [-1, STEPS + 1, 1.0, True])
def test_a_step_that_no_epoch_has_is_refused(pipeline, images, settings, step):
    train_from = pipeline.training(images, settings())
    with pytest.raises(ValueError, match=f"from 0 to 5.*step={step}"):
        train_from(0, step)


def test_loaded_data_go_on_with_a_step():
    pytest.importorskip("sklearn")
    data = load("digits", "numpy", seed=1, batch_size=500)
    whole = epoch(data.train_from(1))
    assert [len(y) for _, y in whole] == [500, 500, 295]
    assert_same(epoch(data.train_from(1, 2)), whole[2:])
