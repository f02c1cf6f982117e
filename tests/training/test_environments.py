"""Clusters of Slurm and of Kubernetes, from the variables that they set."""

import json

import pytest

from keras_deep.training.cluster import find_cluster
from keras_deep.training.cluster.slurm import expand_nodes
from keras_deep.utils.errors import ClusterError


def step(tasks, nodes, per_node, task, **others):
    """The variables that `srun` sets for a task of a step."""
    return {
        "SLURM_JOB_ID": "4242",
        "SLURM_STEP_ID": "0",
        "SLURM_NTASKS": str(tasks),
        "SLURM_STEP_NUM_TASKS": str(tasks),
        "SLURM_STEP_NODELIST": nodes,
        "SLURM_STEP_TASKS_PER_NODE": per_node,
        "SLURM_PROCID": str(task),
        **others,
    }


def pod(**variables):
    return {
        "HOSTNAME": "train-1",
        "KERAS_DEEP_WORKERS": "3",
        "KERAS_DEEP_SERVICE": "peers",
        **variables,
    }


def addresses(found):
    return [task.address for task in found.workers]


@pytest.mark.parametrize(
    "text, names",
    [
        ("login", "login"),
        ("a,b7", "a b7"),
        ("host[01-03,07]", "host01 host02 host03 host07"),
        ("n[8-11]", "n8 n9 n10 n11"),
        ("n[098-101]", "n098 n099 n100 n101"),
        ("n[1-2]-ib,gpu[3],x.org", "n1-ib n2-ib gpu3 x.org"),
        ("r[1-2]n[1-2]", "r1n1 r1n2 r2n1 r2n2"),
    ],
)
def test_lists_of_nodes_are_expanded(text, names):
    assert expand_nodes(text) == names.split()


@pytest.mark.parametrize(
    "text", ["n[1-", "n[]", "n[2-1]", "n[a-b]", "a,,b", "a b", ",", "n]1["]
)
def test_lists_that_are_none_are_refused(text):
    with pytest.raises(ClusterError, match="a list of nodes of Slurm.*Receiv"):
        expand_nodes(text)


def test_tasks_of_slurm_are_counted_node_by_node():
    given = step(5, "n[1-3]", "2(x2),1", 3, SLURM_NODEID="1", SLURM_LOCALID="1")
    found = find_cluster(7000, given)
    expected = ["n1:7000", "n1:7001", "n2:7000", "n2:7001", "n3:7000"]
    assert addresses(found) == expected
    assert found.own.address == "n2:7001" and found.source == "Slurm"


def test_ports_of_slurm_follow_from_the_job():
    one, same = (find_cluster(None, step(2, "a,b", "1(x2)", i)) for i in (0, 1))
    assert addresses(one) == addresses(same)
    other = step(2, "a,b", "1(x2)", 0, SLURM_JOB_ID="4243")
    assert addresses(find_cluster(None, other)) != addresses(one)
    last = step(2, "a,b", "1(x2)", 0, SLURM_JOB_ID="99999999")
    for found in (one, find_cluster(None, last)):
        assert 1024 < found.own.port < 32768
    given = {**other, "KERAS_DEEP_PORT": "7000"}
    assert find_cluster(None, given).own.port == 7000
    assert find_cluster(9000, given).own.port == 9000


def test_names_of_older_variables_are_known():
    given = step(2, "a,b", "1(x2)", 1)
    given["SLURM_STEPID"] = given.pop("SLURM_STEP_ID")
    given["SLURM_JOB_NODELIST"] = given.pop("SLURM_STEP_NODELIST")
    given["SLURM_TASKS_PER_NODE"] = given.pop("SLURM_STEP_TASKS_PER_NODE")
    del given["SLURM_STEP_NUM_TASKS"]
    assert find_cluster(5, given).own.address == "b:5"


def test_a_batch_script_and_a_single_task_are_alone():
    batch = step(4, "a,b", "2(x2)", 0)
    del batch["SLURM_STEP_ID"]
    assert find_cluster(None, batch) is None
    # A shell of `srun --pty` in a larger job.
    shell = step(1, "a", "1", 0, SLURM_NTASKS="4")
    assert find_cluster(None, shell) is None


