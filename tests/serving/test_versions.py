"""Versions that come and go while requests are answered."""

import shutil
import threading
import time

import pytest

from keras_deep.serving.options import Options
from tests.support.saved_models import save_half
from tests.support.saved_models import save_kinds
from tests.support.serving import Client
from tests.support.serving import running

ASKED = {"instances": [0.0]}


class Load:
    """Clients that ask without a pause, and what they are answered."""

    def __init__(self, port, path="m", asked=ASKED, clients=3):
        self.found, self._go_on = [], True
        self._port, self._path, self._asked = port, path, asked
        self._threads = [
            threading.Thread(target=self._work) for _ in range(clients)
        ]

    def _work(self):
        client = Client(self._port)
        while self._go_on:
            self.found.append(client.predict(self._asked, self._path))
        client.close()

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._go_on = False
        for thread in self._threads:
            thread.join(60)


def until(condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "It took too long."
        time.sleep(0.02)


def states(client):
    _, found = client.get("/v1/models/m")
    return {
        int(x["version"]): (x["state"], x["status"]["error_code"])
        for x in found.get("model_version_status", ())
    }


def write(folder, bias):
    """Writes a version as `export` does: beside, and renamed."""
    made = folder.parent / f".making-{bias}"
    save_half(made, bias)
    made.rename(folder)


def test_a_new_version_takes_over_without_a_lost_request(tmp_path):
    write(tmp_path / "1", 1)
    with running(tmp_path, versions="latest") as client:
        with Load(client.port) as load:
            until(lambda: load.found)
            write(tmp_path / "2", 2)
            until(lambda: (200, {"predictions": [2.0]}) in load.found)
        until(lambda: states(client)[1] == ("END", "OK"))
    values = [found["predictions"][0] for status, found in load.found]
    assert {status for status, _ in load.found} == {200}
    assert set(values) == {1.0, 2.0}
    # Some clients may still have asked the first one when it was answered.
    assert values[-1] == 2.0 and values[0] == 1.0


def test_a_version_that_cannot_be_loaded_leaves_the_old_one(tmp_path):
    write(tmp_path / "1", 1)
    with running(tmp_path, versions="latest") as client:
        with Load(client.port) as load:
            (tmp_path / "2").mkdir()
            (tmp_path / "2/saved_model.pb").write_bytes(b"no model")
            until(lambda: states(client).get(2) == ("END", "UNKNOWN"))
            _, found = client.get("/v1/models/m/versions/2")
            error = found["model_version_status"][0]["status"]
            assert error["error_message"]
            assert states(client)[1] == ("AVAILABLE", "OK")
            # Its files are complete now: it is tried again.
            shutil.rmtree(tmp_path / "2")
            write(tmp_path / "2", 2)
            until(lambda: (200, {"predictions": [2.0]}) in load.found)
        assert {status for status, _ in load.found} == {200}


def test_variables_that_are_missing_are_told(tmp_path):
    write(tmp_path / "1", 1)
    write(tmp_path / "2", 2)
    shutil.rmtree(tmp_path / "2/variables")
    with running(tmp_path) as client:
        assert client.predict(ASKED) == (200, {"predictions": [1.0]})
        assert states(client)[2] == ("END", "UNKNOWN")


def test_a_deleted_version_ends_when_its_requests_are_answered(tmp_path):
    save_kinds(tmp_path / "1")
    write(tmp_path / "2", 2)
    slow = {"signature_name": "slow", "instances": [1.5]}
    with running(tmp_path) as client:
        with Load(client.port, "m/versions/1", slow, clients=1) as load:
            time.sleep(0.3)
            shutil.rmtree(tmp_path / "1")
            until(lambda: states(client)[1][0] == "UNLOADING")
            assert client.predict(ASKED, "m/versions/1")[0] == 404
            assert client.predict(ASKED) == (200, {"predictions": [2.0]})
            assert not load.found
            until(lambda: states(client)[1] == ("END", "OK"))
            until(lambda: load.found)
        assert load.found[0] == (200, {"predictions": [1.5]})
        assert all(status == 404 for status, _ in load.found[1:])


def test_labels_that_change_are_followed(tmp_path):
    for version in (1, 2, 3):
        write(tmp_path / "m" / str(version), version)
    file = tmp_path / "labels.json"
    file.write_text('{"m": {"stable": 1}}')
    options = {"labels_file": file, "versions": "latest"}
    with running(tmp_path / "m", **options) as client:
        path = "m/labels/stable"
        assert client.predict(ASKED, path) == (200, {"predictions": [1.0]})
        file.write_text("no JSON")
        time.sleep(0.3)
        assert client.predict(ASKED, path)[0] == 200
        file.write_text('{"m": {"stable": 2}}')
        found = (200, {"predictions": [2.0]})
        until(lambda: client.predict(ASKED, path) == found)
        until(lambda: states(client)[1] == ("END", "OK"))


def test_folders_without_a_model_are_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="does not exist"):
        running(tmp_path / "no").__enter__()
    with pytest.raises(ValueError, match="folder of numbered SavedModels"):
        running(tmp_path).__enter__()
    (tmp_path / "m/1").mkdir(parents=True)
    with pytest.raises(ValueError, match="can be loaded.*version 1: "):
        running(tmp_path / "m").__enter__()
    with pytest.raises(ValueError, match="no `name` for a folder of several"):
        running(tmp_path, name="x").__enter__()
    with pytest.raises(ValueError, match="without slash and colon"):
        running(tmp_path / "m", name="a/b").__enter__()
    (tmp_path / "l.json").write_text('{"m": {"stable": "1"}}')
    with pytest.raises(ValueError, match="labels such as"):
        running(tmp_path / "m", labels_file=tmp_path / "l.json").__enter__()


@pytest.mark.parametrize(
    "given, message",
    [
        ({"batch_size": 0}, "`batch_size` to be a number of at least 1"),
        ({"threads": 1.5}, "`threads` to be an int"),
        ({"timeout": 0}, "`timeout` to be"),
        ({"max_request_mb": float("nan")}, "`max_request_mb`"),
        ({"batch_timeout_ms": 1e9}, "60000 at most"),
        ({"versions": "newest"}, "latest, all, or numbers"),
    ],
)
def test_wrong_options_are_refused(given, message):
    with pytest.raises(ValueError, match=message):
        Options(**given)


def test_which_versions_are_wanted():
    found = [1, 2, 5]
    assert Options().wanted(found) == {5} and Options().wanted([]) == set()
    assert Options(versions="all").wanted(found) == {1, 2, 5}
    assert Options(versions="2, 5,7").wanted(found) == {2, 5}
