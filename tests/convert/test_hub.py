import hashlib
import re
import time

import pytest

from keras_deep.convert.hub import torchvision_weights
from keras_deep.convert.hub.fetching import fetch
from keras_deep.convert.hub.fetching import sha256_of
from keras_deep.convert.hub.torchvision_weights import find_weights
from tests.support.server import Page
from tests.support.server import Server
from tests.support.server import without_proxies

WEIGHTS = bytes(range(256)) * 200
SHA256 = hashlib.sha256(WEIGHTS).hexdigest()
NAME = f"model-{SHA256[:8]}.pth"


@pytest.fixture
def server(monkeypatch, tmp_path):
    without_proxies(monkeypatch)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    server = Server()
    monkeypatch.setenv("KERAS_DEEP_TORCHVISION_URL", f"{server.url}/tv/")
    yield server
    server.close()


@pytest.fixture
def models(server, tmp_path):
    """The folder of Keras's cache that `fetch` uses."""
    return tmp_path / "keras" / "models"


@pytest.fixture
def published(monkeypatch):
    """Makes our bytes the ones of a published file of torchvision."""
    rows = {"ResNet18_Weights.DEFAULT": (NAME, 232)}
    monkeypatch.setattr(torchvision_weights, "_WEIGHTS", rows)
    return "torchvision://ResNet18_Weights.DEFAULT"


def test_a_local_file_stays_where_it_is(tmp_path, monkeypatch):
    path = tmp_path / "model.pth"
    path.write_bytes(b"abc")
    # The hash of "abc" in FIPS 180-2.
    sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert fetch(path) == fetch(str(path)) == (path, None, None)
    assert sha256_of(path) == sha256
    monkeypatch.setenv("HOME", str(tmp_path))
    assert fetch("~/model.pth").path == path


@pytest.mark.parametrize("name", ["model.pth", "timm/resnet50.a1_in1k", "."])
def test_a_local_file_exists(name):
    with pytest.raises(FileNotFoundError, match=rf"'{name}'.*'hf://'"):
        fetch(name)


@pytest.mark.parametrize(
    "name,near",
    [("htps://a.org/x.pth", "'https'"), ("torchvison://x", "'torchvision'")],
)
def test_unknown_schemes_have_near_misses(name, near):
    with pytest.raises(ValueError, match=rf"'{name}'.* Did you mean {near}"):
        fetch(name)


# As `torchvision.models.get_weight(name)` has them: url and transforms.
@pytest.mark.parametrize(
    "name,file,side",
    [
        ("ResNet18_Weights.DEFAULT", "resnet18-f37072fd.pth", 256),
        ("ResNet50_Weights.IMAGENET1K_V1", "resnet50-0676ba61.pth", 256),
        ("ResNet50_Weights.IMAGENET1K_V2", "resnet50-11ad3fa6.pth", 232),
        ("ResNet50_Weights.DEFAULT", "resnet50-11ad3fa6.pth", 232),
        (
            "ResNeXt101_64X4D_Weights.IMAGENET1K_V1",
            "resnext101_64x4d-173b62eb.pth",
            232,
        ),
        (
            "Wide_ResNet50_2_Weights.IMAGENET1K_V2",
            "wide_resnet50_2-9ba9bcbe.pth",
            232,
        ),
        ("DenseNet161_Weights.DEFAULT", "densenet161-8d451a50.pth", 256),
        ("VGG16_BN_Weights.IMAGENET1K_V1", "vgg16_bn-6c64b313.pth", 256),
    ],
)
def test_torchvision_weights_have_a_file_and_a_size(name, file, side):
    assert find_weights(name) == (file, side)


def test_unknown_torchvision_weights_have_near_misses():
    with pytest.raises(ValueError, match="Did you mean 'ResNet18_Weights.IMA"):
        fetch("torchvision://ResNet18_Weights.IMAGENET1K_V2")
    with pytest.raises(ValueError, match="of one of .*'DenseNet121'.*'vit'"):
        fetch("torchvision://vit")


