import hashlib
import time

import pytest
from huggingface_hub import constants

from keras_deep.convert.hub.fetching import fetch
from tests.support.server import Page
from tests.support.server import Server
from tests.support.server import without_proxies

COMMIT = "5d6a2d2d4f1c39a8f2b1e0c9b7a6958473625140"
REPO = "timm/resnet50.a1_in1k"
WEIGHTS = bytes(range(256)) * 200
SHA256 = hashlib.sha256(WEIGHTS).hexdigest()
CONFIG = b"""{
    "input_size": [3, 224, 224], "interpolation": "bicubic", "crop_pct": 0.95,
    "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]
}"""


class Hub(Server):
    """Answers like huggingface.co; large files come from another host."""

    def __init__(self):
        super().__init__()
        self.storage = Server()

    def publish(self, file, body, revision):
        self.pages[f"/{REPO}/resolve/{revision}/{file}"] = Page(
            body,
            headers={
                "ETag": f'"{hashlib.sha1(body).hexdigest()}"',
                "X-Repo-Commit": COMMIT,
            },
        )

    def publish_large(self, file, revision="main"):
        self.storage.pages[f"/{SHA256}"] = Page(WEIGHTS)
        # The library tells hosts apart by their names.
        storage = self.storage.url.replace("127.0.0.1", "localhost")
        self.pages[f"/{REPO}/resolve/{revision}/{file}"] = Page(
            status=302,
            headers={
                "Location": f"{storage}/{SHA256}",
                "X-Linked-Etag": f'"{SHA256}"',
                "X-Linked-Size": str(len(WEIGHTS)),
                "X-Repo-Commit": COMMIT,
            },
        )

    def close(self):
        super().close()
        self.storage.close()


@pytest.fixture
def hub(monkeypatch, tmp_path):
    for name in ("HF_HUB_CACHE", "HF_HUB_OFFLINE", "HF_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    without_proxies(monkeypatch)
    # The library asks huggingface.co for this file if it is not there.
    registry = tmp_path / "agents.json"
    registry.write_text('{"harnesses": {}}')
    monkeypatch.setattr(
        constants, "AGENT_HARNESSES_PATH", str(registry), raising=False
    )
    hub = Hub()
    monkeypatch.setenv("HF_ENDPOINT", f"{hub.url}/")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    yield hub
    hub.close()


@pytest.fixture
def cache(hub, tmp_path):
    """Lists the files in the cache that could be taken for weights."""

    def files():
        paths = (tmp_path / "hf").rglob("*")
        paths = [p for p in paths if p.suffix != ".incomplete"]
        return [p for p in paths if p.is_file() and p.stat().st_size > 5000]

    return files


def test_a_repository_is_downloaded_once(hub, tmp_path, monkeypatch):
    hub.publish_large("model.safetensors")
    hub.publish("config.json", b"{}", COMMIT)
    first = fetch(f"hf://{REPO}")
    assert first.path.name == "model.safetensors"
    assert first.path.is_relative_to(tmp_path / "hf" / "hub")
    assert first.path.read_bytes() == WEIGHTS and first.sha256 == SHA256
    assert fetch(f"hf://{REPO}") == first
    assert hub.storage.requests[0][0] == f"GET /{SHA256}"
    assert len(hub.storage.requests) == 1
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    asked = len(hub.requests)
    assert fetch(f"hf://{REPO}") == first
    assert len(hub.requests) == asked
    monkeypatch.delenv("HF_HUB_OFFLINE")
    hub.close()
    assert fetch(f"hf://{REPO}") == first


def test_the_cache_can_be_named(hub, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "other"))
    hub.publish_large("model.safetensors")
    path = fetch(f"hf://{REPO}").path
    folder = tmp_path / "other" / "models--timm--resnet50.a1_in1k"
    assert path == folder / "snapshots" / COMMIT / "model.safetensors"


@pytest.mark.parametrize(
    "name,file,revision",
    [
        (REPO, "pytorch_model.bin", "main"),
        (f"{REPO}@v1", "pytorch_model.bin", "v1"),
        (f"{REPO}/a/b.safetensors", "a/b.safetensors", "main"),
        (f"{REPO}/b.safetensors@v1", "b.safetensors", "v1"),
        (f"{REPO}@v1/b.safetensors", "b.safetensors", "v1"),
    ],
)
def test_file_and_revision(hub, name, file, revision):
    hub.publish_large(file, revision=revision)
    hub.publish("config.json", CONFIG, COMMIT)
    fetched = fetch(f"hf://{name}")
    assert fetched.path.as_posix().endswith(f"{COMMIT}/{file}")
    assert fetched.preprocessing.crop == 0.95


