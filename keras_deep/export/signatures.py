"""The signatures of a SavedModel: of tensors and of encoded images."""

import dataclasses

import keras

from keras_deep.data.images import in_data_format
from keras_deep.data.images import normalize
from keras_deep.export.decoding import decode_batch
from keras_deep.export.outputs import input_name
from keras_deep.utils.preprocessing import Preprocessing

TENSORS = "serving_default"
BYTES = "serving_bytes"
CLASSIFY = "classify"
# The input of `BYTES`, and the feature of examples for `CLASSIFY`.
IMAGE_BYTES = "image_bytes"


@dataclasses.dataclass(frozen=True)
class Reading:
    """How a signature reads encoded images and names classes.

    Args:
        preprocessing: `Preprocessing`.
        top: int, the classes that an image is answered with.
    """

    preprocessing: Preprocessing
    top: int


def add_signatures(archive, model, reading=None, labels=None, classify=False):
    """Adds the signatures of a network with named outputs.

    Args:
        archive: `keras.export.ExportArchive`.
        model: `keras.Model` as `with_named_outputs` returns it.
        reading: `Reading`, or `None` for no signature of encoded images.
        labels: path of a file with a name for each class in a line, which
            becomes an asset. Needed with `reading`.
        classify: bool. Whether to add the signature of TF Serving's API of
            classification.
    """
    import tensorflow as tf

    archive.track(model)
    spec = keras.tree.map_structure(
        lambda x: keras.InputSpec(x.dtype, x.shape, name=input_name(x)),
        model.input,
    )
    serve = archive.add_endpoint(
        TENSORS, lambda inputs: model(inputs, training=False), [spec]
    )
    if reading is None:
        return
    names = _table(labels)
    archive.track(names)

    def of_bytes(encoded):
        images, errors = decode_batch(encoded, reading.preprocessing)
        outputs = serve(network_inputs(images, reading.preprocessing))
        return _best(outputs["probabilities"], errors, names, reading.top)

    def of_examples(inputs):
        kind = tf.io.FixedLenFeature((), tf.string, "")
        found = of_bytes(
            tf.io.parse_example(inputs, {IMAGE_BYTES: kind})[IMAGE_BYTES]
        )
        return {name: found[name] for name in ("classes", "scores")}

    _add(archive, BYTES, of_bytes, IMAGE_BYTES)
    if classify:
        _add(archive, CLASSIFY, of_examples, "inputs")


def network_inputs(images, preprocessing):
    """Returns what the network takes of uint8 images, in a graph."""
    import tensorflow as tf

    images = normalize(tf.cast(images, tf.float32), preprocessing)
    return in_data_format(images, tf.transpose)


def _add(archive, name, function, argument):
    """Adds a function of a batch of strings, with this name of its argument.

    Traced here, as with JAX the archive would convert it from JAX.
    """
    import tensorflow as tf

    spec = tf.TensorSpec((None,), tf.string, name=argument)
    traced = tf.function(function, input_signature=[spec], autograph=False)
    traced.get_concrete_function()
    archive.add_endpoint(name, traced)


def _table(labels):
    import tensorflow as tf

    place = tf.lookup.TextFileIndex
    return tf.lookup.StaticHashTable(
        tf.lookup.TextFileInitializer(
            str(labels),
            tf.int64,
            place.LINE_NUMBER,
            tf.string,
            place.WHOLE_LINE,
        ),
        default_value="",
    )


def _best(probabilities, errors, names, top):
    import tensorflow as tf

    if probabilities.shape[-1] == 1:  # Of the second of two classes.
        both = [1 - probabilities, probabilities]
        probabilities = tf.concat(both, axis=-1)
    top = min(top, probabilities.shape[-1])
    scores, ids = tf.math.top_k(probabilities, top)
    good = tf.equal(errors, "")[:, tf.newaxis]
    return {
        "classes": tf.where(good, names.lookup(tf.cast(ids, tf.int64)), ""),
        "class_ids": tf.where(good, ids, -1),
        "scores": tf.where(good, scores, 0.0),
        "error": errors,
    }
