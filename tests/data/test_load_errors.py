import dataclasses
import sys

import numpy as np
import pytest

from keras_deep.data import load
from keras_deep.data.datasets import DATASETS


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"format": "torch"}, r"`format` to be one of \('tf', 'numpy'\)"),
        ({"batch_size": 0}, "`batch_size` to be a positive int"),
        ({"batch_size": None}, "`batch_size`.*batch_size=None"),
        ({"validation": None}, "`validation`.*validation=None"),
        ({"batch_size": 2.5}, "`batch_size`.*batch_size=2.5"),
        ({"seed": -1}, "`seed` to be an int of 0 or more"),
        ({"seed": True}, "`seed`"),
        ({"augment": "crop4_flop"}, "did you mean 'crop4_flip'"),
        ({"augment": False}, "`augment`"),
        ({"image_size": (8, 8)}, "`image_size` to be a positive int"),
        ({"image_size": 0}, "`image_size`"),
        ({"large_size": 0}, "`large_size` to be a positive int"),
        ({"skip_unreadable": 1}, "`skip_unreadable` to be a bool"),
        ({"validation": 1}, r"`validation` to be a float in \[0, 1\)"),
        ({"validation": -0.1}, "`validation`"),
        ({"validation": "half"}, "`validation`"),
        ({"preprocessing": 5}, "`preprocessing` to be a dict"),
        ({"preprocessing": {"shape": [8, 8, 1]}}, r"to have \['shape', 'mean"),
    ],
)
def test_wrong_arguments_are_refused(arguments, message, monkeypatch):
    def read(name, data_dir):
        raise AssertionError("The files were read first.")

    changed = dataclasses.replace(DATASETS["digits"], read=read)
    monkeypatch.setattr(
        "keras_deep.data.datasets.DATASETS", {"digits": changed}
    )
    with pytest.raises(ValueError, match=f"(?i){message}"):
        load("digits", **arguments)


@pytest.mark.parametrize(
    ("name", "data_dir", "message"),
    [
        ("cifar1O", None, "Did you mean.*'cifar10'"),
        ("digit", None, "Did you mean 'digits'"),
        ("./nowhere", None, "path of a folder"),
        ("folder", None, "`data_dir` to be a folder"),
        ("folder", "nowhere", "`data_dir` to be an existing"),
        ("cifar10", "nowhere", "`data_dir` to be an existing"),
        ("mnist", ".", r"files of 'mnist'.*which holds only \['note.txt'\]"),
        ("note.txt", None, "or an `.npz` file. Received: 'note.txt'"),
        (".", None, "one folder for each class"),
    ],
)
def test_wrong_places_are_refused(
    tmp_path, monkeypatch, name, data_dir, message
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "note.txt").touch()
    with pytest.raises(ValueError, match=message):
        load(name, "numpy", data_dir=data_dir)


def test_files_with_other_labels_are_refused(tmp_path, npz):
    with np.load(npz) as found:
        changed = dict(found)
    changed["y_test"] = changed["y_test"] + 1
    np.savez(npz, **changed)
    with pytest.raises(ValueError, match="labels of 'mnist'.*10.*Received: 10"):
        load("mnist", "numpy", data_dir=npz)


@pytest.mark.parametrize(
    ("module", "extra", "format"),
    [
        ("sklearn.datasets", "datasets", "numpy"),
        ("tensorflow", "tensorflow", "tf"),
    ],
)
def test_missing_packages_are_named(monkeypatch, module, extra, format):
    if extra == "tensorflow":
        pytest.importorskip("sklearn")
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ImportError, match=rf"keras_deep\[{extra}\]"):
        load("digits", format)
