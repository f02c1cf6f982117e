import socket
import threading
import time

import pytest

from keras_deep.utils import network
from keras_deep.utils.network import download
from keras_deep.utils.network import keras_cache
from keras_deep.utils.network import reachable
from keras_deep.utils.network import require_reachable
from tests.support.server import Page
from tests.support.server import Server
from tests.support.server import without_proxies


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    without_proxies(monkeypatch)


@pytest.fixture
def server():
    server = Server()
    yield server
    server.close()


def test_a_host_is_reachable_as_long_as_it_listens(server):
    assert reachable(server.url)
    server.close()
    assert not reachable(server.url)
    with pytest.raises(ConnectionError, match=r"'127.0.0.1'.*'x.*Do that\.$"):
        require_reachable(server.url, "x.pth", "Do that.")


def test_a_silent_network_is_waited_for_as_long_as_said(monkeypatch):
    ended = threading.Event()

    def hang(address, timeout):
        ended.wait(30)
        raise OSError("no answer")

    monkeypatch.setattr(socket, "create_connection", hang)
    monkeypatch.setattr(network, "PATIENCE", 1.2)
    start = time.monotonic()
    assert not reachable("https://example.org")
    assert 1.1 < time.monotonic() - start < 2
    ended.set()


@pytest.mark.parametrize(
    "url,proxies,asked",
    [
        ("https://a.org/x", {}, ("a.org", 443)),
        ("http://a.org", {}, ("a.org", 80)),
        ("http://a.org:8000", {}, ("a.org", 8000)),
        ("https://a.org", {"https_proxy": "http://p:3128"}, ("p", 3128)),
        ("https://a.org", {"https_proxy": "p:3128"}, ("p", 3128)),
        ("https://a.org", {"http_proxy": "http://p:3128"}, ("a.org", 443)),
        ("http://a.org", {"http_proxy": "http://u:s@p"}, ("p", 80)),
        ("https://a.org", {"all_proxy": "socks5://p"}, ("p", 1080)),
        (
            "https://a.org",
            {"https_proxy": "http://p:3128", "no_proxy": "a.org"},
            ("a.org", 443),
        ),
    ],
)
def test_the_host_or_its_proxy_is_asked(monkeypatch, url, proxies, asked):
    addresses = []

    def refuse(address, timeout):
        addresses.append(address)
        raise OSError

    monkeypatch.setattr(socket, "create_connection", refuse)
    for name, value in proxies.items():
        monkeypatch.setenv(name, value)
    assert not reachable(url)
    assert addresses == [asked]


@pytest.mark.parametrize("url", ["", "example.org", "https:///x", "file:///x"])
def test_an_address_names_a_host(url):
    with pytest.raises(ValueError, match="Expected the address of a host"):
        reachable(url)


def test_the_cache_is_the_one_of_keras(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    assert keras_cache("models") == tmp_path / "models"
    monkeypatch.delenv("KERAS_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert keras_cache("models") == tmp_path / ".keras" / "models"


def test_a_download_is_whole_and_shows_progress(server, tmp_path, capsys):
    server.pages["/a"] = Page(status=302, headers={"Location": "/b"})
    server.pages["/b"] = Page(b"weights" * 10000)
    download(f"{server.url}/a", tmp_path / "models" / "a.pth")
    path = tmp_path / "models" / "a.pth"
    assert path.read_bytes() == b"weights" * 10000
    assert list(path.parent.iterdir()) == [path]
    assert f"{server.url}/a" in capsys.readouterr().out


def test_an_interrupted_download_leaves_nothing(server, tmp_path):
    server.pages["/a"] = Page(b"weights" * 10000, sent=30000)
    with pytest.raises(ConnectionError, match=r"all of '.*/a'.*30000 out of"):
        download(f"{server.url}/a", tmp_path / "a.pth")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_file_that_is_not_for_us(server, tmp_path, status):
    server.pages["/a"] = Page(b"no", status)
    with pytest.raises(ValueError, match=rf"/a' to be a file.*{status}"):
        download(f"{server.url}/a", tmp_path / "a.pth")
    assert not list(tmp_path.iterdir())


def test_a_server_out_of_order(server, tmp_path):
    server.pages["/a"] = Page(b"no", 503)
    with pytest.raises(ConnectionError, match="503"):
        download(f"{server.url}/a", tmp_path / "a.pth")


def test_a_server_that_falls_silent(server, tmp_path, monkeypatch):
    monkeypatch.setattr(network, "STALL", 0.2)
    wait = threading.Event()
    server.pages["/a"] = Page(b"weights", wait=wait)
    with pytest.raises(ConnectionError, match="timed out"):
        download(f"{server.url}/a", tmp_path / "a.pth")
    wait.set()
    assert socket.getdefaulttimeout() is None
    assert not list(tmp_path.iterdir())
