"""Trials of processes that end, and calls on the way that fail."""

import pytest

pytest.importorskip("keras_tuner")

import grpc

from keras_deep.tuning import client
from keras_deep.tuning import oracles
from keras_deep.tuning.chief import _packed
from keras_deep.tuning.worker_environment import variables_of


@pytest.fixture
def oracle(tmp_path):
    found = oracles.make_oracle("random", "val_accuracy", 0, 3)
    found.attach(tmp_path / "state.json", lambda hyperparameters: None)
    found.budget = 3, None
    space = found.get_space()
    space.Float("rate", 0.0, 1.0)
    found.update_space(space)
    return found


def test_the_trial_of_a_process_that_ended_goes_to_the_next(oracle):
    trial = oracle.create_trial("tuner0")
    other = oracle.create_trial("tuner1")
    assert trial.trial_id != other.trial_id
    oracle.update_trial(trial.trial_id, {"val_accuracy": 0.3})
    oracle.give_up("tuner0")
    again = oracle.create_trial("tuner2")
    assert again.trial_id == trial.trial_id
    assert again.hyperparameters.values == trial.hyperparameters.values
    # Nothing of the first time counts.
    oracle.update_trial(again.trial_id, {"val_accuracy": 0.5})
    again.status = "COMPLETED"
    oracle.end_trial(again)
    assert oracle.get_trial(again.trial_id).score == 0.5
    # That of the other one is still its own.
    assert oracle.create_trial("tuner1").trial_id == other.trial_id


def test_a_trial_that_ends_its_processes_fails(oracle):
    ids = []
    for _ in range(3):
        ids.append(oracle.create_trial("tuner0").trial_id)
        oracle.give_up("tuner0")
    following = oracle.create_trial("tuner0").trial_id
    assert ids == ["0000"] * 3 and following == "0001"
    trial = oracle.get_trial("0000")
    assert trial.status == "FAILED" and "ended 3 times" in trial.message


def test_a_call_that_comes_twice_counts_once(oracle):
    trial = oracle.create_trial("tuner0")
    assert oracle.create_trial("tuner0").trial_id == trial.trial_id
    for _ in range(2):
        oracle.update_trial(trial.trial_id, {"val_accuracy": 0.4})
    trial.status = "COMPLETED"
    for _ in range(2):
        oracle.end_trial(trial)
    assert oracle.end_order == [trial.trial_id]
    assert oracle.get_trial(trial.trial_id).score == 0.4
    history = oracle.get_trial(trial.trial_id).metrics.get_history(
        "val_accuracy"
    )
    assert [x.value for x in history] == [[0.4]]
    oracle.create_trial("tuner0")
    oracle.create_trial("tuner1")
    assert oracle.create_trial("tuner2").status == "STOPPED"


class Failure(grpc.RpcError):
    def __init__(self, code):
        self._code = code

    def code(self):
        return self._code


class Stub:
    """Fails a number of times."""

    def __init__(self, times, code):
        self.times, self.failure, self.calls = times, Failure(code), []

    def EndTrial(self, request, wait_for_ready, timeout):  # noqa: N802
        self.calls.append((request, wait_for_ready, timeout))
        if len(self.calls) <= self.times:
            raise self.failure
        return "ended"


def test_calls_that_fail_on_the_way_are_repeated(monkeypatch):
    monkeypatch.setattr(client, "_PAUSE", 0.0)
    stub = Stub(3, grpc.StatusCode.UNAVAILABLE)
    end = client._Patient(stub).EndTrial
    assert end("request", wait_for_ready=True, timeout=3600) == "ended"
    assert stub.calls == [("request", True, 60.0)] * 4


@pytest.mark.parametrize(
    "code, patience",
    [(grpc.StatusCode.UNKNOWN, 600.0), (grpc.StatusCode.UNAVAILABLE, -1.0)],
)
def test_what_does_not_pass_ends_the_process(monkeypatch, code, patience):
    """With an error that keras-tuner does not take for a failed trial."""
    from keras_tuner.errors import FatalError

    monkeypatch.setattr(client, "_PATIENCE", patience)
    stub = Stub(9, code)
    with pytest.raises(FatalError, match="EndTrial"):
        client._Patient(stub).EndTrial("request", wait_for_ready=True)
    assert len(stub.calls) == 1


def test_a_process_asks_its_chief_on_this_machine_only(monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3,5")
    monkeypatch.setenv("TF_NUM_INTRAOP_THREADS", "7")
    found = [variables_of(index, 3, "4711") for index in range(3)]
    assert [x["KERASTUNER_TUNER_ID"] for x in found] == [
        *("tuner0", "tuner1", "tuner2")
    ]
    assert {x["KERASTUNER_ORACLE_IP"] for x in found} == {"127.0.0.1"}
    assert [x["CUDA_VISIBLE_DEVICES"] for x in found] == ["3", "5", "3"]
    assert "TF_NUM_INTRAOP_THREADS" not in found[0]


def test_what_no_other_process_can_load_is_refused():
    class Request:
        data = "a `Data`"

    with pytest.raises(ValueError, match="dict of arguments of `data.load`"):
        _packed(Request)
    request = Request()
    request.data, request.model, request.call = {}, "VGG16", lambda: None
    with pytest.raises(ValueError, match="callbacks of importable classes"):
        _packed(request)
