"""Exports to other formats, run by the programs that they are for."""

import sys

import keras
import numpy as np
import pytest

import keras_deep
from keras_deep import export
from tests.export.conftest import NEEDS
from tests.support.cards import with_needs
from tests.support.formats import MARKS
from tests.support.formats import needs

pytestmark = MARKS


@pytest.fixture
def deep():
    """A network with stacked blocks, in half precision."""
    keras.config.set_dtype_policy("mixed_float16")
    model = keras_deep.CifarResNet(
        blocks=(4,), input_shape=(8, 8, 3), stack=True
    )
    keras.config.set_dtype_policy("float32")
    return with_needs(model, NEEDS)


def exact(model):
    """The same network in float32."""
    return keras_deep.CifarResNet(
        blocks=(4,), input_shape=(8, 8, 3), stack=True
    ), [np.asarray(w, "float32") for w in model.get_weights()]


def probabilities(model, x):
    same, weights = exact(model)
    same.set_weights(weights)
    return np.asarray(same(x))


def close(ours, theirs):
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5)


def test_onnx_in_onnxruntime(tmp_path, deep, rng):
    needs("onnx")
    import onnx
    import onnxruntime

    path = export.onnx(deep, tmp_path / "a.onnx", opset=17, features=True)
    found = onnx.load(path)
    assert [x.version for x in found.opset_import if not x.domain] == [17]
    session = onnxruntime.InferenceSession(path)
    names = [x.name for x in session.get_outputs()]
    assert sorted(names) == ["features", "logits", "probabilities"]
    for size in (1, 3):  # The size of a batch is free.
        x = rng.standard_normal((size, 8, 8, 3)).astype("float32")
        outputs = dict(zip(names, session.run(names, {"image": x})))
        close(outputs["probabilities"], probabilities(deep, x))
    assert outputs["features"].shape == (3, 16)


@pytest.mark.parametrize("quantize", [None, "dynamic", "int8"])
def test_litert(tmp_path, deep, quantize, rng):
    needs("tflite")
    from ai_edge_litert.interpreter import Interpreter

    calibration = None
    if quantize == "int8":
        calibration = rng.standard_normal((100, 8, 8, 3)).astype("float32")
    path = export.litert(
        deep, tmp_path / "a.tflite", quantize=quantize, calibration=calibration
    )
    interpreter = Interpreter(str(path))
    run = interpreter.get_signature_runner()
    types = [x["dtype"] for x in interpreter.get_tensor_details()]
    assert (np.int8 in types) == (quantize is not None)
    for size in (1, 3):
        x = rng.standard_normal((size, 8, 8, 3)).astype("float32")
        expected = probabilities(deep, x)
        found = run(image=x)["probabilities"]
        if quantize is None:
            close(found, expected)
        else:
            assert np.abs(found - expected).max() < 0.1
    measured = export.compare(deep, path, x)
    assert measured["size"] == path.stat().st_size
    apart = np.abs(found - expected).max()
    assert measured["difference"] >= apart - 1e-6
    same = found.argmax(axis=1) == expected.argmax(axis=1)
    assert measured["agreement"] == same.mean()


def test_openvino(tmp_path, deep, rng):
    needs("xml")
    path = export.openvino(deep, tmp_path / "a.xml")
    import openvino

    # Nothing was sent to its makers.
    assert sys.modules["openvino_telemetry"] is None
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.bin", "a.xml"]
    model = openvino.Core().compile_model(
        path, "CPU", {"INFERENCE_PRECISION_HINT": "f32"}
    )
    x = rng.standard_normal((3, 8, 8, 3)).astype("float32")
    close(model({"image": x})["probabilities"], probabilities(deep, x))
    (tmp_path / "a.xml").unlink()
    with pytest.raises(FileExistsError, match="a.bin.*overwrite=True"):
        export.openvino(deep, tmp_path / "a.xml")


def test_keras(tmp_path, deep, rng):
    path = export.export(deep, tmp_path / "a.keras")
    loaded = keras.models.load_model(path)
    x = rng.standard_normal((3, 8, 8, 3)).astype("float32")
    close(loaded(x), probabilities(deep, x))
    kinds = {type(layer).__name__ for layer in loaded.layers}
    assert "BatchNormalization" not in kinds and loaded.dtype == "float32"
    again = keras_deep.load(path)
    assert keras_deep.card(again).preprocessing == NEEDS
    same = export.export(deep, tmp_path / "b.keras", optimize=False)
    kinds = {type(x).__name__ for x in keras.models.load_model(same).layers}
    assert "BatchNormalization" in kinds
