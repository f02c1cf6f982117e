"""A disk without room does not cost the weights."""

import errno
import os
import pathlib

import keras
import numpy as np
import pytest

import keras_deep
from keras_deep.training import Config
from keras_deep.training import fit
from tests.support.run_files import strict_json

CONFIG = Config(epochs=3, learning_rate=0.01, schedule="constant", seed=3)


class Disk:
    """Fills the disk for a folder after a number of saved models."""

    def __init__(self, monkeypatch, folder, room, always=False):
        self.folder, self.room, self.always = str(folder), room, always
        self.saved = 0
        self.save = keras.Model.save
        disk = self

        def save(model, path, *args, **kwargs):
            disk.before(path)
            disk.save(model, path, *args, **kwargs)

        monkeypatch.setattr(keras.Model, "save", save)

    def before(self, path):
        if not self.always and not str(path).startswith(self.folder):
            return
        self.saved += 1
        if self.saved > self.room:
            pathlib.Path(path).write_bytes(b"half")
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def improving(linear):
    """Makes every epoch better than the one before."""

    class Improve(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            logs["val_accuracy"] = epoch / 10

    return [Improve()]


def test_a_full_disk_names_the_path_and_saves_the_weights_elsewhere(
    tmp_path, digits, linear, monkeypatch, capsys
):
    folder, other = tmp_path / "run", tmp_path / "other"
    other.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(other))
    Disk(monkeypatch, folder, room=1)
    with pytest.raises(OSError, match="No space left") as error:
        fit(linear, digits, CONFIG, folder, callbacks=improving(linear))
    assert str(folder / "best.keras") in str(error.value)
    printed = capsys.readouterr().out
    assert str(folder / "best.keras") in printed.replace("\n", "")
    assert "goes on" in printed
    (found,) = other.rglob("best.keras")
    assert str(found) in str(error.value)
    for a, b in zip(
        keras_deep.load(found).get_weights(), linear.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(a, b)
    result = strict_json(found.with_name("result.json"))
    assert result["training"]["result"]["best_epoch"] == 3
    # What was there before is whole, and nothing half written is left.
    assert keras_deep.load(folder / "best.keras")
    assert not list(folder.glob(".*"))


def test_a_disk_that_has_room_again_gets_the_best_weights(
    tmp_path, digits, linear, monkeypatch
):
    disk = Disk(monkeypatch, tmp_path, room=1)

    class MakeRoom(keras.callbacks.Callback):
        def on_train_end(self, logs=None):
            disk.room = 100

    callbacks = [*improving(linear), MakeRoom()]
    result = fit(linear, digits, CONFIG, tmp_path, callbacks=callbacks)
    assert result.card.training["result"]["best_epoch"] == 3
    for a, b in zip(
        keras_deep.load(tmp_path / "best.keras").get_weights(),
        result.model.get_weights(),
        strict=True,
    ):
        np.testing.assert_array_equal(a, b)


def test_a_disk_without_any_room_is_one_clear_error(
    tmp_path, digits, linear, monkeypatch
):
    Disk(monkeypatch, tmp_path, room=0, always=True)
    with pytest.raises(OSError, match="Nor could the weights") as error:
        fit(linear, digits, CONFIG, tmp_path / "run")
    assert str(tmp_path / "run/best.keras") in str(error.value)
    # The weights are in the model that the caller holds.
    measured = linear.evaluate(digits.test, verbose=0, return_dict=True)
    assert measured["accuracy"] > 0.3
