"""SavedModels with signatures of many kinds."""

import pathlib

import tensorflow as tf


def _spec(name, dtype, *shape):
    return tf.TensorSpec(shape or None, dtype, name=name)


class Kinds(tf.Module):
    """A computation for every kind of signature."""

    def __init__(self, bias=2.0):
        super().__init__()
        self.bias = tf.Variable(float(bias))
        self.names = tf.constant(["red", "green", "blue"])

    @tf.function(input_signature=[_spec("x", tf.float32)])
    def half(self, x):
        return {"y": 0.5 * x + self.bias}

    @tf.function(
        input_signature=[
            _spec("int_tensor", tf.int32),
            _spec("str_tensor", tf.string),
            _spec("float_tensor", tf.float32),
        ]
    )
    def several(self, int_tensor, str_tensor, float_tensor):
        return {
            "int_tensor": int_tensor,
            "str_tensor": str_tensor,
            "str_tensor_bytes": str_tensor,
            "float_tensor": float_tensor,
        }

    @tf.function(input_signature=[_spec("inputs", tf.string, None)])
    def classify(self, inputs):
        x = self._parsed(inputs)
        labels = tf.tile(self.names[None, :2], [tf.size(x), 1])
        return {"classes": labels, "scores": tf.stack([x, -x], axis=1)}

    @tf.function(input_signature=[_spec("inputs", tf.string, None)])
    def regress(self, inputs):
        return {"outputs": 0.5 * self._parsed(inputs) + self.bias}

    @tf.function(input_signature=[_spec("x", tf.float32, None)])
    def special(self, x):
        return {"y": tf.math.log(x)}

    @tf.function(input_signature=[_spec("x", tf.float32, None)])
    def complex(self, x):
        return {"y": tf.cast(x, tf.complex64)}

    @tf.function(input_signature=[_spec("x", tf.float32, None)])
    def mean(self, x):
        return {"y": tf.reduce_mean(x)}

    @tf.function(input_signature=[_spec("x", tf.float32, None)])
    def positive(self, x):
        with tf.control_dependencies(
            [tf.debugging.assert_positive(x, "x must be positive")]
        ):
            return {"y": tf.identity(x)}

    @tf.function(input_signature=[_spec("seconds", tf.float64, None)])
    def slow(self, seconds):
        end = tf.timestamp() + tf.reduce_max(seconds)
        tf.while_loop(
            lambda now: now < end, lambda now: [tf.timestamp()], [end - 1e-9]
        )
        count = tf.while_loop(
            lambda n: tf.timestamp() < end, lambda n: [n + 1], [0]
        )
        return {"y": seconds + 0.0 * tf.cast(count[0], tf.float64)}

    @tf.function(input_signature=[_spec("image_bytes", tf.string, None)])
    def pictures(self, image_bytes):
        scores = tf.map_fn(
            self._colours, image_bytes, fn_output_signature=tf.float32
        )
        labels = tf.tile(self.names[None], [tf.size(image_bytes), 1])
        return {"classes": labels, "scores": tf.ensure_shape(scores, (None, 3))}

    def _parsed(self, inputs):
        features = {"x": tf.io.FixedLenFeature([], tf.float32)}
        return tf.io.parse_example(inputs, features)["x"]

    def _colours(self, content):
        image = tf.io.decode_image(content, channels=3, expand_animations=False)
        means = tf.reduce_mean(tf.cast(image, tf.float32), axis=(0, 1))
        return means / (tf.reduce_sum(means) + 1e-6)


_METHODS = {"classify": "classify", "regress": "regress"}


def save_kinds(folder, bias=2.0):
    """Writes a SavedModel with the signatures of `Kinds`."""
    module = Kinds(bias)
    signatures = {
        name: getattr(module, name)
        for name in (
            *("several", "classify", "regress", "special", "complex"),
            *("mean", "positive", "slow"),
        )
    }
    signatures["serving_default"] = module.half
    signatures["serving_bytes"] = module.pictures
    tf.saved_model.save(module, str(folder), signatures=signatures)
    set_methods(folder, _METHODS)
    return pathlib.Path(folder)


def save_half(folder, bias):
    """Writes a SavedModel with the default signature only, `x / 2 + bias`."""
    module = Kinds(bias)
    tf.saved_model.save(
        module, str(folder), signatures={"serving_default": module.half}
    )


def set_methods(folder, methods):
    """Writes TF Serving's names of methods, for which TF 2 has no call."""
    from tensorflow.core.protobuf import saved_model_pb2

    path = pathlib.Path(folder) / "saved_model.pb"
    document = saved_model_pb2.SavedModel.FromString(path.read_bytes())
    for name, method in methods.items():
        definition = document.meta_graphs[0].signature_def[name]
        definition.method_name = f"tensorflow/serving/{method}"
    path.write_bytes(document.SerializeToString())
