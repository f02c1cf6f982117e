"""TF Serving's REST API, as its documentation and tests have it."""

import base64
import io
import json
import math
import re

import numpy as np
import pytest
from PIL import Image

from tests.support.saved_models import save_half
from tests.support.serving import Client
from tests.support.serving import running


def picture(colour=(255, 0, 0), size=(8, 6), form="PNG"):
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, form)
    return file.getvalue()


def b64(content):
    return {"b64": base64.b64encode(content).decode()}


def test_status(client):
    expected = {
        "model_version_status": [
            {
                "version": "1",
                "state": "AVAILABLE",
                "status": {"error_code": "OK", "error_message": ""},
            }
        ]
    }
    for path in ("/v1/models/m", "/v1/models/m/versions/1", "/V1/Models/m"):
        assert client.get(path) == (200, expected)


def test_metadata(client):
    status, found = client.get("/v1/models/m/versions/1/metadata")
    assert status == 200
    spec = {"name": "m", "signature_name": "", "version": "1"}
    assert found["model_spec"] == spec
    signatures = found["metadata"]["signature_def"]["signature_def"]
    assert signatures["several"]["inputs"]["int_tensor"] == {
        "dtype": "DT_INT32",
        "name": "several_int_tensor:0",
        "tensor_shape": {"dim": [], "unknown_rank": True},
    }
    shape = signatures["slow"]["inputs"]["seconds"]["tensor_shape"]
    assert shape["dim"] == [{"size": "-1", "name": ""}]
    names = {x["method_name"] for x in signatures.values()} - {""}
    assert names == {
        f"tensorflow/serving/{x}" for x in ("predict", "classify", "regress")
    }
    assert client.get("/v1/models/m/metadata")[1] == found


@pytest.mark.parametrize(
    "path", ["m", "m/versions/1", "M:predict/../m", "%6d"], ids=str
)
def test_predict(client, path):
    if ":" in path:
        assert client.predict({"instances": [1.0]}, path)[0] == 400
        return
    values = [[1.0, 2.0], [3.0, 4.0]]
    found = client.predict({"instances": values}, path)
    assert found == (200, {"predictions": [[2.5, 3.0], [3.5, 4.0]]})
    named = {"signature_name": "serving_default", "inputs": [3.0, 4.0]}
    assert client.predict(named, path) == (200, {"outputs": [3.5, 4.0]})


def test_answers_are_json(client):
    status, headers, body = client.send("GET", "/v1/models/m")
    assert status == 200 and headers["Content-Type"] == "application/json"
    assert int(headers["Content-Length"]) == len(body)


def test_classify_and_regress(client):
    asked = {"signature_name": "classify", "examples": [{"x": 20.0}]}
    expected = {"results": [[["red", 20.0], ["green", -20.0]]]}
    assert client.post("/v1/models/m:classify", asked) == (200, expected)
    asked = {"signature_name": "regress", "examples": [{"x": 80.0}] * 2}
    found = client.post("/v1/models/m/versions/1:regress", asked)
    assert found == (200, {"results": [42.0, 42.0]})
    asked["context"] = {"x": 2.0}
    asked["examples"] = [{}]
    found = client.post("/v1/models/m:regress", asked)
    assert found == (200, {"results": [3.0]})


def test_several_inputs_and_binary_outputs(client):
    row = {"int_tensor": [1, 2], "str_tensor": b64(b"\xff"), "float_tensor": 7}
    status, found = client.predict(
        {"signature_name": "several", "instances": [row, row]}
    )
    assert status == 200
    expected = {
        "int_tensor": [1, 2],
        "str_tensor": "\ufffd",
        "str_tensor_bytes": b64(b"\xff"),
        "float_tensor": 7.0,
    }
    assert found == {"predictions": [expected, expected]}
    inputs = {"int_tensor": 5, "str_tensor": ["a"], "float_tensor": [[0.5]]}
    status, found = client.predict(
        {"signature_name": "several", "inputs": inputs}
    )
    assert status == 200
    assert found["outputs"] == {**inputs, "str_tensor_bytes": [b64(b"a")]}


def test_numbers_that_are_not_finite(client):
    body = b'{"signature_name": "special", "instances": [0, -1, Infinity, 1]}'
    status, found = client.predict(body)
    first, second, third, fourth = found["predictions"]
    assert status == 200 and (first, third, fourth) == (-math.inf, math.inf, 0)
    assert math.isnan(second)


def test_pictures(client):
    rows = [
        {"image_bytes": b64(picture((255, 0, 0)))},
        {"image_bytes": b64(picture((0, 90, 90), (3, 9), "JPEG"))},
    ]
    status, found = client.predict(
        {"signature_name": "serving_bytes", "instances": rows}
    )
    assert status == 200
    first, second = found["predictions"]
    assert first["classes"] == ["red", "green", "blue"]
    np.testing.assert_allclose(first["scores"], [1, 0, 0], atol=1e-3)
    np.testing.assert_allclose(second["scores"], [0, 0.5, 0.5], atol=2e-2)


