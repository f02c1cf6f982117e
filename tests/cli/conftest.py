"""A folder of files of every wrong kind, for what the commands refuse."""

import zipfile

import keras
import numpy as np
import pytest
from PIL import Image

import keras_deep


@pytest.fixture(scope="module")
def wrong_files(tmp_path_factory):
    """Files of every wrong kind beside a model and an image."""
    folder = tmp_path_factory.mktemp("refusals")
    model = keras_deep.DenseNetBC(
        blocks=(1, 1), growth_rate=4, input_shape=(8, 8, 1)
    )
    keras_deep.card(model).preprocessing = {
        "shape": [8, 8, 1],
        "mean": [128.0],
        "std": [64.0],
        "resize": "stretch",
    }
    keras_deep.save(model, folder / "model.keras")
    inputs = keras.Input((9, 7, 3))
    ends = [keras.layers.Flatten()(inputs), keras.layers.Flatten()(inputs)]
    keras.Model(inputs, ends[0]).save(folder / "shape.keras")
    keras.Model(inputs, ends).save(folder / "two.keras")
    Image.fromarray(np.zeros((8, 8), "uint8")).save(folder / "image.png")
    (folder / "text.png").write_text("no image")
    (folder / "folder").mkdir()
    (folder / "empty.keras").write_bytes(b"")
    whole = (folder / "model.keras").read_bytes()
    (folder / "half.keras").write_bytes(whole[: len(whole) // 2])
    damaged = bytearray(whole)
    damaged[5000:5400] = bytes(400)
    (folder / "damaged.keras").write_bytes(damaged)
    with zipfile.ZipFile(folder / "other.keras", "w") as archive:
        archive.writestr("a", "b")
    return folder