@pytest.mark.parametrize(
    "given, message",
    [
        (step(4, "a,b", "1(x2)", 0), "4 tasks on 2 nodes.*'1.x2.'.*srun"),
        (step(2, "a,b", "2", 0), "2 tasks on 2 nodes"),
        (step(2, "a,b", "x", 0), "2 tasks on 2 nodes.*'x'"),
        (step(2, "a,b", "1(x2)", 2), "node by node.*task 2.*block"),
        (step(2, "a,b", "1(x2)", "x"), "SLURM_PROCID.*number.*'x'"),
        (step(2, "", "1(x2)", 0), "set SLURM_STEP_NODELIST"),
        (
            step(4, "a,b", "2(x2)", 1, SLURM_NODEID="1", SLURM_LOCALID="0"),
            "node by node.*task 1 as number 0 of node 1",
        ),
        # The first task is the same one in every order.
        (
            step(4, "a,b", "2(x2)", 0, SLURM_DISTRIBUTION="cyclic"),
            "node by node.*--distribution=block",
        ),
    ],
)
def test_contradictions_of_slurm_are_refused(given, message):
    with pytest.raises(ClusterError, match=message):
        find_cluster(None, given)


def test_a_cyclic_order_of_one_task_per_node_is_none():
    given = step(2, "a,b", "1(x2)", 1, SLURM_DISTRIBUTION="cyclic")
    assert find_cluster(5, given).own.address == "b:5"


def test_pods_of_a_stateful_set_have_their_number_in_their_name():
    found = find_cluster(None, pod())
    expected = [
        "train-0.peers:2222",
        "train-1.peers:2222",
        "train-2.peers:2222",
    ]
    assert addresses(found) == expected
    assert found.own.address == expected[1] and found.source == "Kubernetes"
    full = pod(HOSTNAME="my-net-10-2.peers.space.svc.cluster.local")
    assert find_cluster(80, full).own.address == "my-net-10-2.peers:80"


def test_pods_of_an_indexed_job_have_a_number():
    found = find_cluster(None, pod(JOB_COMPLETION_INDEX="2"))
    assert found.own.address == "train-2.peers:2222"


def test_other_pods_are_alone():
    alone = {"HOSTNAME": "train-1", "JOB_COMPLETION_INDEX": "1"}
    assert find_cluster(None, alone) is None
    assert find_cluster(None, pod(KERAS_DEEP_WORKERS="1")) is None


@pytest.mark.parametrize(
    "changed, message",
    [
        ({"KERAS_DEEP_SERVICE": ""}, "KERAS_DEEP_SERVICE.*headless.*''"),
        ({"KERAS_DEEP_WORKERS": "two"}, "KERAS_DEEP_WORKERS.*number.*'two'"),
        ({"KERAS_DEEP_WORKERS": "0"}, "KERAS_DEEP_WORKERS.*Received: 0"),
        ({"HOSTNAME": "train-3"}, "KERAS_DEEP_WORKERS.*3, in pod 3"),
        ({"HOSTNAME": "train"}, "end with its number.*Indexed.*'train'"),
        ({"JOB_COMPLETION_INDEX": "-1"}, "JOB_COMPLETION_INDEX.*'-1'"),
        ({"KERAS_DEEP_PORT": "http"}, "KERAS_DEEP_PORT.*port.*'http'"),
        ({"KERAS_DEEP_PORT": "65500"}, "KERAS_DEEP_PORT.*65279.*'65500'"),
    ],
    ids=str,
)
def test_contradictions_of_pods_are_refused(changed, message):
    with pytest.raises(ClusterError, match=message):
        find_cluster(None, pod(**changed))


def test_tf_config_is_read_first():
    config = {
        "cluster": {"worker": ["x:1", "y:1"]},
        "task": {"type": "worker", "index": 1},
    }
    given = {**pod(), **step(2, "a,b", "1(x2)", 0)}
    assert find_cluster(5, given).source == "Slurm"
    found = find_cluster(5, {**given, "TF_CONFIG": json.dumps(config)})
    assert found.own.address == "y:1"
