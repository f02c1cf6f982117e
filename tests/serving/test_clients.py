"""Clients that others wrote: Intel's, and the messages of TF Serving."""

import json

import numpy as np
import pytest


@pytest.fixture(scope="module")
def intel(client):
    ovmsclient = pytest.importorskip(
        "ovmsclient", reason="pip install --no-deps ovmsclient requests"
    )
    return ovmsclient, ovmsclient.make_http_client(f"127.0.0.1:{client.port}")


def test_ovmsclient_asks_for_state_and_signatures(intel):
    _, client = intel
    status = client.get_model_status("m")
    expected = {"error_code": 0, "error_message": "", "state": "AVAILABLE"}
    assert status == {1: expected}
    found = client.get_model_metadata("m")
    assert found["model_spec"]["version"] == "1"


def test_ovmsclient_predicts(intel, rng):
    _, client = intel
    x = rng.standard_normal((3, 4)).astype("float32")
    found = client.predict({"x": x}, "m")
    np.testing.assert_allclose(found, x / 2 + 2, rtol=1e-6)
    np.testing.assert_allclose(client.predict({"x": x}, "m", 1), found)


def test_ovmsclient_understands_the_errors(intel):
    ovmsclient, client = intel
    with pytest.raises(ovmsclient.ModelNotFoundError):
        client.predict({"x": np.ones(1, "float32")}, "unknown")
    with pytest.raises(ovmsclient.ModelNotFoundError):
        client.get_model_status("m", 7)
    with pytest.raises(ovmsclient.InvalidInputError):
        client.predict({"x": np.array(["a"])}, "m")


@pytest.fixture(scope="module")
def messages():
    return pytest.importorskip(
        "tensorflow_serving.apis",
        reason="pip install --no-deps tensorflow-serving-api",
    )


def test_answers_are_those_messages(messages, client):
    from google.protobuf import json_format
    from tensorflow_serving.apis import get_model_metadata_pb2
    from tensorflow_serving.apis import get_model_status_pb2

    _, _, body = client.send("GET", "/v1/models/m")
    status = json_format.Parse(
        body, get_model_status_pb2.GetModelStatusResponse()
    )
    (version,) = status.model_version_status
    assert version.version == 1
    assert version.state == version.AVAILABLE
    _, found = client.get("/v1/models/m/metadata")
    signatures = json_format.ParseDict(
        found["metadata"]["signature_def"],
        get_model_metadata_pb2.SignatureDefMap(),
    )
    several = signatures.signature_def["several"]
    assert {*several.inputs} == {"int_tensor", "str_tensor", "float_tensor"}
    assert several.method_name == "tensorflow/serving/predict"


def test_examples_are_those_messages(messages, client):
    """A request that is built of them has the answer of one in JSON."""
    import tensorflow as tf
    from tensorflow_serving.apis import classification_pb2

    request = classification_pb2.ClassificationRequest()
    for value in (20.0, -3.0):
        example = request.input.example_list.examples.add()
        example.features.feature["x"].float_list.value.append(value)
    rows = [
        {k: list(f.float_list.value) for k, f in x.features.feature.items()}
        for x in request.input.example_list.examples
    ]
    asked = {"signature_name": "classify", "examples": rows}
    status, found = client.post("/v1/models/m:classify", asked)
    result = classification_pb2.ClassificationResult()
    for pairs in found["results"]:
        classifications = result.classifications.add()
        for label, score in pairs:
            classifications.classes.add(label=label, score=score)
    scores = [[x.score for x in y.classes] for y in result.classifications]
    assert status == 200 and scores == [[20.0, -20.0], [-3.0, 3.0]]
    assert tf.train.Example().features is not None


def test_the_command_line_of_everybody(client):
    """curl, as TF Serving's documentation has it."""
    import shutil
    import subprocess

    if shutil.which("curl") is None:
        pytest.skip("There is no curl.")
    address = f"http://127.0.0.1:{client.port}/v1/models/m:predict"
    command = ["curl", "-s", "--noproxy", "*", "-d"]
    done = subprocess.run(
        [*command, '{"instances": [1.0, 2.0, 5.0]}', "-X", "POST", address],
        capture_output=True,
        check=True,
    )
    assert json.loads(done.stdout) == {"predictions": [2.5, 3.0, 4.5]}
