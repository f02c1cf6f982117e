"""Callbacks go on as if nothing had happened, and files are cut back."""

import importlib.util

import keras
import numpy as np
import pytest

from keras_deep.training import Config
from keras_deep.training import fit
from keras_deep.training.history import logging
from keras_deep.training.state import callbacks as room
from keras_deep.training.state.handlers import not_restored
from tests.support.run_files import table

stock = keras.callbacks


def model():
    made = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    made.compile(keras.optimizers.SGD(0.5), "mse")
    return made


def moved(callbacks, others):
    """Packs the state of callbacks, and restores it in others."""
    arrays = {}
    states = room.pack_callbacks(callbacks, arrays)
    room.prepare_callbacks(others, states, arrays)
    for other in others:
        other.set_model(model())
        other.set_params({"epochs": 9, "steps": 1, "verbose": 0})
        other.on_train_begin()
    room.restore_callbacks(others, states, arrays)
    return others


def begun(callback):
    callback.set_model(model())
    callback.set_params({"epochs": 9, "steps": 1, "verbose": 0})
    callback.on_train_begin()
    return callback


def early():
    return stock.EarlyStopping("loss", patience=2, restore_best_weights=True)


def test_early_stopping_stops_when_it_would_have():
    first = begun(early())
    kernel = first.model.get_weights()[0]
    for epoch, loss in enumerate((0.5, 0.9)):
        first.on_epoch_end(epoch, {"loss": loss})
        first.model.layers[0].kernel.assign(kernel + epoch + 1)
    (second,) = moved([first], [early()])
    second.on_epoch_end(2, {"loss": 0.6})
    assert second.model.stop_training
    second.on_train_end()
    np.testing.assert_array_equal(second.model.get_weights()[0], kernel)


def test_a_plateau_is_as_long_as_it_was():
    def plateau():
        return stock.ReduceLROnPlateau("loss", 0.5, patience=2, cooldown=1)

    first = begun(plateau())
    for epoch, loss in enumerate((0.5, 0.9)):
        first.on_epoch_end(epoch, {"loss": loss})
    (second,) = moved([first], [plateau()])
    second.on_epoch_end(2, {"loss": 0.9})
    assert float(second.model.optimizer.learning_rate) == 0.25
    assert second.cooldown_counter == 1


def test_the_best_file_is_replaced_by_a_better_one_only(tmp_path):
    def saver(name):
        path = str(tmp_path / name)
        return stock.ModelCheckpoint(
            path, "loss", save_best_only=True, mode="min"
        )

    first = begun(saver("a.keras"))
    first.on_epoch_begin(0)
    first.on_epoch_end(0, {"loss": 0.5})
    (second,) = moved([first], [saver("b.keras")])
    second.on_epoch_end(1, {"loss": 0.6})
    assert not (tmp_path / "b.keras").exists()
    second.on_epoch_end(2, {"loss": 0.4})
    assert (tmp_path / "b.keras").exists()


def test_swapped_averages_are_known_to_be():
    first = stock.SwapEMAWeights()
    first._ema_weights_in_model = True
    (second,) = moved([first], [stock.SwapEMAWeights()])
    assert second._ema_weights_in_model


@pytest.mark.parametrize("append", [False, True])
def test_the_rows_of_a_table_go_on(tmp_path, append):
    path = tmp_path / "log.csv"
    first = begun(stock.CSVLogger(path, append=append))
    rows = [{"loss": 0.5, "val_loss": 1.0}, {"loss": 0.25, "val_loss": 0.5}]
    first.on_epoch_end(0, rows[0])
    arrays = {}
    states = room.pack_callbacks([first], arrays)
    # The process wrote another row after the checkpoint.
    first.on_epoch_end(1, {"loss": 9.0, "val_loss": 9.0})
    first.on_train_end()
    second = stock.CSVLogger(path, append=append)
    room.prepare_callbacks([second], states, arrays)
    begun(second)
    room.restore_callbacks([second], states, arrays)
    second.on_epoch_end(1, rows[1])
    second.on_train_end()
    found = [{k: float(v) for k, v in row.items()} for row in table(path)]
    assert found == [{"epoch": i, **row} for i, row in enumerate(rows)]


