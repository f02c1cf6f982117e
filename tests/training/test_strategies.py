"""Strategies by name and by what there is; several workers in a namespace."""

import json
import os
import sys
import types
import warnings

import keras
import pytest

from keras_deep.training import make_strategy
from keras_deep.training import strategy
from keras_deep.training.cluster import explained
from keras_deep.training.cluster import safety
from keras_deep.training.cluster.description import Task
from keras_deep.training.strategies import is_chief
from keras_deep.training.strategies import is_multi_worker
from keras_deep.training.strategies import number_of_workers
from keras_deep.utils.errors import ClusterError
from keras_deep.utils.errors import WorkerLost
from tests.support.loopback import ROOT
from tests.support.loopback import run_on_loopback

TWO = '{"cluster": {"worker": ["127.0.0.1:20001", "127.0.0.1:20002"]}, '
TENSORFLOW = keras.backend.backend() == "tensorflow"
only_tensorflow = pytest.mark.skipif(
    not TENSORFLOW, reason="Strategies of TensorFlow need it as the backend."
)


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    """No cluster, and no strategy of an earlier test."""
    for name in os.environ:
        if name.startswith(("SLURM_", "KERAS_DEEP_W", "TF_CONFIG", "TPU_")):
            monkeypatch.delenv(name)
    monkeypatch.setattr(make_strategy, "_MADE", {})


def cluster(monkeypatch, index=0):
    task = f'"task": {{"type": "worker", "index": {index}}}}}'
    monkeypatch.setenv("TF_CONFIG", TWO + task)


@only_tensorflow
def test_one_device_is_the_choice_of_a_single_process(monkeypatch):
    import tensorflow as tf

    assert strategy() is tf.distribute.get_strategy()
    assert strategy("one_device", ["cpu:0"]).num_replicas_in_sync == 1
    # As some services describe a process that is alone.
    config = {"cluster": {"worker": ["127.0.0.1:5"]}}
    config["task"] = {"type": "worker", "index": 0}
    monkeypatch.setenv("TF_CONFIG", json.dumps(config))
    assert strategy() is tf.distribute.get_strategy()


@only_tensorflow
def test_a_strategy_is_made_once():
    made = strategy("mirrored", ["CPU:0"])
    assert type(made).__name__ == "MirroredStrategy"
    assert strategy("mirrored", ["/device:CPU:0"]) is made
    assert strategy("mirrored") is made  # There is nothing else here.
    first = strategy("one_device", ["CPU:0"])
    assert strategy("one_device", ["CPU:0"]) is first is not made
    make_strategy._MADE["mirrored"] = (["CPU:0", "CPU:1"], made)
    with pytest.raises(ValueError, match="first call.*CPU:1.*one strategy"):
        strategy("mirrored", ["CPU:0"])


@only_tensorflow
def test_several_gpus_and_tpus_are_found(monkeypatch):
    import tensorflow as tf

    made = []
    monkeypatch.setattr("keras_deep.training.strategies.mirrored", made.append)
    monkeypatch.setattr(
        tf.config,
        "list_physical_devices",
        lambda kind: ["a"] * 2 * (kind == "GPU"),
    )
    strategy()
    strategy(devices=["GPU:0", "GPU:1"])
    assert made == [None, ["GPU:0", "GPU:1"]]
    monkeypatch.setenv("TPU_NAME", "local")
    monkeypatch.setattr(
        "keras_deep.training.strategies.tpu_strategy",
        lambda *given: made.append(given),
    )
    strategy()
    assert made[2:] == [(None, None)]


@only_tensorflow
def test_a_strategy_of_ones_own_is_returned():
    import tensorflow as tf

    own = tf.distribute.OneDeviceStrategy("CPU:0")
    assert strategy(own) is own
    for found in (own, strategy("mirrored", ["CPU:0"]), strategy()):
        assert is_chief(found) and not is_multi_worker(found)
        assert number_of_workers(found) == 1


@only_tensorflow
@pytest.mark.parametrize(
    "arguments, message",
    [
        (("mirorred",), "one of auto, one_device.*Did you mean 'mirrored'"),
        ((7,), "`tf.distribute.Strategy`. Received: 7"),
        (("mirrored", ["GPU:7"]), "some of CPU:0.*Received.*GPU:7"),
        (("mirrored", ["CPU:0", "CPU:0"]), "each once"),
        (("mirrored", []), "a device or more"),
        (("mirrored", 2), r"a list of some of CPU:0.*Received: devices=2"),
        (("one_device", []), "a device or more"),
        (("tpu", ["TPU:0"]), "no `devices` for 'tpu'"),
        (("multi_worker",), "TF_CONFIG.*srun.*KERAS_DEEP_WORKERS.*launch"),
        (("auto", None, 1.0, 0), "`port`.*1 to 65279. Received: 0"),
    ],
    ids=str,
)
def test_mistakes_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        strategy(*arguments)


@only_tensorflow
def test_several_workers_come_first_and_choose_no_devices(monkeypatch):
    cluster(monkeypatch)
    for kind in ("auto", "multi_worker"):
        with pytest.raises(ValueError, match="CUDA_VISIBLE_DEVICES"):
            strategy(kind, ["CPU:0"])


@only_tensorflow
def test_it_is_too_late_after_the_first_tensor(monkeypatch):
    """Which is said before anything waits or listens."""
    keras.ops.zeros(1)
    cluster(monkeypatch)
    monkeypatch.delattr("keras_deep.training.cluster.start.meet")
    with pytest.raises(ClusterError, match="before the first tensor.*imports"):
        strategy()


