"""What a folder means: a new run, one to go on with, or one to keep."""

import json

import numpy as np
import pytest

from keras_deep.models.card import Card
from keras_deep.training import Config
from keras_deep.training.run_call import call_of
from keras_deep.training.run_card import read_run
from keras_deep.training.run_folder import RunFolder
from keras_deep.training.state.archive import State

NETWORK = ("CifarResNet", {"depth": 20})
DATA = {"name": "digits"}
CARD = Card(
    "CifarResNet",
    {"depth": 20},
    training={
        "data": {"name": "digits", "seed": 7},
        "config": {"epochs": 3},
        "started_from": "a registered name",
    },
)


def call(**settings):
    return call_of(NETWORK, DATA, Config(**settings))


def state(epoch):
    return State({"epoch": epoch, "step": 0}, {"a": np.arange(epoch)})


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run"


@pytest.fixture
def unfinished(path):
    """A run of which the process was killed after two epochs."""
    folder = RunFolder(path, call=call(epochs=3))
    assert folder.begin(CARD) is None
    for name in ("best.keras", "history.csv", "notes.txt"):
        (path / name).write_text(name)
    for epoch in (1, 2):
        folder.checkpoints.write(state(epoch), [path / "best.keras"])
    folder.close()
    return path


def test_the_same_call_goes_on_with_the_newest_checkpoint(unfinished):
    (unfinished / "last.keras").write_text("of an interruption")
    for name in (".best.keras-x1", ".history.csv-x2"):
        (unfinished / name).mkdir()
    folder = RunFolder(unfinished, call=call(epochs=3))
    assert folder.data_seed == 7
    assert folder.begin(CARD).position == (2, 0)
    kept = {p.name for p in unfinished.iterdir()}
    names = {"best.keras", "history.csv", "notes.txt", "run.json"}
    assert kept == {*names, "checkpoints"}
    assert (unfinished / "history.csv").read_text() == "history.csv"


def test_what_a_run_writes_about_itself_can_be_repeated(unfinished):
    written = json.loads((unfinished / "run.json").read_text())
    assert written["builder"] == "CifarResNet"
    assert written["training"]["call"]["config"]["epochs"] == 3
    found = read_run(unfinished / "run.json")
    assert found.training["data"]["seed"] == 7


def test_another_configuration_is_refused_and_named(unfinished):
    with pytest.raises(FileExistsError) as error:
        RunFolder(unfinished, call=call(epochs=3, momentum=0.5))
    text = str(error.value)
    assert (
        "config.momentum=0.9 in its run.json, where this call has 0.5" in text
    )
    assert "--force" in text and str(unfinished) in text
    assert (unfinished / "best.keras").exists()


def test_another_configuration_may_replace_it(unfinished):
    folder = RunFolder(unfinished, True, call(epochs=3, momentum=0.5))
    assert folder.recorded is None and folder.data_seed is None
    assert folder.begin(CARD) is None
    kept = {p.name for p in unfinished.iterdir()}
    assert kept == {"notes.txt", "run.json"}


def test_overwriting_begins_anew_even_if_it_could_go_on(unfinished):
    folder = RunFolder(unfinished, True, call(epochs=3))
    assert folder.begin(CARD) is None
    assert not folder.checkpoints.folder.exists()


def test_a_finished_run_is_refused(unfinished):
    folder = RunFolder(unfinished, call=call(epochs=3))
    folder.begin(CARD)
    (unfinished / "result.json").write_text("{}")
    folder.finish()
    assert not (unfinished / "checkpoints").exists()
    with pytest.raises(FileExistsError, match="of a run. Choose"):
        RunFolder(unfinished, call=call(epochs=3))
    # It was killed before its checkpoints were removed.
    folder.checkpoints.write(state(3))
    with pytest.raises(FileExistsError, match="of a run. Choose"):
        RunFolder(unfinished, call=call(epochs=3))


def test_a_run_without_a_whole_checkpoint_begins_anew(unfinished, capsys):
    for path in (unfinished / "checkpoints").glob("*.npz"):
        path.write_bytes(b"")
    folder = RunFolder(unfinished, call=call(epochs=3))
    assert folder.begin(CARD) is None
    assert capsys.readouterr().out.count("It is skipped.") == 2
    # Another seed given would make Python's generator draw other weights.
    assert folder.data_seed is None
    kept = {p.name for p in unfinished.iterdir()}
    assert kept == {"notes.txt", "run.json"}


def test_a_run_that_wrote_nothing_yet_is_in_nobodys_way(path):
    first = RunFolder(path, call=call(epochs=3))
    first.begin(CARD)
    events = path / "logs" / "train" / "events.out.tfevents.1.a"
    events.parent.mkdir(parents=True)
    events.touch()
    assert RunFolder(path, call=call(epochs=4)).recorded is None
    second = RunFolder(path, call=call(epochs=3))
    assert second.data_seed is None
    second.close()  # It has not begun.
    assert events.exists() and (path / "run.json").exists()
    first.close()
    assert not events.exists() and not (path / "run.json").exists()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"training": null}'])
def test_a_run_that_nothing_is_known_of_is_refused(unfinished, text):
    (unfinished / "run.json").write_text(text)
    with pytest.raises(FileExistsError, match="of a run that did not end"):
        RunFolder(unfinished, call=call(epochs=3))


def test_two_trainings_do_not_share_a_folder(unfinished):
    pytest.importorskip("fcntl")
    first = RunFolder(unfinished, call=call(epochs=3))
    first.begin(CARD)
    text = (unfinished / "run.json").read_text()
    other = json.loads(text)
    other["training"]["process"] = {"host": "far", "pid": 1}
    (unfinished / "run.json").write_text(json.dumps(other))
    second = RunFolder(unfinished, call=call(epochs=3))
    with pytest.raises(FileExistsError, match="process 1 on far"):
        second.begin(CARD)
    first.close()
    assert second.begin(CARD).position == (2, 0)
    # A call of this process that has raised an error is in nobody's way.
    third = RunFolder(unfinished, call=call(epochs=3))
    assert third.begin(CARD).position == (2, 0)
