"""Reads files for TF Serving with messages declared as its protocol says.

The package that has the messages, `tensorflow-serving-api`, brings another
build of TensorFlow.
"""

import functools

from google.protobuf import descriptor_pb2
from google.protobuf import descriptor_pool
from google.protobuf import message_factory

# Message to fields: name, number, type. From prediction_log.proto,
# predict.proto and model.proto of TF Serving.
_MESSAGES = {
    "ModelSpec": [("name", 1, "string"), ("signature_name", 3, "string")],
    "Entry": [("key", 1, "string"), ("value", 2, ".tensorflow.TensorProto")],
    "PredictRequest": [
        ("model_spec", 1, ".test.ModelSpec"),
        ("inputs", 2, "*.test.Entry"),
    ],
    "PredictLog": [("request", 1, ".test.PredictRequest")],
    "PredictionLog": [("predict_log", 6, ".test.PredictLog")],
}


def parsed_warmup(path):
    """Returns pairs of a signature and a dict of `TensorProto` messages."""
    import tensorflow as tf

    found = []
    for record in tf.data.TFRecordDataset(str(path)):
        log = _message("PredictionLog").FromString(record.numpy())
        assert not log.predict_log.request.model_spec.name
        request = log.predict_log.request
        inputs = {entry.key: entry.value for entry in request.inputs}
        found.append((request.model_spec.signature_name, inputs))
    return found


@functools.cache
def _message(name):
    from tensorflow.core.framework import tensor_pb2

    pool = descriptor_pool.Default()
    file = descriptor_pb2.FileDescriptorProto(
        name="test_serving.proto",
        package="test",
        syntax="proto3",
        dependency=[tensor_pb2.DESCRIPTOR.name],
    )
    field = descriptor_pb2.FieldDescriptorProto
    for message, fields in _MESSAGES.items():
        made = file.message_type.add(name=message)
        for title, number, kind in fields:
            repeated = kind.startswith("*")
            added = made.field.add(name=title, number=number)
            added.label = (
                field.LABEL_REPEATED if repeated else field.LABEL_OPTIONAL
            )
            if kind == "string":
                added.type = field.TYPE_STRING
            else:
                added.type = field.TYPE_MESSAGE
                added.type_name = kind.lstrip("*")
    pool.AddSerializedFile(file.SerializeToString())
    found = pool.FindMessageTypeByName(f"test.{name}")
    return message_factory.GetMessageClass(found)
