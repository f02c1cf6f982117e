import json
import os
import subprocess
import sys
import zipfile

import keras
import numpy as np
import pytest

import keras_deep
from keras_deep.models.card import Card
from keras_deep.models.card import attach_card
from keras_deep.models.card import parse_card
from keras_deep.models.saving import read_card


@pytest.fixture
def model():
    return keras_deep.CifarResNet(
        blocks=(1, 1), block="bottleneck", input_shape=(8, 8, 3)
    )


@pytest.fixture
def x(rng):
    return rng.standard_normal((3, 8, 8, 3)).astype("float32")


def test_card_survives_saving_and_a_model_of_the_same_input(tmp_path, model):
    attach_card(
        model,
        Card(
            "CifarResNet",
            {"blocks": [1, 1]},
            "paper",
            {"mean": [1.0]},
            ["a", "b"],
            {"source": "x", "sha256": "y"},
            {"config": {"epochs": 3}},
        ),
    )
    keras_deep.save(model, tmp_path / "a.keras")
    loaded = keras_deep.load(tmp_path / "a.keras")
    assert keras_deep.card(loaded) == keras_deep.card(model)
    part = keras.Model(loaded.input, loaded.get_layer("avg_pool").output)
    assert keras_deep.preprocessing_for(part) == {"mean": [1.0]}


def with_card(path, record):
    """Adds a card to a `.keras` file as given, as other versions may."""
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("keras_deep.json", json.dumps(record))


def test_written_cards_have_a_format_version(tmp_path, model):
    keras_deep.save(model, tmp_path / "a.keras")
    with zipfile.ZipFile(tmp_path / "a.keras") as archive:
        written = json.loads(archive.read("keras_deep.json"))
    assert written.pop("format") == 1
    assert Card(**written) == keras_deep.card(model)


@pytest.mark.parametrize(
    "record",
    [
        {"builder": "X", "class_names": ["a"]},
        {"format": 1, "builder": "X", "class_names": ["a"], "licence": "MIT"},
        {"builder": "X", "class_names": ["a"], "licence": "MIT"},
    ],
    ids=["older", "with an unknown field", "older, with an unknown field"],
)
def test_cards_of_other_versions_are_read(tmp_path, model, record):
    model.save(tmp_path / "a.keras")
    with_card(tmp_path / "a.keras", record)
    loaded = keras_deep.load(tmp_path / "a.keras")
    assert keras_deep.card(loaded) == Card("X", class_names=["a"])


def test_a_plain_save_keeps_the_card_for_conversions_too(tmp_path, model):
    model.save(tmp_path / "a.keras")
    assert read_card(tmp_path / "a.keras") == keras_deep.card(model)
    with pytest.raises(ValueError, match="convention='paper'"):
        keras_deep.CifarResNet(
            blocks=(1, 1),
            block="bottleneck",
            input_shape=(8, 8, 3),
            convention="pytorchcv",
            weights=tmp_path / "a.keras",
        )


def test_a_card_of_a_newer_format_is_refused(tmp_path, model):
    path = tmp_path / "a.keras"
    model.save(path)
    with_card(path, {"format": 2, "builder": "X", "class_names": "a b"})
    with pytest.raises(
        ValueError, match=r"format 1 .*a\.keras.*format=2.*--upgrade keras_deep"
    ):
        keras_deep.load(path)


@pytest.mark.parametrize(
    "text, message",
    [
        ("{", "Expected the JSON of a card in 'a.json'"),
        (b"\xff\xfe\xff", "Expected the JSON of a card in 'a.json'"),
        ("[]", r"with a `builder` in 'a.json'. Received: \[\]"),
        ('{"format": 1}', "with a `builder` in 'a.json'"),
        ('{"format": "1", "builder": "X"}', "Received: format='1'"),
        ('{"format": null, "builder": "X"}', "Received: format=None"),
        ('{"format": true, "builder": "X"}', "Received: format=True"),
    ],
)
def test_what_is_no_card_is_refused(text, message):
    with pytest.raises(ValueError, match=message):
        parse_card(text, "a.json")