@only_tensorflow
def test_a_parameter_server_is_no_worker(monkeypatch):
    config = {"cluster": {"worker": ["a:1", "b:1"], "ps": ["c:1"]}}
    config["task"] = {"type": "ps", "index": 0}
    monkeypatch.setenv("TF_CONFIG", json.dumps(config))
    with pytest.raises(ClusterError, match="ps:0 .c:1.*parameter_server"):
        strategy()


@pytest.mark.skipif(TENSORFLOW, reason="It needs JAX as the backend.")
def test_on_jax_it_is_data_parallelism(monkeypatch):
    made = strategy()
    try:
        assert isinstance(made, keras.distribution.DataParallel)
        assert keras.distribution.distribution() is made
        assert strategy() is made and strategy(made) is made
        assert is_chief(made) and number_of_workers(made) == 1
        one = strategy("one_device", ["CPU:0"])
        assert one.num_model_replicas == 1
        with pytest.raises(ValueError, match="some of CPU:0.*GPU:7"):
            strategy("mirrored", ["GPU:7"])
        with pytest.raises(ValueError, match="devices for 'tpu'"):
            strategy("tpu")
        cluster(monkeypatch)
        with pytest.raises(ClusterError, match="backend tensorflow.*jax"):
            strategy()
    finally:
        keras.distribution.set_distribution(None)


def test_public_addresses_are_warned_of(monkeypatch):
    task = Task("worker", 1, "host:2222")
    monkeypatch.setattr(safety, "_sources", lambda: ["10.1.2.3"])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        safety.warn_if_public(task, ["127.0.0.1", "192.168.0.7", "fd00::1"])
    # The server listens there, whatever the cluster says.
    for own, source in (("8.8.8.8", "10.1.2.3"), ("10.1.2.3", "2600::5")):
        monkeypatch.setattr(safety, "_sources", lambda found=source: [found])
        with pytest.warns(UserWarning, match="worker:1.*2222.*firewall") as all:
            safety.warn_if_public(task, [own])
        assert len(all) == 1
    assert "2600::5 is a public address" in str(all[0].message)


HEARTBEAT = (
    "Collective ops is aborted by: The following tasks are unhealthy (stopped "
    "sending heartbeats):\n/job:worker/replica:0/task:2\n[[node a on "
    "/job:worker/replica:0/task:1/device:CPU:0]]"
)
STEP = "Collective instance 106 expected type 1 but got type 0"


@pytest.fixture
def several(monkeypatch):
    """A function that makes the second worker of some, as messages see it."""
    import tensorflow as tf

    path = "keras_deep.training.strategies.is_multi_worker"
    monkeypatch.setattr(path, lambda found: found is not None)

    def make(count):
        spec = tf.train.ClusterSpec({"worker": ["a:1"] * count})
        names = types.SimpleNamespace
        return names(
            cluster_resolver=names(
                task_type="worker", task_id=1, cluster_spec=lambda: spec
            )
        )

    return make


@only_tensorflow
@pytest.mark.parametrize(
    "kind, text, count, message",
    [
        ("Unavailable", HEARTBEAT, 3, "Received: worker:2 ended.*Restart all"),
        ("DeadlineExceeded", "late", 3, "Received: another worker ended"),
        ("DeadlineExceeded", "late", 2, "Received: worker:0 ended"),
        ("Aborted", "RPC: CoordinationService", 3, "Received: worker:0 ended"),
        ("Internal", STEP, 2, "steps that do not match"),
    ],
)
def test_lost_workers_are_explained(several, kind, text, count, message):
    from tensorflow import errors

    made = getattr(errors, f"{kind}Error")(None, None, text)
    with pytest.raises(WorkerLost, match=message) as caught:
        with explained(several(count)):
            raise made
    assert caught.value.__cause__ is made


@only_tensorflow
def test_other_errors_are_not_explained(several):
    from tensorflow import errors

    for made, found in [
        (errors.InternalError(None, None, "other"), several(2)),
        (ValueError("a"), several(2)),
        (errors.UnavailableError(None, None, HEARTBEAT), None),
    ]:
        with pytest.raises(type(made)), explained(found):
            raise made


@only_tensorflow
def test_two_workers_and_the_loss_of_one():
    code = "from keras_deep.cli import main; main()"
    script = ROOT / "tests" / "support" / "two_workers.py"
    words = ("launch", "--verbose", "--grace", "60", "--", "python", script)
    done = run_on_loopback(sys.executable, "-c", code, *words, timeout=240)
    found = {}
    for line in done.stdout.splitlines():
        name, _, text = line.partition("] ")
        found.setdefault(name[-1], []).append(json.loads(text))
    assert {*found} == {"0", "1"}, done.stderr
    for index in (0, 1):
        first = found[str(index)][0]
        assert first.pop("seconds") < 60
        assert first == {
            "kind": "CollectiveAllReduceStrategy",
            "same": True,
            "chief": index == 0,
            "several": True,
            "workers": 2,
            "index": index,
            "sum": 3.0,
        }
    (end,) = found["0"][1:]
    assert end["seconds"] < 40
    assert "worker:1 ended or does not answer" in end["error"], end
    # The worker that was killed is the reason.
    assert done.returncode == 128 + 9
    assert "launch: worker 1 was ended by SIGKILL." in done.stderr