def test_torchvision_weights_are_downloaded_once(server, models, published):
    server.pages[f"/tv/{NAME}"] = Page(WEIGHTS)
    path, preprocessing, sha256 = fetch(published)
    assert path == models / NAME and path.read_bytes() == WEIGHTS
    assert sha256 == SHA256
    assert preprocessing.crop == 224 / 232
    assert preprocessing.shape == (224, 224, 3)
    assert preprocessing.interpolation == "bilinear"
    assert preprocessing.mean == pytest.approx([123.675, 116.28, 103.53])
    assert preprocessing.std == pytest.approx([58.395, 57.12, 57.375])
    assert fetch(published) == (path, preprocessing, sha256)
    assert len(server.requests) == 1
    server.close()
    assert fetch(published).path == path


def test_a_file_of_another_hash_is_removed(server, models, published):
    server.pages[f"/tv/{NAME}"] = Page(WEIGHTS[::-1])
    message = rf"{NAME}'.* starts with {SHA256[:8]}\. .*removed"
    with pytest.raises(ValueError, match=message):
        fetch(published)
    assert not list(models.iterdir())
    server.pages[f"/tv/{NAME}"] = Page(WEIGHTS)
    path = fetch(published).path
    path.write_bytes(WEIGHTS[:-1])
    with pytest.raises(ValueError, match=message):
        fetch(published)
    assert fetch(published).sha256 == SHA256


def test_an_address_is_downloaded_once(server, models):
    server.pages["/a/model.pth"] = Page(b"a")
    server.pages["/b/model.pth?download=1"] = Page(b"b")
    urls = [f"{server.url}{path}" for path in server.pages]
    first = [fetch(url) for url in urls]
    assert [file.path.read_bytes() for file in first] == [b"a", b"b"]
    assert all(file.path.is_relative_to(models) for file in first)
    assert all(file.preprocessing is None for file in first)
    server.close()
    assert [fetch(url) for url in urls] == first


@pytest.mark.parametrize("ending", ["pth", "pth.tar"])
@pytest.mark.parametrize("digits", [8, 64])
def test_a_hash_in_a_name_is_checked(server, ending, digits):
    server.pages[f"/m-{SHA256[:digits]}.{ending}"] = Page(WEIGHTS)
    server.pages[f"/m-{SHA256[1 : digits + 1]}a.{ending}"] = Page(WEIGHTS)
    right, wrong = (f"{server.url}{path}" for path in server.pages)
    assert fetch(right).sha256 == SHA256
    with pytest.raises(ValueError, match="SHA-256"):
        fetch(wrong)


def test_an_interrupted_download_does_not_count(server, models):
    server.pages["/model.pth"] = Page(WEIGHTS, sent=1000)
    with pytest.raises(ConnectionError, match="all of '.*model.pth'"):
        fetch(f"{server.url}/model.pth")
    assert not [path for path in models.rglob("*") if path.is_file()]
    server.pages["/model.pth"] = Page(WEIGHTS)
    assert fetch(f"{server.url}/model.pth").sha256 == SHA256


@pytest.mark.parametrize("url", ["https://a.org", "https://a.org/b/"])
def test_an_address_is_one_of_a_file(url):
    with pytest.raises(ValueError, match=rf"address of a file.*'{url}'"):
        fetch(url)


def test_no_network_says_what_to_put_where(server, models, published):
    server.close()
    start = time.monotonic()
    with pytest.raises(ConnectionError) as caught:
        fetch(published)
    assert time.monotonic() - start < 5
    message = str(caught.value)
    assert re.search(r"'127.0.0.1' to be reachable.*no connection", message)
    assert f"{server.url}/tv/{NAME}" in message
    assert str(models / NAME) in message and "pass the path" in message
    assert "KERAS_DEEP_TORCHVISION_URL" in message
    with pytest.raises(ConnectionError, match="HTTPS_PROXY"):
        fetch(f"{server.url}/{NAME}")