@pytest.mark.parametrize(
    "name", ["resnet50", "a/b@v1/c@v2", "a/b/../c", "a/b@", "/b", "a b/c"]
)
def test_names_have_an_owner_and_a_repository(name):
    with pytest.raises(ValueError, match=rf"hf://OWNER/REPO.*'hf://{name}'"):
        fetch(f"hf://{name}")


def test_the_token_stays_with_the_hub(hub, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    hub.publish_large("model.safetensors")
    fetch(f"hf://{REPO}")
    headers = {key.lower(): value for key, value in hub.requests[0][1].items()}
    assert headers["authorization"] == "Bearer hf_secret"
    assert "hf_secret" not in str(hub.storage.requests)


def test_a_file_of_another_hash_is_removed(hub, cache):
    hub.publish_large("model.safetensors")
    hub.storage.pages[f"/{SHA256}"] = Page(WEIGHTS[::-1])
    with pytest.raises(ValueError, match=rf"'hf://{REPO}'.*{SHA256}.*removed"):
        fetch(f"hf://{REPO}")
    assert not cache()
    hub.storage.pages[f"/{SHA256}"] = Page(WEIGHTS)
    assert fetch(f"hf://{REPO}").sha256 == SHA256


def test_the_cache_is_checked_without_a_network(hub, cache):
    hub.publish_large("model.safetensors")
    path = fetch(f"hf://{REPO}").path
    hub.close()
    path.write_bytes(WEIGHTS[:-1])
    with pytest.raises(ValueError, match="SHA-256"):
        fetch(f"hf://{REPO}")
    assert not cache()


@pytest.mark.parametrize("chunk", [10_000, 10_000_000])
def test_an_interrupted_download_does_not_count(hub, cache, monkeypatch, chunk):
    # The library waits a second before it tries again.
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    monkeypatch.setattr(constants, "DOWNLOAD_CHUNK_SIZE", chunk)
    hub.publish_large("model.safetensors")
    hub.storage.pages[f"/{SHA256}"] = Page(WEIGHTS, sent=40_000)
    with pytest.raises(ConnectionError, match=f"all of 'hf://{REPO}'"):
        fetch(f"hf://{REPO}")
    assert not cache() and len(hub.storage.requests) < 10
    hub.storage.pages[f"/{SHA256}"] = Page(WEIGHTS)
    assert fetch(f"hf://{REPO}").sha256 == SHA256


def test_no_network_says_what_to_put_where(hub, tmp_path, monkeypatch):
    hub.close()
    start = time.monotonic()
    with pytest.raises(ConnectionError) as caught:
        fetch(f"hf://{REPO}")
    assert time.monotonic() - start < 5
    message = str(caught.value)
    assert "'127.0.0.1' to be reachable" in message
    assert f"{hub.url}/{REPO}/resolve/main/model.safetensors" in message
    folder = tmp_path / "hf" / "hub" / "models--timm--resnet50.a1_in1k"
    assert str(folder) in message and "pass the path" in message
    assert "HF_ENDPOINT" in message and "HTTPS_PROXY" in message
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ConnectionError, match="HF_HUB_OFFLINE is set"):
        fetch(f"hf://{REPO}")


def test_a_hub_out_of_order(hub):
    page = Page(status=503)
    for file in ("model.safetensors", "pytorch_model.bin"):
        hub.pages[f"/{REPO}/resolve/main/{file}"] = page
    start = time.monotonic()
    with pytest.raises(ConnectionError, match="503"):
        fetch(f"hf://{REPO}")
    assert time.monotonic() - start < 5
    hub.publish_large("model.safetensors")
    fetched = fetch(f"hf://{REPO}")
    hub.pages[f"/{REPO}/resolve/main/model.safetensors"] = page
    assert fetch(f"hf://{REPO}") == fetched


@pytest.mark.parametrize(
    "status,code",
    [(401, "RepoNotFound"), (403, "GatedRepo"), (404, "RevisionNotFound")],
)
def test_what_we_may_not_read(hub, status, code):
    hub.pages[f"/{REPO}/resolve/main/model.safetensors"] = Page(
        status=status, headers={"X-Error-Code": code}
    )
    with pytest.raises(ValueError, match=rf"'hf://{REPO}'.*{status}.*HF_TOKEN"):
        fetch(f"hf://{REPO}")


def test_a_repository_without_weights(hub):
    with pytest.raises(
        ValueError, match=r"'timm/resnet50.a1_in1k'.*model.bin.*'main'.*FILE"
    ):
        fetch(f"hf://{REPO}")
