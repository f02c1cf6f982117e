"""Exports to other formats that are refused."""

import importlib

import keras
import numpy as np
import pytest

from keras_deep import export
from tests.support.formats import MARKS
from tests.support.formats import needs

pytestmark = MARKS


@pytest.mark.parametrize("ending", ["onnx", "tflite", "xml", "keras"])
def test_existing_files_and_other_endings_are_refused(tmp_path, model, ending):
    needs(ending)
    path = tmp_path / f"a.{ending}"
    path.write_text("mine")
    with pytest.raises(FileExistsError, match="overwrite=True"):
        export.export(model, path)
    assert path.read_text() == "mine"
    format = {"tflite": "litert", "xml": "openvino"}.get(ending, ending)
    with pytest.raises(ValueError, match=f"end in `.{ending}`"):
        export.export(model, tmp_path / "b.pb", format)
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_a_missing_package_has_a_way_out(tmp_path, model, monkeypatch):
    def missing(name):
        raise ImportError(name)

    with monkeypatch.context() as patch:
        patch.setattr(importlib, "import_module", missing)
        for name, ending in (
            ("onnx", "onnx"),
            ("litert", "tflite"),
            ("openvino", "xml"),
        ):
            with pytest.raises(ImportError, match=rf"keras_deep\[{name}\]"):
                getattr(export, name)(model, tmp_path / f"a.{ending}")


def test_wrong_options(tmp_path, model):
    needs("onnx"), needs("tflite")
    with pytest.raises(ValueError, match="Did you mean 'onnx'"):
        export.export(model, tmp_path / "a", "onxn")
    with pytest.raises(ValueError, match="int from 7 to"):
        export.onnx(model, tmp_path / "a.onnx", opset=99)
    with pytest.raises(ValueError, match="int from 18 to"):
        export.onnx(model, tmp_path / "a.onnx", opset=15, pixels=True)
    for options in ({"quantize": "int8"}, {"calibration": np.zeros(3)}):
        with pytest.raises(ValueError, match="`calibration` with `quantize"):
            export.litert(model, tmp_path / "a.tflite", **options)
    with pytest.raises(ValueError, match=r"\(None, 8, 8, 3\).*\(5, 8, 8, 1\)"):
        export.litert(
            model,
            tmp_path / "a.tflite",
            quantize="int8",
            calibration=np.zeros((5, 8, 8, 1)),
        )
    assert not list(tmp_path.iterdir())


@keras.saving.register_keras_serializable("tests")
class Odd(keras.layers.Layer):
    """Calls an operation that no other format has."""

    def call(self, x):
        import tensorflow as tf

        flat = tf.reshape(x, (tf.shape(x)[0], -1))
        return tf.raw_ops.Betainc(a=flat * 0 + 2.0, b=flat * 0 + 3.0, x=flat)


@pytest.mark.parametrize("ending", ["onnx", "tflite", "xml"])
def test_an_operation_that_a_format_lacks_is_named(tmp_path, ending):
    needs(ending)
    inputs = keras.Input((2, 2, 1), name="image")
    x = keras.layers.Activation("sigmoid")(inputs)
    model = keras.Model(inputs, Odd()(x))
    with pytest.raises(ValueError, match="operations that.*Betainc"):
        export.export(model, tmp_path / f"a.{ending}")
    assert not list(tmp_path.iterdir())
