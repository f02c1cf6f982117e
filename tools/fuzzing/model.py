"""The model of `tools/fuzz serving`: numbers, images and examples."""

import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2


class Model(tf.Module):
    """A computation for each of its signatures."""

    @tf.function(
        input_signature=[tf.TensorSpec((None, 4), tf.float32, name="x")]
    )
    def numbers(self, x):
        return {"y": 0.5 * x + 2.0}

    @tf.function(
        input_signature=[tf.TensorSpec((None,), tf.string, name="image")]
    )
    def images(self, image):
        def mean(content):
            pixels = tf.io.decode_image(
                content, channels=3, expand_animations=False
            )
            return tf.reduce_mean(tf.cast(pixels, tf.float32), (0, 1))

        kind = tf.TensorSpec((3,), tf.float32)
        return {"scores": tf.map_fn(mean, image, fn_output_signature=kind)}

    @tf.function(
        input_signature=[tf.TensorSpec((None,), tf.string, name="inputs")]
    )
    def examples(self, inputs):
        kinds = {"x": tf.io.FixedLenFeature([2], tf.float32)}
        return {"scores": tf.io.parse_example(inputs, kinds)["x"]}


def write_model(folder):
    """Writes it as version 1 in a folder."""
    model = Model()
    signatures = {
        "serving_default": model.numbers,
        "serving_bytes": model.images,
        "classify": model.examples,
    }
    tf.saved_model.save(model, str(folder / "1"), signatures=signatures)
    path = folder / "1/saved_model.pb"
    document = saved_model_pb2.SavedModel.FromString(path.read_bytes())
    definition = document.meta_graphs[0].signature_def["classify"]
    definition.method_name = "tensorflow/serving/classify"
    path.write_bytes(document.SerializeToString())
