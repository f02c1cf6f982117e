"""A published checkpoint, converted, exported, served and asked by others."""

import base64
import dataclasses
import json
import shutil
import subprocess

import numpy as np
import pytest
from PIL import Image

from keras_deep import card
from keras_deep import convert
from keras_deep import preprocess_input
from keras_deep.export import saved_model
from keras_deep.models.card import attach_card
from tests.support.image_files import encoded
from tests.support.serving import running

NAME = "akamaster_resnet20-12fca82f"
IMAGES = 30
CLASSES = "airplane automobile bird cat deer dog frog horse ship truck".split()


@pytest.fixture(scope="module")
def model(shared):
    path = shared / f"data/checkpoints/pytorch/{NAME}.th"
    model = convert.from_pytorch(path, "ResNet20")
    attach_card(model, dataclasses.replace(card(model), class_names=CLASSES))
    return model


@pytest.fixture(scope="module")
def server(model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("served") / "resnet20"
    saved_model(model, folder)
    with running(folder, "resnet20") as client:
        yield client


@pytest.fixture(scope="module")
def theirs(shared):
    """Logits that the authors' program gave of the test images."""
    stored = np.load(shared / f"data/reference/{NAME}.npz")
    return stored["logits"][:IMAGES]


def test_photos_as_jpeg_by_curl(server, cifar10, theirs, tmp_path):
    if shutil.which("curl") is None:
        pytest.skip("There is no curl.")
    options = {"quality": 100, "subsampling": 0}
    files = [
        encoded(Image.fromarray(x), "JPEG", **options)
        for x in cifar10[0][:IMAGES]
    ]
    instances = [{"b64": base64.b64encode(x).decode()} for x in files]
    asked = {"signature_name": "serving_bytes", "instances": instances}
    (tmp_path / "asked.json").write_text(json.dumps(asked))
    done = subprocess.run(
        ["curl", "-sS", "--noproxy", "*", "-d", "@asked.json"]
        + [f"http://127.0.0.1:{server.port}/v1/models/resnet20:predict"],
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    found = json.loads(done.stdout)["predictions"]
    best = np.array([x["class_ids"][0] for x in found])
    # JPEG changes pixels by a few levels, which decides close calls only.
    first, second = np.sort(theirs, axis=1)[:, :-3:-1].T
    clear = first - second > 1
    assert clear.sum() > 0.8 * IMAGES
    np.testing.assert_array_equal(best[clear], theirs.argmax(1)[clear])
    names = [x["classes"][0] for x in found]
    assert names == [CLASSES[i] for i in best]
    assert all(x["error"] == "" for x in found)


def test_tensors_by_ovmsclient(model, server, cifar10, theirs):
    ovmsclient = pytest.importorskip("ovmsclient")
    client = ovmsclient.make_http_client(f"127.0.0.1:{server.port}")
    images = preprocess_input(cifar10[0][:IMAGES], model)
    outputs = client.predict({"image": np.asarray(images)}, "resnet20")
    powers = np.exp(theirs - theirs.max(1, keepdims=True))
    expected = powers / powers.sum(1, keepdims=True)
    np.testing.assert_allclose(outputs["probabilities"], expected, atol=1e-5)
