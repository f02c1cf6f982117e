import socket
import threading
import time

import keras
import numpy as np
import pytest

from keras_deep.data.keras_datasets import download
from keras_deep.utils import network

FILES = {
    "mnist": ["mnist.npz"],
    "fashion_mnist": [
        "fashion-mnist/train-images-idx3-ubyte.gz",
        "fashion-mnist/train-labels-idx1-ubyte.gz",
        "fashion-mnist/t10k-images-idx3-ubyte.gz",
        "fashion-mnist/t10k-labels-idx1-ubyte.gz",
    ],
    "cifar10": ["cifar-10-batches-py-target_archive"],
    "cifar100": ["cifar-100-python-target_archive"],
}


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "datasets"


@pytest.fixture
def offline(monkeypatch):
    def refuse(address, timeout):
        raise OSError("no network")

    monkeypatch.setattr(socket, "create_connection", refuse)


@pytest.fixture
def loaded(monkeypatch, rng):
    """Stands for what Keras returns once it has the files."""

    def stand_in(name, *shape):
        x = rng.integers(0, 256, (4, *shape), "uint8")
        y = np.arange(4, dtype="uint8")
        y = y[:, None] if len(shape) == 3 else y
        module = getattr(keras.datasets, name)
        monkeypatch.setattr(module, "load_data", lambda: ((x, y), (x, y)))
        return x

    return stand_in


@pytest.mark.parametrize("name", list(FILES))
def test_says_what_to_put_where(cache, offline, name):
    host = "cs.toronto.edu" if "cifar" in name else "storage.googleapis.com"
    with pytest.raises(ConnectionError, match=host) as caught:
        download(name)
    message = str(caught.value)
    assert all(file in message for file in FILES[name])
    assert str(cache) in message and "`data_dir`" in message


@pytest.mark.parametrize("name", list(FILES))
def test_the_cache_needs_no_network(cache, offline, loaded, name):
    images = loaded(name, *((32, 32, 3) if "cifar" in name else (28, 28)))
    for file in FILES[name]:
        (cache / file).parent.mkdir(parents=True, exist_ok=True)
        (cache / file).touch()
    splits = download(name)
    np.testing.assert_array_equal(splits["test"].x.squeeze(), images)
    assert splits["train"].y.tolist() == [0, 1, 2, 3]


def test_an_incomplete_cache_needs_the_network(cache, offline):
    path = cache / FILES["fashion_mnist"][0]
    path.parent.mkdir(parents=True)
    path.touch()
    with pytest.raises(ConnectionError):
        download("fashion_mnist")


def test_a_network_that_does_not_answer_costs_5_seconds(cache, monkeypatch):
    ended = threading.Event()

    def hang(address, timeout):
        ended.wait(30)
        raise OSError("no answer")

    monkeypatch.setattr(socket, "create_connection", hang)
    start = time.monotonic()
    with pytest.raises(ConnectionError):
        download("cifar10")
    assert time.monotonic() - start < 5
    ended.set()


def test_a_reachable_host_is_asked(cache, loaded, monkeypatch):
    asked = []

    class Connection:
        def close(self):
            asked.append("closed")

    def connect(address, timeout):
        asked.append(address)
        return Connection()

    monkeypatch.setattr(socket, "create_connection", connect)
    loaded("mnist", 28, 28)
    assert len(download("mnist")["train"]) == 4
    assert asked == [("storage.googleapis.com", 443), "closed"]


def test_a_proxy_is_asked_in_place_of_the_host(cache, loaded, monkeypatch):
    loaded("mnist", 28, 28)
    with socket.create_server(("127.0.0.1", 0)) as server:
        proxy = f"http://127.0.0.1:{server.getsockname()[1]}"
        monkeypatch.setenv("https_proxy", proxy)
        assert len(download("mnist")["train"]) == 4
    monkeypatch.setattr(network, "PATIENCE", 1.5)
    with pytest.raises(ConnectionError):
        download("mnist")


def test_channels_first_is_undone(cache, offline, loaded):
    images = loaded("cifar10", 3, 32, 32)
    cache.mkdir()
    (cache / FILES["cifar10"][0]).touch()
    keras.config.set_image_data_format("channels_first")
    try:
        splits = download("cifar10")
    finally:
        keras.config.set_image_data_format("channels_last")
    np.testing.assert_array_equal(splits["train"].x[..., 1], images[:, 1])
