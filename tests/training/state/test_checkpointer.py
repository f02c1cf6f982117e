"""When checkpoints are written, and how a signal waits for one."""

import errno
import os
import signal
import time
import types

import keras
import pytest

from keras_deep.training.callbacks import interruptible
from keras_deep.training.state import checkpointer
from keras_deep.training.state.archive import State
from keras_deep.training.state.checkpointer import Checkpointer
from keras_deep.training.state.options import Every
from keras_deep.training.state.options import Workers
from keras_deep.utils.errors import Terminated


class Trained:
    """Captures positions only."""

    callbacks = []

    def restore_variables(self, state):
        """Has none."""

    def capture(self, epoch, step, tested, **facts):
        facts |= {"epoch": epoch, "step": step, "variables": 0}
        return State(facts, {})


class Written:
    """Remembers positions in place of files."""

    def __init__(self):
        self.positions, self.said, self.full = [], [], False

    def write(self, state, files):
        if self.full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "x.npz")
        self.positions.append(state.position)

    def put_back(self, state, files):
        """Has none."""

    def say(self, text):
        self.said.append(text)


class Steps:
    """Two epochs of five steps and two of validation, without a model."""

    def __init__(self, *, per_call=1, on_step=lambda *place: None, **options):
        self.written, self.per_call = Written(), per_call
        self.on_step = on_step
        self.held = Checkpointer(Trained(), self.written, **options)
        self.held.set_model(types.SimpleNamespace(stop_training=False))

    def run(self, stop=None):
        listed = [self.held, *([stop] if stop else [])]
        for one in listed:
            one.on_train_begin()
        for epoch in (0, 1):
            for one in listed:
                one.on_epoch_begin(epoch)
            for step in range(self.per_call - 1, 5, self.per_call):
                self.on_step(epoch, step)
                for one in listed:
                    one.on_train_batch_end(step)
            for one in listed:
                one.on_test_begin()
            for step in (0, 1):
                self.on_step(epoch, f"test {step}")
                for one in listed:
                    one.on_test_batch_end(step)
            for one in listed:
                one.on_test_end()
                one.on_epoch_end(epoch)
        return self.written.positions


ENDS = [(1, 0), (2, 0)]


@pytest.mark.parametrize(
    "every, per_call, expected",
    [
        (Every(None, None), 1, ENDS),
        (Every(), 1, ENDS),
        (Every(2, None), 1, [(0, 2), (0, 4), (1, 0), (1, 2), (1, 4), (2, 0)]),
        (Every(7, None), 1, ENDS),
        # Several steps in one call of the callbacks.
        (Every(3, None), 2, [(0, 4), (1, 0), (1, 4), (2, 0)]),
    ],
)
def test_after_steps_and_at_ends_of_epochs(every, per_call, expected):
    assert Steps(every=every, per_call=per_call).run() == expected


def test_after_minutes(monkeypatch):
    now = [0.0]
    clock = types.SimpleNamespace(monotonic=lambda: now[0])
    monkeypatch.setattr(checkpointer, "time", clock)

    def pass_time(epoch, step):
        now[0] += 25.0

    steps = Steps(every=Every(None, 1.0), on_step=pass_time)
    # After 75 seconds, and 75 after that; the validation takes 50.
    assert steps.run() == [(0, 3), (1, 0), (1, 3), (2, 0)]
    assert steps.held.seconds == 14 * 25.0


def test_at_ends_of_epochs_only():
    with interruptible() as stop:
        steps = Steps(
            every=Every(1, 0.0001, within=False),
            on_step=send(signal.SIGTERM, (1, 2)),
            stop=stop,
        )
        with pytest.raises(Terminated):
            steps.run(stop)
    assert steps.written.positions == [(1, 0)]
    assert steps.held._position == (1, 3)


def test_an_epoch_that_is_cut_short_is_written_at_its_end():
    def stop_early(*place):
        if place == (0, 2):
            steps.held.model.stop_training = True

    with interruptible() as stop:
        steps = Steps(every=Every(1), on_step=stop_early, stop=stop)
        steps.run(stop)
    assert steps.written.positions == [(0, 1), (0, 2), *ENDS]


def test_a_training_that_was_to_stop_does_not_go_on():
    facts = {"seconds": 5.0, "callbacks": {}}
    for stopped, expected, words in (
        (False, (3, 0), "with epoch 4"),
        (True, (7, 0), "with its end"),
    ):
        steps = Steps()
        steps.held.model.stop_training = stopped
        state = State({"epoch": 3, "step": 0, "stopped": stopped, **facts}, {})
        assert steps.held.resume(state, 7) == expected
        assert steps.held.seconds > 5
        said = f"The training goes on {words}, from memory."
        assert steps.written.said == [said]


@pytest.mark.parametrize("value", [0, -1])
@pytest.mark.parametrize("name", ["steps", "minutes"])
def test_impossible_intervals_are_refused(name, value):
    with pytest.raises(ValueError, match=f"`{name}` between.*{name}={value}"):
        Every(**{name: value})


def send(number, at):
    def on_step(*place):
        if place == at:
            os.kill(os.getpid(), number)
            time.sleep(0)

    return on_step


@pytest.mark.parametrize(
    "number, error",
    [(signal.SIGTERM, Terminated), (signal.SIGINT, KeyboardInterrupt)],
)
@pytest.mark.parametrize(
    "at, expected",
    [
        ((0, 2), [(0, 3)]),
        # The state before the validation, which begins anew.
        ((0, "test 0"), [(0, 5)]),
        ((1, 4), [(1, 0), (1, 5)]),
    ],
)
def test_a_signal_saves_first(number, error, at, expected):
    with interruptible() as stop:
        steps = Steps(on_step=send(number, at), stop=stop)
        with pytest.raises(error) as caught:
            steps.run(stop)
        assert caught.type is error
    assert steps.written.positions == expected


def test_a_signal_waits_until_all_workers_agree():
    asked = []

    def agree(wish):
        asked.append(wish)
        return wish and len(asked) % 4 == 0

    with interruptible() as stop:
        steps = Steps(
            on_step=send(signal.SIGTERM, (0, 0)),
            stop=stop,
            workers=Workers(agree=agree),
        )
        with pytest.raises(Terminated):
            steps.run(stop)
    assert asked == [True] * 4 and steps.written.positions == [(0, 4)]


def test_only_the_chief_writes():
    steps = Steps(every=Every(1), workers=Workers(is_chief=False))
    assert steps.run() == []


def test_a_full_disk_does_not_end_the_training():
    with interruptible() as stop:
        steps = Steps(on_step=send(signal.SIGTERM, (1, 1)), stop=stop)
        steps.written.full = True
        with pytest.raises(Terminated):
            steps.run(stop)
    assert steps.written.positions == [] and len(steps.written.said) == 2
    assert "No space" in steps.written.said[0]
    assert "'x.npz'. The training goes on" in steps.written.said[0]


def test_a_second_way_to_resume_is_refused(tmp_path):
    trained = Trained()
    trained.callbacks = [keras.callbacks.BackupAndRestore(str(tmp_path))]
    with pytest.raises(ValueError, match="BackupAndRestore.*Leave it out"):
        Checkpointer(trained, Written())