@pytest.mark.parametrize(
    "verb, path, message",
    [
        ("GET", "/v1/foo", "Malformed request: GET /v1/foo"),
        ("POST", "/v1/foo", "Malformed request: POST /v1/foo"),
        ("POST", "/v1/models", "Malformed request"),
        ("GET", "/v1/models", "Missing model name"),
        ("GET", "/v1", "Malformed request"),
        ("GET", "/v1/models/m:predict", "Malformed request"),
        ("PUT", "/v1/models/m:predict", "Malformed request: PUT"),
        ("FOO", "/v1/models/m", "Malformed request: FOO"),
        ("POST", "/v1/models/m/version/1:predict", "Malformed request"),
        ("POST", "/v1/models/m/versions/HELLO:regress", "Malformed request"),
        ("POST", f"/v1/models/m/versions/{2**64}:predict", "to numeric"),
        ("GET", f"/v1/models/m/versions/{'9' * 5000}", "to numeric"),
        ("POST", "/v1/models/m/labels/no:predict", "servable version label"),
    ],
)
def test_other_addresses_are_refused(client, verb, path, message):
    status, _, body = client.send(verb, path, b"{}")
    assert status == 400 and re.search(message, json.loads(body)["error"])


@pytest.mark.parametrize(
    "verb, path, message",
    [
        ("POST", "/v1/models/foo:predict", r"request: Latest\(foo\)"),
        ("POST", "/v1/models/m/versions/9:predict", r"Specific\(m, 9\)"),
        ("GET", "/v1/models/foo", "Could not find any versions of model foo"),
        ("GET", "/v1/models/m/versions/9", "find version 9 of model m"),
        ("GET", "/v1/models/foo/metadata", "Servable not found"),
        ("POST", "/", "Received: POST /"),
        ("GET", "/v2/models", "an address under /v1/models"),
        ("GET", "/../../etc/passwd", "an address under /v1/models"),
    ],
)
def test_what_is_not_there_is_told(client, verb, path, message):
    status, _, body = client.send(verb, path, b'{"instances": [1]}')
    assert status == 404 and re.search(message, json.loads(body)["error"])


@pytest.mark.parametrize(
    "asked, message",
    [
        ({"signature_name": "complex", "instances": [1]}, "complex64"),
        ({"signature_name": "positive", "instances": [-1]}, "be positive"),
        ({"signature_name": "special", "instances": [[1]]}, r"shape \[\?\]"),
        ({"signature_name": "mean", "instances": [1]}, "no shape information"),
        ({"signature_name": "__saved_model_init_op", "inputs": 1}, "input map"),
        (
            {"signature_name": "serving_bytes", "instances": ["no image"]},
            "Unknown image file format|Unsupported|mage",
        ),
        (
            {"signature_name": "classify", "instances": ["no example"]},
            "parse",
        ),
    ],
)
def test_what_the_model_refuses_is_told(client, asked, message):
    status, found = client.predict(asked)
    assert status == 400 and re.search(message, found["error"])
    assert not re.search(r"Traceback|File \"|\.py|\n", found["error"])


def test_labels(tmp_path):
    for version in (1, 2, 3):
        save_half(tmp_path / "m" / str(version), version)
    file = tmp_path / "labels.json"
    file.write_text('{"canary": 3}')
    with running(
        tmp_path / "m",
        labels={"m": {"stable": 1}},
        labels_file=file,
        versions="latest",
    ) as client:

        def ask(which):
            return client.predict({"instances": [0.0]}, which)

        assert ask("m") == (200, {"predictions": [3.0]})
        assert ask("m/labels/canary") == (200, {"predictions": [3.0]})
        assert ask("m/versions/2")[0] == 404


def test_a_folder_of_several_models(tmp_path):
    save_half(tmp_path / "one/1", 1)
    save_half(tmp_path / "two/7", 7)
    (tmp_path / "notes").mkdir()
    labels = {"one": {"stable": 1}, "two": {"stable": 7}}
    with running(tmp_path, name=None, labels=labels) as client:
        for name, value in (("one", 1.0), ("two/versions/7", 7.0)):
            found = client.predict({"instances": [0]}, name)
            assert found == (200, {"predictions": [value]})
        found = client.predict({"instances": [0]}, "two/labels/stable")
        assert found == (200, {"predictions": [7.0]})
        status, names = client.get("/page/models")
        assert [x["name"] for x in names] == ["one", "two"]


def test_metrics(kinds):
    with running(kinds) as client:
        client.predict({"instances": [1]})
        client.predict({"instances": ["a"]})
        client.predict({"instances": [1]}, "unknown")
        status, headers, body = client.send(
            "GET", "/monitoring/prometheus/metrics"
        )
        text = body.decode()
        assert status == 200 and "text/plain" in headers["Content-Type"]
    name = ":tensorflow:serving:request_count"
    assert f'{name}{{model_name="m",status="OK"}} 1\n' in text
    assert f'{name}{{model_name="m",status="INVALID_ARGUMENT"}} 1\n' in text
    assert f'{name}{{model_name="",status="NOT_FOUND"}} 1\n' in text
    labels = 'model_name="m",API="predict",entrypoint="REST"'
    name = ":tensorflow:serving:request_latency"
    assert f'{name}_bucket{{{labels},le="+Inf"}} 1\n' in text
    assert f"{name}_count{{{labels}}} 1\n" in text
    assert "keras_deep:serving:connections 1\n" in text
    assert "keras_deep:serving:queued_rows 0\n" in text
    for line in text.splitlines():
        assert re.fullmatch(
            r"# (HELP|TYPE) \S+ .*|[a-z_:]+(\{[^{}]+\})? [0-9.e+-]+", line
        ), line


def test_clients_share_the_server(client):
    other = Client(client.port)
    assert other.predict({"instances": [1]}) == (200, {"predictions": [2.5]})
    other.close()
