"""Loads a SavedModel that was written and compares it with its model."""

import io

import numpy as np

from keras_deep.export.comparison import arrays
from keras_deep.export.comparison import check_difference
from keras_deep.export.comparison import difference
from keras_deep.export.comparison import named_inputs
from keras_deep.export.comparison import sample_inputs
from keras_deep.export.decoding import decode_batch
from keras_deep.export.signatures import BYTES
from keras_deep.export.signatures import IMAGE_BYTES
from keras_deep.export.signatures import TENSORS
from keras_deep.export.signatures import network_inputs


def check_saved_model(path, expected, model, reading, optimized):
    """Compares the signatures of a SavedModel with a model's outputs.

    Args:
        path: `pathlib.Path` of the SavedModel.
        expected: `keras.Model` with named outputs.
        model: the model that was exported.
        reading: `Reading` of encoded images, or `None`.
        optimized: bool. Whether it is a faster network, for the way out.

    Raises:
        ValueError: if they differ by more than `comparison.TOLERANCE`.
    """
    import tensorflow as tf

    signatures = tf.saved_model.load(str(path)).signatures
    way_out = " Pass `optimize=False`." if optimized else ""
    inputs = sample_inputs(model)
    given = named_inputs(model, inputs).items()
    given = {name: tf.constant(value) for name, value in given}
    found = signatures[TENSORS](**given)
    wanted = arrays(expected(inputs, training=False))
    check_difference(difference(arrays(found), wanted), path.name, way_out)
    if reading is None:
        return
    files = encoded_images(reading.preprocessing)
    encoded = tf.constant([*files, b"no image"])
    found = arrays(signatures[BYTES](**{IMAGE_BYTES: encoded}))
    if [bool(text) for text in found["error"]] != [False, False, True]:
        raise ValueError(
            f"Expected {BYTES!r} of {path.name!r} to refuse only what is no "
            f"image. Received: {found['error'].tolist()}"
        )
    images, _ = decode_batch(tf.constant(files), reading.preprocessing)
    inputs = np.asarray(network_inputs(images, reading.preprocessing))
    scores = arrays(expected(inputs, training=False))["probabilities"]
    if scores.shape[-1] == 1:
        scores = np.concatenate([1 - scores, scores], axis=-1)
    best = -np.sort(-scores, axis=-1)[:, : reading.top]
    found = {"scores": found["scores"][:2]}
    check_difference(difference(found, {"scores": best}), path.name, way_out)


def encoded_images(preprocessing):
    """Returns two PNG files in the shape of a network's images."""
    from PIL import Image

    height, width, channels = preprocessing.shape
    up = np.linspace(0, 255, height)[:, np.newaxis]
    along = np.linspace(0, 255, width)
    planes = [(up + along) / 2, (255 - up + along) / 2, (255 + up - along) / 2]
    image = np.stack(planes[:channels], axis=-1).astype("uint8")
    files = []
    for pixels in (image, image[::-1]):
        file = io.BytesIO()
        Image.fromarray(pixels.squeeze()).save(file, "PNG")
        files.append(file.getvalue())
    return files
