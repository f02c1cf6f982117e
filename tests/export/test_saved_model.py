import json

import numpy as np
import pytest

import keras_deep
from keras_deep.export import saved_model
from keras_deep.export.loading import load
from keras_deep.export.saved_model import OUTPUT_ASSET
from keras_deep.models.card import Card
from keras_deep.models.card import attach_card
from keras_deep.models.output_kind import output_kind
from tests.support.backends import only_tensorflow

pytestmark = [
    pytest.mark.tensorflow,
    only_tensorflow("A SavedModel is TensorFlow's."),
]


@pytest.fixture
def model():
    return keras_deep.CifarResNet(blocks=(1,), input_shape=(8, 8, 3))


def test_versions_count_up_and_are_never_overwritten(tmp_path, model):
    assert saved_model(model, tmp_path).name == "1"
    assert saved_model(model, tmp_path, version=7).name == "7"
    assert saved_model(model, tmp_path).name == "8"
    before = (tmp_path / "7/saved_model.pb").read_bytes()
    with pytest.raises(FileExistsError, match="Pass another `version`"):
        saved_model(model, tmp_path, version=7)
    assert (tmp_path / "7/saved_model.pb").read_bytes() == before
    with pytest.raises(ValueError, match="positive int"):
        saved_model(model, tmp_path, version=0)


def test_loads_with_equal_outputs_and_card(tmp_path, model, rng):
    attach_card(model, Card("CifarResNet", class_names=["cat", "dog"]))
    saved_model(model, tmp_path)
    x = rng.standard_normal((3, 8, 8, 3)).astype("float32")
    for path in (tmp_path, tmp_path / "1"):
        loaded = load(path)
        np.testing.assert_allclose(
            loaded.predict(x, verbose=0), model(x), rtol=1e-5
        )
        assert keras_deep.card(loaded) == keras_deep.card(model)
    asset = json.loads(
        (tmp_path / "1/assets.extra/keras_deep.json").read_text()
    )
    assert asset["class_names"] == ["cat", "dog"]
    assert asset["format"] == 1


def test_a_card_of_a_newer_format_is_refused(tmp_path, model):
    asset = saved_model(model, tmp_path) / "assets.extra/keras_deep.json"
    asset.write_text(json.dumps({"format": 2, "builder": "X"}))
    with pytest.raises(ValueError, match="keras_deep.json.*format=2.*--upgrad"):
        load(tmp_path)


def test_an_export_that_does_not_say_what_it_gives_has_a_way_out(
    tmp_path, model
):
    asset = saved_model(model, tmp_path) / OUTPUT_ASSET
    asset.unlink()  # As before there was one.
    with pytest.raises(ValueError, match="older version.*`keras-deep export`"):
        output_kind(load(tmp_path))


def test_stock_tensorflow_serves_it(tmp_path, model, rng):
    import tensorflow as tf

    path = saved_model(model, tmp_path)
    signature = tf.saved_model.load(str(path)).signatures["serving_default"]
    x = rng.standard_normal((3, 8, 8, 3)).astype("float32")
    outputs = signature(tf.constant(x))["probabilities"]
    np.testing.assert_allclose(outputs, model(x), rtol=1e-5)


def test_wrong_paths_are_errors(tmp_path):
    with pytest.raises(FileNotFoundError, match="does not exist"):
        load(tmp_path / "nothing.keras")
    with pytest.raises(ValueError, match="numbered SavedModels"):
        load(tmp_path)
    (tmp_path / "text.keras").write_text("no model")
    with pytest.raises(ValueError, match="zip archive"):
        load(tmp_path / "text.keras")
