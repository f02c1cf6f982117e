"""TF_CONFIG is read as TensorFlow's documentation defines it, or refused."""

import json
import re

import pytest

from keras_deep.training.cluster import find_cluster
from keras_deep.training.cluster.tf_config import read_tf_config
from keras_deep.utils.errors import ClusterError

TWO = {"worker": ["a:1", "b:2"]}


def read(cluster, task):
    text = json.dumps({"cluster": cluster, "task": task})
    return read_tf_config({"TF_CONFIG": text})


def task(index, job="worker"):
    return {"type": job, "index": index}


def test_a_worker_knows_all_and_itself():
    found = read({"worker": ["host0:2222", "10.0.0.7:80"]}, task(1))
    assert [str(x) for x in found.workers] == [
        "worker:0 (host0:2222)",
        "worker:1 (10.0.0.7:80)",
    ]
    assert found.own == found.workers[1] and found.chief == found.workers[0]
    assert (found.own.host, found.own.port) == ("10.0.0.7", 80)
    assert found.source == "TF_CONFIG"


def test_a_chief_is_the_first_that_trains():
    jobs = {"worker": ["a:1", "b:2"], "chief": ["c:3"], "ps": ["d:4"]}
    found = read(jobs, task(0))
    assert [x.address for x in found.workers] == ["c:3", "a:1", "b:2"]
    assert found.chief.job == "chief" and found.own.address == "a:1"
    assert found.hosts == ["a", "b", "c", "d"]


def test_an_address_may_be_one_of_ipv6():
    found = read({"worker": ["[::1]:2222", "[fd00::7]:65535"]}, task(1))
    assert (found.own.host, found.own.port) == ("fd00::7", 65535)


def test_an_index_may_be_text():
    assert read(TWO, task("1")).own.address == "b:2"


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"TF_CONFIG": "{}"},
        {"TF_CONFIG": '{"cluster": {}, "task": {}}'},
        {"TF_CONFIG": '{"environment": "cloud"}'},
    ],
    ids=str,
)
def test_without_a_cluster_a_process_is_alone(environment):
    assert read_tf_config(environment) is None
    assert find_cluster(environment=environment) is None


@pytest.mark.parametrize(
    "text, message",
    [
        ("", r"JSON object, such as \{.*Received: ''.*Unset it"),
        ('{"cluster": ', r"JSON object.*Received: '\{\"cluster\": '.*Unset"),
        ("[" * 100000, r"JSON object.*Received: '\[\[\[.*\.\.\."),
        ("[1]", r"JSON object.*Received: '\[1\]'"),
    ],
    ids=["empty", "half", "deep", "list"],
)
def test_text_that_is_no_object_is_refused(text, message):
    with pytest.raises(ClusterError, match=message) as caught:
        read_tf_config({"TF_CONFIG": text})
    assert len(str(caught.value)) < 700


@pytest.mark.parametrize(
    "cluster, message",
    [
        (["a:1"], r'map, in "cluster".*Received: \["a:1"\]'),
        ({"worker": "a:1"}, r'map, in "cluster".*"worker": "a:1"'),
        ({"worker": {"0": "a:1"}}, r'map, in "cluster"'),
        ({"worker": []}, r"an address or more of 'worker'. Received: \[\]"),
        ({"workers": ["a:1"]}, r"'workers'. Did you mean 'worker'"),
        ({"ps": ["a:1"]}, r'have a "worker" or a "chief". Received: ps'),
        ({"chief": ["a:1", "b:1"]}, r'one "chief" at most. Received: 2'),
        ({"worker": ["a"]}, r"worker:0 an address .*Received: 'a'"),
        ({"worker": ["a:1", "b:"]}, r"worker:1 an address.*'b:'"),
        ({"worker": ["a:1", ":1"]}, r"worker:1 an address.*':1'"),
        ({"worker": ["a:0"]}, r"from 1 to 65535. Received: 'a:0'"),
        ({"worker": ["a:65536"]}, r"Received: 'a:65536'"),
        ({"worker": ["a:²"]}, r"Received: 'a:²'"),
        ({"worker": ["http://a:1"]}, r"Received: 'http://a:1'"),
        ({"worker": ["a b:1"]}, r"Received: 'a b:1'"),
        ({"worker": ["::1:2222"]}, r"Received: '::1:2222'"),
        ({"worker": [7]}, r"Received: 7"),
        (
            {"worker": ["a:1", "b:1", "A:1"]},
            r"of its own. Received: 'A:1' of both worker:0 and worker:2",
        ),
    ],
    ids=str,
)
def test_clusters_that_are_none_are_refused(cluster, message):
    with pytest.raises(ClusterError, match=message):
        read(cluster, task(0))


@pytest.mark.parametrize(
    "given, message",
    [
        (None, r'which task of "cluster".*Received: null'),
        ({}, r'which task of "cluster".*Received: \{\}'),
        ({"type": "worker"}, r'which task.*Received: \{"type": "worker"\}'),
        (task(0, "chief"), r'"type" among worker.*Received: .chief'),
        (task(0, "Worker"), r"'Worker'. Did you mean 'worker'"),
        (task(0, ["worker"]), r'"type" among worker'),
        (task(2), r'"index" from 0 to 1, as "cluster" has 2 of .worker.*: 2'),
        (task(-1), r'"index" from 0 to 1.*Received: -1'),
        (task("one"), r'"index" from 0 to 1.*Received: .one'),
        (task(True), r'"index" from 0 to 1.*Received: True'),
        (task(1.0), r'"index" from 0 to 1.*Received: 1.0'),
        (task("9" * 5000), r'"index" from 0 to 1'),
    ],
    ids=lambda given: str(given)[:40],
)
def test_tasks_that_are_none_are_refused(given, message):
    with pytest.raises(ClusterError, match=message):
        read(TWO, given)


def test_the_example_in_messages_is_right():
    with pytest.raises(ClusterError) as caught:
        read_tf_config({"TF_CONFIG": "x"})
    example = re.search(r"\{.*\}\}", str(caught.value))[0]
    found = read_tf_config({"TF_CONFIG": example})
    assert found.own.address == "host0:2222" and len(found.workers) == 2