@pytest.mark.tensorflow
@pytest.mark.parametrize("ours", [False, True])
def test_the_events_of_tensorboard_go_on(tmp_path, ours):
    pytest.importorskip("tensorboard")
    tf = pytest.importorskip("tensorflow")
    logs = tmp_path / "logs"

    def board():
        if ours:
            return logging(tmp_path, print)[1]
        return stock.TensorBoard(str(logs), write_graph=False)

    def losses():
        found = {}
        for path in sorted((logs / "train").iterdir()):
            for event in tf.compat.v1.train.summary_iterator(str(path)):
                for value in event.summary.value:
                    if value.tag == "epoch_loss":
                        loss = float(tf.make_ndarray(value.tensor))
                        found.setdefault(event.step, []).append(loss)
        return found

    first = begun(board())
    first.on_train_batch_begin(0)
    first.on_epoch_end(0, {"loss": 0.5})
    arrays = {}
    states = room.pack_callbacks([first], arrays)
    first.on_epoch_end(1, {"loss": 9.0})
    first.on_train_end()
    # An earlier attempt to go on, which was killed in its turn.
    killed = begun(board())
    killed.on_epoch_end(1, {"loss": 8.0})
    killed.on_train_end()
    second = board()
    room.prepare_callbacks([second], states, arrays)
    begun(second)
    room.restore_callbacks([second], states, arrays)
    assert second._global_train_batch == 1
    second.on_epoch_end(1, {"loss": 0.25})
    second.on_train_end()
    expected = {0: [0.5], 1: [0.25]}
    assert losses() == {step + ours: v for step, v in expected.items()}


class Mine(stock.Callback):
    def __init__(self):
        super().__init__()
        self.kept = []


class MyStop(stock.EarlyStopping):
    def __init__(self):
        super().__init__("loss")
        self.also = 1

    def on_train_begin(self, logs=None):
        super().on_train_begin(logs)
        self.later = 2


class Silent(stock.Callback):
    """Has nothing to remember."""


class Complete(Mine):
    def get_state(self):
        return {"kept": self.kept}

    def set_state(self, state):
        self.kept = state["kept"]


def test_what_is_not_restored_is_named_once():
    said = []
    other = stock.LambdaCallback(on_epoch_end=print)
    known = [begun(early()), stock.History(), Silent(), Complete(), other]
    room.check_callbacks([*known, Mine(), begun(MyStop())], said.append)
    assert [text.split(" is not")[0] for text in said] == ["Mine", "MyStop"]
    assert "resumed: kept. Its `get_state()`" in said[0]
    assert "resumed: also, later. Its" in said[1]


tensorflow = pytest.mark.skipif(
    importlib.util.find_spec("tensorflow") is None, reason="It writes events."
)


@pytest.mark.parametrize(
    "make",
    [
        *(early, stock.History, stock.SwapEMAWeights, stock.TerminateOnNaN),
        *(stock.ReduceLROnPlateau, stock.RemoteMonitor, stock.ProgbarLogger),
        lambda: stock.LearningRateScheduler(abs),
        lambda: stock.LambdaCallback(on_epoch_end=print),
        lambda: stock.CSVLogger("log.csv"),
        lambda: stock.ModelCheckpoint("x.keras"),
        pytest.param(lambda: stock.TensorBoard("logs"), marks=tensorflow),
    ],
)
def test_a_callback_of_keras_remembers_nothing_else(
    make, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    callback = begun(make())
    assert not_restored(callback) == []
    callback.on_train_end()


def test_no_callback_of_a_run_is_named(tmp_path, capsys):
    """Ours have a state, or none that matters."""
    data = {"name": "digits", "batch_size": 512}
    network = ("DenseNetBC", {"blocks": (1,), "growth_rate": 4})
    config = Config(epochs=1, ema=0.9, seed=0)
    fit(network, data, config, tmp_path / "run")
    assert "is not restored" not in capsys.readouterr().out


def test_callbacks_are_found_by_class_and_number():
    one, two, other = Complete(), Complete(), Complete()
    one.kept, two.kept = ["one"], ["two"]
    arrays = {}
    states = room.pack_callbacks([one, Silent(), two], arrays)
    again = [Mine(), Complete(), other]
    room.restore_callbacks(again, states, arrays)
    assert (again[1].kept, other.kept) == (["one"], ["two"])
    assert room.changes(again, states) == [
        "Mine 1 begins anew.",
        "Silent 1 is missing.",
    ]


def test_a_state_that_no_file_holds_names_the_callback():
    callback = Complete()
    callback.kept = [print]
    with pytest.raises(ValueError, match="'callbacks:Complete 1/kept/0' to be"):
        room.pack_callbacks([callback], {})
