"""What `--config` repeats, and what it refuses."""

import hashlib
import json

import keras
import pytest

from keras_deep.cli.train import _resolve
from keras_deep.training import Config
from keras_deep.training import fit
from keras_deep.training.run_card import read_run
from tests.support.command_line import Context

CONFIG = Config(epochs=1, seed=0)
RUN = {
    "builder": "ResNet18",
    "arguments": {},
    "convention": "torchvision",
    "training": {"config": {"epochs": 3}, "data": {"name": "digits"}},
}


@pytest.fixture
def write(tmp_path):
    def write(**changes):
        path = tmp_path / "result.json"
        path.write_text(json.dumps({**RUN, **changes}))
        return path

    return write


def test_a_run_by_name_is_repeated(write):
    build, data, config = _resolve(read_run(write()), None, Context(), {}, {})
    assert build == ("ResNet18", {"convention": "torchvision"})
    assert (data["name"], config.epochs) == ("digits", 3)


def test_the_weights_that_a_run_started_from_are_loaded_again(write, tmp_path):
    file = tmp_path / "a.pth"
    file.write_bytes(b"weights")
    sha256 = hashlib.sha256(b"weights").hexdigest()
    weights = {"source": str(file), "sha256": sha256}
    arguments = {"classes": 10, "classifier_activation": None}
    path = write(weights=weights, arguments=arguments)
    build, _, _ = _resolve(read_run(path), None, Context(), {}, {})
    wanted = {"convention": "torchvision", "weights": str(file)}
    assert build == ("ResNet18", {**arguments, **wanted})
    file.write_bytes(b"others")
    with pytest.raises(ValueError, match=f"SHA-256 is {sha256}. Received"):
        _resolve(read_run(path), None, Context(), {}, {})
    weights = ["--weights", str(file)]  # On purpose.
    build, _, _ = _resolve(read_run(path), None, Context(*weights), {}, {})
    assert build == ("ResNet18", {**arguments, **wanted})


@pytest.mark.parametrize(
    "place, key, close",
    [("config", "epoch", "'epochs'"), ("data", "batchsize", "'batch_size'")],
)
def test_unknown_keys_are_refused_with_near_misses(write, place, key, close):
    training = {**RUN["training"]}
    training[place] = {**training[place], key: 3}
    message = f"`training.{place}` in .*result.json.*'{key}'.*{close}"
    with pytest.raises(ValueError, match=message):
        read_run(write(training=training))


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"training": None}, "without `training`"),
        ({"training": []}, "without `training`"),
        ({"training": {}}, "Expected `training.config` .*None"),
        ({"training": {"config": {}}}, "Expected `training.data` .*None"),
        (
            {"training": {"config": {}, "data": {"seed": 1}}},
            "to have 'name'. Received: .'seed'",
        ),
        (
            {"training": {"config": [3], "data": {"name": "digits"}}},
            "Expected `training.config` .*3",
        ),
        (
            {"training": {"config": {"epochs": "3"}, "data": {"name": "x"}}},
            "epochs='3', in .*result.json",
        ),
        ({"arguments": None}, "Expected `arguments`"),
        ({"arguments": 3}, "Expected `arguments`"),
    ],
)
def test_missing_and_wrong_values_are_refused(write, changes, message):
    with pytest.raises(ValueError, match=message):
        read_run(write(**changes))


def test_what_is_no_file_is_refused(tmp_path):
    for path in (tmp_path, tmp_path / "none.json"):
        with pytest.raises(FileNotFoundError, match="a `result.json`"):
            read_run(path)
    (tmp_path / "a.json").write_bytes(b"PK\xff\x00")
    with pytest.raises(ValueError, match="Expected the JSON of a card"):
        read_run(tmp_path / "a.json")


def test_a_run_of_a_ready_model_says_that_it_cannot_be_repeated(
    tmp_path, digits, linear
):
    def build():
        return keras.models.clone_model(linear)

    starts = {"a ready model": linear, "a function": build}
    for start, given in starts.items():
        folder = tmp_path / start
        result = fit(given, digits, CONFIG, folder)
        assert result.card.training["started_from"] == start
        with pytest.raises(ValueError, match=f"{start}.*train NAME --config"):
            read_run(folder / "result.json")
        # The settings serve a network that is named.
        before = read_run(folder / "result.json", "DenseNetBC")
        build, _, config = _resolve(before, "DenseNetBC", Context(), {}, {})
        assert build == ("DenseNetBC", {}) and config.seed == 0
