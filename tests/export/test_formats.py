"""Exports to other formats, run by the programs that they are for."""

import importlib
import importlib.util
import sys

import keras
import numpy as np
import pytest
from PIL import Image

import keras_deep
from keras_deep import export
from keras_deep.data import decode_image
from keras_deep.data import images_tf
from keras_deep.data import preprocess
from keras_deep.export.prediction import predict
from keras_deep.models.card import Card
from keras_deep.models.card import attach_card
from keras_deep.utils.preprocessing import as_preprocessing
from tests.export.conftest import NEEDS
from tests.support.cards import with_needs
from tests.support.image_files import encoded
from tests.support.image_files import picture
from tests.support.small import batch
from tests.support.small import networks
from tests.support.small import small_model

pytestmark = [
    pytest.mark.tensorflow,
    pytest.mark.skipif(
        keras.backend.backend() != "tensorflow",
        reason="These formats are written from TensorFlow.",
    ),
    # What the converters of others warn of.
    pytest.mark.filterwarnings("default"),
]
PACKAGES = {
    "onnx": ("onnx", "tf2onnx", "onnxruntime"),
    "tflite": ("ai_edge_litert",),
    "xml": ("openvino",),
    "keras": (),
}
QUICK = ("DenseNetBC", "CifarSEResNet")


def needs(ending):
    for package in PACKAGES[ending]:
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"{package} is not installed.")


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


@pytest.mark.parametrize(
    "changes",
    [
        {"resize": "center_crop", "shape": [16, 16, 3], "order": "BGR"},
        {"interpolation": "bicubic", "shape": [12, 20, 3]},
        {"interpolation": "nearest", "shape": [9, 8, 1], "mean": [9.0]},
    ],
)
def test_onnx_prepares_pixels_as_prediction_does(tmp_path, changes):
    needs("onnx")
    import onnxruntime

    record = {**NEEDS, "std": [60.0], **changes}
    # A network that shows what it is given.
    inputs = keras.Input(record["shape"], name="image")
    mean = keras.layers.GlobalAveragePooling2D()
    shown = keras.layers.Flatten()(keras.layers.Identity()(inputs))
    outputs = keras.layers.Concatenate()([shown, mean(inputs)])
    model = keras.Model(inputs, outputs)
    attach_card(model, Card("shows", preprocessing=record))
    path = export.onnx(model, tmp_path / "a.onnx", pixels=True)
    session = onnxruntime.InferenceSession(path)
    # Pillow cuts off the overshoot of bicubic twice, which enlarging has.
    smaller = () if changes.get("interpolation") == "bicubic" else ((8, 7),)
    for sides in ((40, 31), (21, 50), *smaller):
        image = picture(*sides)
        if record["shape"][-1] == 1:
            image = image.convert("L")
        pixels = np.atleast_3d(np.asarray(image))[np.newaxis]
        (found,) = session.run(None, {"pixels": pixels})
        decoded = decode_image(encoded(image, "PNG"), record)
        expected = preprocess(decoded[np.newaxis], record)
        shown = found[:, : expected.size].reshape(expected.shape)
        apart = 60 * np.abs(shown - expected).max()
        assert apart < 1.01, (sides, apart)


def test_a_photo_has_the_same_scores_everywhere(tmp_path, model, shared):
    """Within what one grey level changes."""
    needs("onnx")
    import onnxruntime
    import tensorflow as tf

    photo = shared / "data/photos/n02123045_tabby.jpg"
    (expected,) = predict(model, [photo], top=10)
    scores = {"predict": dict(expected)}
    served = tf.saved_model.load(
        str(export.saved_model(model, tmp_path / "s", top=10))
    ).signatures["serving_bytes"](image_bytes=[photo.read_bytes()])
    names = [name.decode() for name in served["classes"].numpy()[0]]
    scores["bytes"] = dict(zip(names, served["scores"].numpy()[0]))
    path = export.onnx(model, tmp_path / "a.onnx", pixels=True)
    session = onnxruntime.InferenceSession(path)
    pixels = np.asarray(Image.open(photo).convert("RGB"))[np.newaxis]
    (found,) = session.run(["probabilities"], {"pixels": pixels})
    names = keras_deep.card(model).class_names
    scores["onnx"] = dict(zip(names, found[0]))
    resized = images_tf.fit_image(
        images_tf.read(str(photo), 3), as_preprocessing(NEEDS)
    )
    trained = model(preprocess(resized.numpy()[np.newaxis], NEEDS))
    scores["training"] = dict(zip(names, np.asarray(trained)[0]))
    # What one level in every value can change of a probability.
    x = tf.constant(preprocess(decode_image(photo, NEEDS)[np.newaxis], NEEDS))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = model(x)
    slopes = tape.jacobian(y, x)[0, :, 0]
    allowed = np.abs(slopes / np.float32(NEEDS["std"])).sum((1, 2, 3))
    for one in scores.values():
        for name, most in zip(names, allowed):
            assert abs(one[name] - scores["predict"][name]) <= 2 * most + 1e-6


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


def check_networks(names, ending, folder):
    """Exports small networks; returns the reasons of those that cannot be."""
    needs(ending)
    reasons = {}
    for name in names:
        model = small_model(name)
        x, _ = batch(name, model)
        try:
            path = export.export(model, folder / f"{name}.{ending}")
        except ValueError as error:
            reasons[name] = str(error)
            continue
        measured = export.compare(model, path, x)
        print(f"{name}.{ending}: {measured['difference']:.1e}")
        assert measured["difference"] < 1e-4, name
    return reasons


@pytest.mark.parametrize("ending", ["onnx", "tflite"])
def test_networks(tmp_path, ending):
    assert not check_networks(QUICK, ending, tmp_path)


# What other formats cannot express: names of networks to the operation.
LACKS = {"onnx": {}, "tflite": {"IRNN": "TensorListReserve"}, "xml": {}}


@pytest.mark.proof
@pytest.mark.parametrize("ending", ["onnx", "tflite", "xml"])
def test_every_network(tmp_path, ending):
    reasons = check_networks(networks(), ending, tmp_path)
    print(reasons)
    assert set(reasons) == set(LACKS[ending])
    for name, operation in LACKS[ending].items():
        assert operation in reasons[name]
