"""Images that are prepared in an export, beside prediction and training."""

import keras
import numpy as np
import pytest
from PIL import Image

import keras_deep
from keras_deep import export
from keras_deep.data import decode_image
from keras_deep.data import images_tf
from keras_deep.data import preprocess
from keras_deep.export.prediction import predict
from keras_deep.models.card import Card
from keras_deep.models.card import attach_card
from keras_deep.utils.preprocessing import as_preprocessing
from tests.export.conftest import NEEDS
from tests.support.formats import MARKS
from tests.support.formats import needs
from tests.support.image_files import encoded
from tests.support.image_files import picture

pytestmark = MARKS


@pytest.mark.parametrize(
    "changes",
    [
        {"resize": "center_crop", "shape": [16, 16, 3], "order": "BGR"},
        {"interpolation": "bicubic", "shape": [12, 20, 3]},
        {"interpolation": "nearest", "shape": [9, 8, 1], "mean": [9.0]},
    ],
)
def test_onnx_prepares_pixels_as_prediction_does(tmp_path, changes):
    needs("onnx")
    import onnxruntime

    record = {**NEEDS, "std": [60.0], **changes}
    # A network that shows what it is given.
    inputs = keras.Input(record["shape"], name="image")
    mean = keras.layers.GlobalAveragePooling2D()
    shown = keras.layers.Flatten()(keras.layers.Identity()(inputs))
    outputs = keras.layers.Concatenate()([shown, mean(inputs)])
    model = keras.Model(inputs, outputs)
    attach_card(model, Card("shows", preprocessing=record))
    path = export.onnx(model, tmp_path / "a.onnx", pixels=True)
    session = onnxruntime.InferenceSession(path)
    # Pillow cuts off the overshoot of bicubic twice, which enlarging has.
    smaller = () if changes.get("interpolation") == "bicubic" else ((8, 7),)
    for sides in ((40, 31), (21, 50), *smaller):
        image = picture(*sides)
        if record["shape"][-1] == 1:
            image = image.convert("L")
        pixels = np.atleast_3d(np.asarray(image))[np.newaxis]
        (found,) = session.run(None, {"pixels": pixels})
        decoded = decode_image(encoded(image, "PNG"), record)
        expected = preprocess(decoded[np.newaxis], record)
        shown = found[:, : expected.size].reshape(expected.shape)
        apart = 60 * np.abs(shown - expected).max()
        assert apart < 1.01, (sides, apart)


def test_a_photo_has_the_same_scores_everywhere(tmp_path, model, shared):
    """Within what one grey level changes."""
    needs("onnx")
    import onnxruntime
    import tensorflow as tf

    photo = shared / "data/photos/n02123045_tabby.jpg"
    (expected,) = predict(model, [photo], top=10)
    scores = {"predict": dict(expected)}
    served = tf.saved_model.load(
        str(export.saved_model(model, tmp_path / "s", top=10))
    ).signatures["serving_bytes"](image_bytes=[photo.read_bytes()])
    names = [name.decode() for name in served["classes"].numpy()[0]]
    scores["bytes"] = dict(zip(names, served["scores"].numpy()[0]))
    path = export.onnx(model, tmp_path / "a.onnx", pixels=True)
    session = onnxruntime.InferenceSession(path)
    pixels = np.asarray(Image.open(photo).convert("RGB"))[np.newaxis]
    (found,) = session.run(["probabilities"], {"pixels": pixels})
    names = keras_deep.card(model).class_names
    scores["onnx"] = dict(zip(names, found[0]))
    resized = images_tf.fit_image(
        images_tf.read(str(photo), 3), as_preprocessing(NEEDS)
    )
    trained = model(preprocess(resized.numpy()[np.newaxis], NEEDS))
    scores["training"] = dict(zip(names, np.asarray(trained)[0]))
    # What one level in every value can change of a probability.
    x = tf.constant(preprocess(decode_image(photo, NEEDS)[np.newaxis], NEEDS))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = model(x)
    slopes = tape.jacobian(y, x)[0, :, 0]
    allowed = np.abs(slopes / np.float32(NEEDS["std"])).sum((1, 2, 3))
    for one in scores.values():
        for name, most in zip(names, allowed):
            assert abs(one[name] - scores["predict"][name]) <= 2 * most + 1e-6
