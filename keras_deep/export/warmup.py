"""Requests that TF Serving answers before it takes a model into service."""

# TF Serving reads the file if it has this name.
WARMUP_ASSET = "assets.extra/tf_serving_warmup_requests"


def write_warmup(path, requests):
    """Writes a file of requests for prediction, in TF Serving's form.

    They are `PredictionLog` messages, which are written here in the wire
    format, as the package that has them brings its own TensorFlow.

    Args:
        path: path of the file.
        requests: list of pairs of a signature's name and a dict of its
            inputs, arrays or `TensorProto` messages.
    """
    import tensorflow as tf

    with tf.io.TFRecordWriter(str(path)) as writer:
        for signature, inputs in requests:
            writer.write(_prediction_log(signature, inputs))


def zeros(shape, dtype):
    """Returns a `TensorProto` of zeros that stores one of them."""
    import tensorflow as tf

    found = tf.make_tensor_proto(0, dtype)
    found.tensor_shape.CopyFrom(tf.TensorShape(shape).as_proto())
    return found


def _prediction_log(signature, inputs):
    # PredictionLog.predict_log = 6, PredictLog.request = 1.
    return _field(6, _field(1, _request(signature, inputs)))


def _request(signature, inputs):
    """Returns a `PredictRequest`; the server knows the model's name."""
    spec = _field(3, signature.encode())  # ModelSpec.signature_name
    parts = [_field(1, spec)]
    for name, value in inputs.items():
        # An entry of the map `inputs`, key = 1 and value = 2.
        entry = _field(1, name.encode()) + _field(2, _tensor(value))
        parts.append(_field(2, entry))
    return b"".join(parts)


def _tensor(value):
    import tensorflow as tf

    if not hasattr(value, "SerializeToString"):
        value = tf.make_tensor_proto(value)
    return value.SerializeToString()


def _field(number, content):
    """Encodes a field of bytes."""
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _varint(value):
    found = b""
    while value > 127:
        found += bytes([value & 127 | 128])
        value >>= 7
    return found + bytes([value])
