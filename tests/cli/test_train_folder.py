"""`keras-deep train` on folders of photos, as people have them."""

import json

import keras
import pytest
from typer.testing import CliRunner

import keras_deep
from keras_deep.cli.app import app
from tests.support.image_files import READABLE
from tests.support.image_files import encoded
from tests.support.image_files import oriented
from tests.support.image_files import picture

SMALL = ["DenseNetBC", "--blocks", "(1,)", "--growth-rate", "4"]


@pytest.fixture
def photos(tmp_path, monkeypatch):
    """Two classes of 30 photos of 60 x 80 pixels in the current folder."""
    monkeypatch.chdir(tmp_path)
    for name in ("cat", "dog"):
        (tmp_path / "pets" / name / "more").mkdir(parents=True)
        for i in range(30):
            image = encoded(picture(60, 80, i), ("JPEG", "WEBP", "GIF")[i % 3])
            place = "more" if i % 2 else "."
            extension = ("JPG", "webp", "gif")[i % 3]
            path = tmp_path / "pets" / name / place / f"{i}.{extension}"
            path.write_bytes(image)
    return tmp_path / "pets"


def train(*words):
    options = ["--data", "pets", "--epochs", "1", "--seed", "1"]
    result = CliRunner().invoke(app, ["train", *options, *words])
    return " ".join(result.stdout.split()), result


def card_of(folder="runs/latest"):
    with open(f"{folder}/result.json") as file:
        return json.load(file)


@pytest.mark.parametrize("place", ["cat/0.JPG", "dog/more/29.gif"])
def test_a_bad_file_is_named_before_the_training(photos, place):
    (photos / place).write_bytes(READABLE["a.jpg"][:-300])
    output, result = train(*SMALL)
    assert isinstance(result.exception, ValueError)
    message = str(result.exception)
    assert f"Received: 1 that cannot: 'pets/{place}' (" in message
    assert "--skip-unreadable" in message and "epoch" not in output


def test_what_is_trained_on_is_said(photos):
    (photos / "cat/more/empty.jpg").touch()
    (photos / "dog/turned.jpg").write_bytes(oriented())
    (photos / "dog/.DS_Store").write_bytes(b"x")
    output, result = train(*SMALL, "--skip-unreadable")
    assert result.exception is None, result.output
    assert "Skipped 1 file (unreadable): 'pets/cat/more/empty.jpg' (" in output
    assert "the system's): 'pets/dog/.DS_Store'" in output
    assert "EXIF orientation" in output and "'pets/dog/turned.jpg'" in output
    split = "Data: 45 training, 4 validation and 12 test images of 32 x 32 x 3"
    assert output.count(split) == output.count("Classes (2): cat, dog") == 1
    assert output.index(split) < output.index("epoch 1/1")
    # The model is one for CIFAR.
    assert "brought to 32 pixels, the model's own size" in output
    assert "A batch of 128 is more than all 45 training images" in output
    card = card_of()
    assert card["training"]["data"]["skip_unreadable"] is True
    assert card["preprocessing"]["shape"] == [32, 32, 3]
    model = keras_deep.load("runs/latest/best.keras")
    assert model.input_shape == (None, 32, 32, 3)
    # The same files are skipped again, those of another folder when asked.
    words = ["evaluate", "runs/latest/best.keras"]
    result = CliRunner().invoke(app, words)
    assert result.exception is None, result.output
    words += ["--data", "./pets"]
    result = CliRunner().invoke(app, words)
    assert "--skip-unreadable" in str(result.exception)
    result = CliRunner().invoke(app, [*words, "--skip-unreadable"])
    assert result.exception is None, result.output


def test_the_image_size_can_be_given(photos):
    output, result = train(*SMALL, "--image-size", "40", "--batch-size", "16")
    assert result.exception is None, result.output
    assert "images of 40 x 40 x 3" in output
    assert "own size" not in output and "A batch" not in output
    assert card_of()["preprocessing"]["shape"] == [40, 40, 3]
    # Repeated on images of another size, the network is not that of before.
    words = ["--config", "runs/latest/result.json", "--output", "again"]
    words = ["train", *words, "--image-size", "24"]
    result = CliRunner().invoke(app, words)
    assert result.exception is None, result.output
    card = card_of("again")
    assert card["preprocessing"]["shape"] == [24, 24, 3]
    assert card["training"]["data"]["batch_size"] == 16
    assert card["builder"] == "DenseNetBC"


@pytest.mark.tensorflow
@pytest.mark.parametrize("gone", [False, True])
def test_a_file_that_breaks_during_the_training_is_named(photos, gone):
    path = photos / "cat/0.JPG"

    class Break(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            if gone:
                path.unlink()
            else:
                path.write_bytes(path.read_bytes()[:-300])

    data = keras_deep.data.load("pets", "tf", image_size=8, batch_size=4)
    build = ("DenseNetBC", {"blocks": (1,), "growth_rate": 4})
    config = keras_deep.training.Config(epochs=1)
    with pytest.raises(ValueError, match="Expected 'pets/cat/0.JPG' to be an"):
        keras_deep.training.fit(build, data, config, callbacks=[Break()])
