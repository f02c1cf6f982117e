"""The folder of a run: nothing of an earlier run is lost or mixed in."""

import dataclasses

import keras
import numpy as np
import pytest

from keras_deep.training import Config
from keras_deep.training import fit
from tests.support.run_files import table

CONFIG = Config(epochs=3, learning_rate=0.01, schedule="constant", seed=3)


def test_best_epoch_history_and_events_count_from_one(tmp_path, digits, linear):
    result = fit(linear, digits, CONFIG, tmp_path)
    rows = table(tmp_path / "history.csv")
    assert [row["epoch"] for row in rows] == ["1", "2", "3"]
    best = result.card.training["result"]["best_epoch"]
    accuracy = [float(row["val_accuracy"]) for row in rows]
    assert accuracy[best - 1] == max(accuracy)
    np.testing.assert_allclose(accuracy, result.history["val_accuracy"])
    if (tmp_path / "logs").exists():
        assert steps_of(tmp_path / "logs/train") == [1, 2, 3]


def steps_of(folder):
    tf = pytest.importorskip("tensorflow")
    (path,) = folder.iterdir()
    events = tf.compat.v1.train.summary_iterator(str(path))
    return [
        event.step
        for event in events
        for value in event.summary.value
        if value.tag == "epoch_loss"
    ]


RUN = ("best.keras", "last.keras", "result.json", "history.csv")


@pytest.mark.parametrize(
    "name", [*RUN, "learning_curve.png", "logs/train/events.out.tfevents.1.a"]
)
def test_no_file_of_an_earlier_run_is_replaced(tmp_path, digits, linear, name):
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text("precious")
    with pytest.raises(FileExistsError, match=f"holds {name}.*--force"):
        fit(linear, digits, CONFIG, output=tmp_path)
    assert (tmp_path / name).read_text() == "precious"


def test_an_earlier_run_is_replaced_as_a_whole_and_other_files_stay(
    tmp_path, digits, linear
):
    for name in (*RUN, "notes.txt", "logs/train/events.out.tfevents.1.a"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("precious")
    # A call that is wrong replaces nothing.
    with pytest.raises(ValueError, match="sides of at least 32 for"):
        fit("ResNet18", digits, CONFIG, tmp_path, overwrite=True)
    assert (tmp_path / "last.keras").read_text() == "precious"
    config = Config(epochs=1, seed=0)
    fit(linear, digits, config, tmp_path, overwrite=True)
    assert (tmp_path / "notes.txt").read_text() == "precious"
    assert not (tmp_path / "last.keras").exists()
    assert len(table(tmp_path / "history.csv")) == 1
    if (tmp_path / "logs/validation").exists():
        assert steps_of(tmp_path / "logs/train") == [1]


def test_a_crash_leaves_whole_files_that_the_same_call_goes_on_with(
    tmp_path, digits, linear
):
    class Crash(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 1:
                raise RuntimeError("crash")

    with pytest.raises(RuntimeError, match="crash"):
        fit(linear, digits, CONFIG, tmp_path, callbacks=[Crash()])
    before = (tmp_path / "best.keras").read_bytes()
    other = dataclasses.replace(CONFIG, learning_rate=0.02)
    with pytest.raises(FileExistsError, match="did not end|called as now"):
        fit(linear, digits, other, tmp_path)
    assert (tmp_path / "best.keras").read_bytes() == before
    result = fit(linear, digits, CONFIG, tmp_path)
    assert len(result.history["loss"]) == CONFIG.epochs


def test_an_output_that_is_a_file_is_refused(tmp_path, digits, linear):
    path = tmp_path / "file"
    path.write_text("mine")
    with pytest.raises(NotADirectoryError, match="which is a file"):
        fit(linear, digits, CONFIG, path, overwrite=True)
    assert path.read_text() == "mine"
