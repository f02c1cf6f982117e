"""Tasks meet, or say why not, before TensorFlow starts."""

import contextlib
import re
import socket
import time
from threading import get_ident

import pytest

from keras_deep.training.cluster import gathering
from keras_deep.training.cluster import hosts
from keras_deep.training.cluster import waiting
from keras_deep.training.cluster.description import Cluster
from keras_deep.training.cluster.rendezvous import meet
from keras_deep.utils.errors import ClusterError
from tests.support.meeting import SOON
from tests.support.meeting import VERSIONS
from tests.support.meeting import Tasks
from tests.support.meeting import errors


@pytest.fixture
def tasks():
    return Tasks(3)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0)])
def test_all_meet_in_any_order(tasks, order):
    futures = []
    for index in order:
        assert not any(future.done() for future in futures)
        futures.append(tasks.start(index))
        time.sleep(0.2)
    for future in futures:
        assert future.result(timeout=30) == ["127.0.0.1"]
    # The chief's port is free for TensorFlow.
    with socket.socket() as server:
        server.bind(("127.0.0.1", tasks.ports[0]))
        server.listen()


def test_a_single_worker_waits_for_nobody():
    assert Tasks(1).start(0).result(timeout=10) == ["127.0.0.1"]


def test_a_chief_and_hosts_of_several_addresses():
    one = Tasks(2, "localhost")
    first, second = one.jobs["worker"]
    jobs = {"worker": (first,), "chief": (second,)}
    chief = Cluster(jobs, "chief", 0, "TF_CONFIG")
    futures = [
        one.pool.submit(meet, chief, VERSIONS, 30.0),
        one.start(0, jobs=jobs),
    ]
    for future in futures:
        assert "127.0.0.1" in future.result(timeout=30)


def test_who_is_missing_is_told_and_named_at_the_end(
    tasks, monkeypatch, capsys
):
    assert waiting.EVERY == 10.0
    monkeypatch.setattr(waiting, "EVERY", 0.4)
    found = errors([tasks.start(0, 2.0), tasks.start(1, 2.0)])
    for error in found:
        text = str(error)
        assert f"nothing from worker:2 (127.0.0.1:{tasks.ports[2]})." in text
        assert "within 2 s" in text and "start_timeout" in text
        assert "worker:0" not in text and "worker:1" not in text
        assert 1.9 < error.seconds < 2.0 + SOON
    printed = capsys.readouterr().err
    missing = f"worker:2 (127.0.0.1:{tasks.ports[2]})"
    lines = re.findall(
        rf"keras_deep: waiting for {re.escape(missing)}", printed
    )
    assert len(lines) >= 3, printed


def test_all_who_wait_say_so(tasks, monkeypatch):
    told = set()
    monkeypatch.setattr(
        waiting.Wait, "tell", lambda _, text: told.add((get_ident(), text))
    )
    monkeypatch.setattr(gathering, "REMINDER", 0.1)
    errors([tasks.start(0, 1.0), tasks.start(1, 1.0)])
    missing = f"waiting for worker:2 (127.0.0.1:{tasks.ports[2]})"
    assert len({who for who, text in told if text == missing}) == 2


def test_a_missing_chief_is_told_and_named(tasks, monkeypatch, capsys):
    monkeypatch.setattr(waiting, "EVERY", 0.4)
    (error,) = errors([tasks.start(2, 1.5)])
    name = f"worker:0 (127.0.0.1:{tasks.ports[0]})"
    assert f"nothing from {name}" in str(error)
    assert 1.4 < error.seconds < 1.5 + SOON
    assert f"waiting for {name}: " in capsys.readouterr().err


def test_other_versions_are_told_to_all_at_once(tasks):
    futures = [tasks.start(0), tasks.start(1)]
    time.sleep(0.5)
    futures.append(tasks.start(2, versions={"tensorflow": "2.20.0"}))
    for error in errors(futures):
        assert "same cluster and versions" in str(error)
        assert "tensorflow='2.21.0'" in str(error)
        assert "'worker':2 at 127.0.0.1 tensorflow='2.20.0'" in str(error)
        assert error.seconds < SOON


def test_other_clusters_are_told_at_once(tasks):
    other = {"worker": (*tasks.jobs["worker"][:2], "127.0.0.1:9")}
    for error in errors([tasks.start(0), tasks.start(1, jobs=other)]):
        assert f":{tasks.ports[2]}'" in str(error)
        assert "127.0.0.1:9'" in str(error) and error.seconds < SOON


def test_the_same_task_twice_is_told_at_once(tasks):
    futures = [tasks.start(0), tasks.start(1), tasks.start(1)]
    for error in errors(futures):
        assert "started once. Received: 'worker':1" in str(error)
        assert error.seconds < SOON


@pytest.mark.parametrize("index", [0, 1])
# TensorFlow will listen at all of them.
@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0", "127.0.0.2"])
def test_a_port_in_use_is_told_at_once(tasks, index, address):
    with contextlib.closing(hosts.bound(address, tasks.ports[index])) as other:
        other.listen()
        (error,) = errors([tasks.start(index)])
    assert re.search(
        rf"port .* free. Received: worker:{index} .*{tasks.ports[index]}.*"
        "Address already in use.*an earlier run",
        str(error),
    )
    assert error.seconds < SOON


def test_a_host_without_an_address_is_told_at_once(tasks):
    jobs = {"worker": (tasks.jobs["worker"][0], "no-such-host.invalid:5")}
    for index in (0, 1):
        (error,) = errors([tasks.start(index, jobs=jobs)])
        assert "Received: 'no-such-host.invalid' (" in str(error)
        assert error.seconds < SOON
    jobs = {"worker": (tasks.jobs["worker"][0], "a..b:5")}
    (error,) = errors([tasks.start(0, jobs=jobs)])
    assert "'a..b' (" in str(error)


def test_another_machine_is_none_of_ours(tasks):
    # An address that is reserved for documentation.
    jobs = {"worker": (tasks.jobs["worker"][0], "192.0.2.1:5")}
    (error,) = errors([tasks.start(1, jobs=jobs)])
    assert re.search(r"to be this machine.*worker:1 .192.0.2.1:5", str(error))
    assert error.seconds < SOON


def test_a_slow_name_server_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(hosts, "_LONGEST", 0.3)
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda *a, **k: time.sleep(3) or []
    )
    start = time.monotonic()
    with pytest.raises(ClusterError, match="'a' .no answer in 0.3 s"):
        hosts.look_up(["a", "b"])
    assert time.monotonic() - start < 2.5


def test_names_of_pods_may_come_later(monkeypatch):
    real, asked = socket.getaddrinfo, []

    def late(host, *arguments, **others):
        asked.append(host)
        if len(asked) < 3:
            raise socket.gaierror(-2, "Name or service not known")
        return real("127.0.0.1", *arguments, **others)

    monkeypatch.setattr(socket, "getaddrinfo", late)
    with pytest.raises(ClusterError, match="'a-1.b' .Name or service not"):
        hosts.look_up(["a-1.b"])
    assert hosts.look_up(["a-1.b"], patience=20) == {"a-1.b": ["127.0.0.1"]}