def test_layers_of_keras_carry_no_card(tmp_path, model, x):
    keras_deep.save(model, tmp_path / "a.keras", portable=True)
    loaded = keras.models.load_model(tmp_path / "a.keras")
    np.testing.assert_allclose(loaded(x), model(x), 1e-5, 1e-7)
    assert keras_deep.card(loaded) is None
    with pytest.raises(ValueError, match="Save with `keras_deep.save`"):
        keras_deep.preprocessing_for(loaded)


def test_never_overwrites_silently(tmp_path, model):
    path = tmp_path / "a.keras"
    path.write_text("precious")
    with pytest.raises(FileExistsError, match="overwrite=True"):
        keras_deep.save(model, path)
    assert path.read_text() == "precious"
    keras_deep.save(model, path, overwrite=True)
    assert zipfile.is_zipfile(path)
    with pytest.raises(ValueError, match="Expected `path` to end"):
        keras_deep.save(model, tmp_path / "a.h5")


def test_a_failed_save_leaves_what_was_there(tmp_path, model, monkeypatch):
    path = tmp_path / "a.keras"
    keras_deep.save(model, path)
    before = path.read_bytes()

    def fail(*args, **kwargs):
        raise OSError("disk full")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", fail)
    with pytest.raises(OSError, match="disk full"):
        keras_deep.save(model, path, overwrite=True)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["a.keras"]


def test_portable_file_loads_without_the_package(tmp_path, model, x):
    # Moving statistics other than 0 and 1.
    for name, handle in keras_deep.named_weights(model):
        if "moving" in name:
            handle.set(np.full(handle.shape, 0.7, "float32"))
    keras_deep.save(model, tmp_path / "a.keras", portable=True)
    np.save(tmp_path / "x.npy", x)
    code = (
        "import sys; sys.modules['keras_deep'] = None\n"
        "import keras, numpy as np\n"
        "model = keras.models.load_model('a.keras')\n"
        "np.save('y.npy', np.array(model(np.load('x.npy'))))\n"
    )
    environment = {**os.environ, "PYTHONPATH": ""}
    subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, check=True, env=environment
    )
    np.testing.assert_allclose(
        np.load(tmp_path / "y.npy"), model(x), rtol=1e-5, atol=1e-7
    )
    loaded = keras_deep.load(tmp_path / "a.keras")
    assert keras_deep.card(loaded) == keras_deep.card(model)


def test_weights_of_another_convention_are_refused(tmp_path, model):
    keras_deep.save(model, tmp_path / "a.keras")
    with pytest.raises(ValueError, match="convention='paper'"):
        keras_deep.CifarResNet(
            blocks=(1, 1),
            block="bottleneck",
            input_shape=(8, 8, 3),
            convention="pytorchcv",
            weights=tmp_path / "a.keras",
        )


def test_weights_file_of_keras_loads(tmp_path, model, x):
    path = tmp_path / "a.weights.h5"
    model.save_weights(path)
    other = keras_deep.CifarResNet(
        blocks=(1, 1), block="bottleneck", input_shape=(8, 8, 3), weights=path
    )
    np.testing.assert_array_equal(other(x), model(x))


def test_looking_at_a_model_does_not_change_its_file(tmp_path, model, x):
    keras_deep.profile(model)
    keras_deep.features(model)
    keras_deep.save(model, tmp_path / "a.keras")
    loaded = keras_deep.load(tmp_path / "a.keras")
    assert len(loaded.layers) == len(model.layers)
    np.testing.assert_array_equal(loaded(x), model(x))


def test_a_card_with_a_number_that_is_not_finite_is_strict_json(
    tmp_path, model
):
    training = {"result": {"test_loss": float("nan"), "x": [float("inf")]}}
    attach_card(model, Card("CifarResNet", training=training))
    keras_deep.save(model, tmp_path / "a.keras")
    with zipfile.ZipFile(tmp_path / "a.keras") as archive:
        text = archive.read("keras_deep.json").decode()
    assert "NaN" not in text and "Infinity" not in text
    found = keras_deep.card(keras_deep.load(tmp_path / "a.keras"))
    assert found.training == {"result": {"test_loss": None, "x": [None]}}
    # A file that an earlier version of this package wrote.
    found = parse_card('{"builder": "X", "training": {"loss": NaN}}', "old")
    assert found.training == {"loss": None}
