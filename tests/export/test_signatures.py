"""What a SavedModel holds, read by TensorFlow's own tools."""

import io
import sys

import keras
import numpy as np
import pytest

import keras_deep
from keras_deep.export import saved_model
from keras_deep.export.optimized import network_of
from keras_deep.export.reading import labels_of
from keras_deep.export.saved_model import signatures
from tests.support.backends import only_tensorflow
from tests.support.cards import with_needs
from tests.support.messages import parsed_warmup
from tests.support.small import small_model

tf = pytest.importorskip("tensorflow")
pytestmark = [
    pytest.mark.tensorflow,
    only_tensorflow("A SavedModel is TensorFlow's."),
]


def saved_model_cli(monkeypatch, *words):
    """Runs TensorFlow's command in this process and returns its output."""
    from tensorflow.python.tools import saved_model_cli as tool

    output = io.StringIO()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "argv", ["saved_model_cli", *map(str, words)])
        patch.setattr(sys, "stdout", output)
        with pytest.raises(SystemExit) as ended:
            tool.main()
    assert not ended.value.code
    return output.getvalue()


def test_saved_model_cli(tmp_path, monkeypatch, model, rng):
    path = saved_model(model, tmp_path / "net", classify=True)
    shown = saved_model_cli(monkeypatch, "show", "--dir", path, "--all")
    for word in (
        "inputs['image'] tensor_info",
        "shape: (-1, 8, 8, 3)",
        "inputs['image_bytes'] tensor_info",
        "outputs['error'] tensor_info",
        "outputs['logits'] tensor_info",
        "outputs['probabilities'] tensor_info",
        "Method name is: tensorflow/serving/classify",
        "Method name is: tensorflow/serving/predict",
    ):
        assert word in shown
    x = rng.standard_normal((3, 8, 8, 3)).astype("float32")
    np.save(tmp_path / "x.npy", x)
    saved_model_cli(
        monkeypatch,
        *("run", "--dir", path, "--tag_set", "serve"),
        *("--signature_def", "serving_default"),
        *("--inputs", f"image={tmp_path / 'x.npy'}", "--outdir", tmp_path),
    )
    found = np.load(tmp_path / "probabilities.npy")
    np.testing.assert_allclose(found, model(x), rtol=1e-5, atol=1e-7)


def test_assets_and_the_requests_of_the_warm_up(tmp_path, model):
    path = saved_model(model, tmp_path)
    names = (path / "assets/labels.txt").read_text().splitlines()
    assert names == keras_deep.card(model).class_names
    requests = parsed_warmup(path / "assets.extra/tf_serving_warmup_requests")
    assert [name for name, _ in requests] == [
        "serving_default",
        "serving_bytes",
    ]
    loaded = tf.saved_model.load(str(path)).signatures
    for name, inputs in requests:
        given = {k: tf.constant(tf.make_ndarray(v)) for k, v in inputs.items()}
        outputs = loaded[name](**given)
        assert "error" not in outputs or not outputs["error"].numpy()[0]


@pytest.mark.parametrize(
    "change",
    [{"needs": None}, {"arguments": {"include_top": False, "pooling": "max"}}],
)
def test_what_reads_no_images_has_one_signature(tmp_path, model, change):
    needs = keras_deep.card(model).preprocessing
    other = small_model("CifarResNet", **change.get("arguments", {}))
    other = with_needs(other, change.get("needs", needs))
    assert list(signatures(saved_model(other, tmp_path))) == ["serving_default"]
    with pytest.raises(ValueError, match="preprocessing|classifier of images"):
        saved_model(other, tmp_path, classify=True)
    assert [p.name for p in tmp_path.iterdir()] == ["1"]


def test_a_sigmoid_is_two_classes(tmp_path, model):
    needs = keras_deep.card(model).preprocessing
    one = small_model("CifarResNet", classes=1)
    with_needs(one, needs, class_names=["no", "yes"])
    served = tf.saved_model.load(str(saved_model(one, tmp_path))).signatures
    image = np.full((8, 8, 3), 99, "uint8")
    encoded = tf.io.encode_png(image)[tf.newaxis]
    found = served["serving_bytes"](image_bytes=encoded)
    x = keras_deep.preprocess_input(image[np.newaxis], one)
    yes = float(one(x)[0, 0])
    names = [name.decode() for name in found["classes"].numpy()[0]]
    scores = dict(zip(names, found["scores"].numpy()[0]))
    assert scores == pytest.approx({"yes": yes, "no": 1 - yes}, abs=1e-6)


def test_names_may_have_line_breaks_and_be_missing(model):
    needs = keras_deep.card(model).preprocessing
    with_needs(model, needs, class_names=["a\nb", *"cdefghijk"])
    assert labels_of(model).splitlines() == ["a b", *"cdefghijk"]
    with_needs(model, needs, class_names=["of", "another"])
    assert labels_of(model).split() == list(map(str, range(10)))


@pytest.mark.parametrize("policy", ["mixed_float16", "bfloat16"])
def test_half_precision_is_written_in_float32(tmp_path, policy, rng):
    keras.config.set_dtype_policy(policy)
    half = keras_deep.CifarResNet(
        blocks=(4,), input_shape=(8, 8, 3), stack=True
    )
    keras.config.set_dtype_policy("float32")
    exact = keras_deep.CifarResNet(
        blocks=(4,), input_shape=(8, 8, 3), stack=True
    )
    exact.set_weights([np.asarray(w, "float32") for w in half.get_weights()])
    served = tf.saved_model.load(str(saved_model(half, tmp_path))).signatures
    x = rng.standard_normal((3, 8, 8, 3)).astype("float32")
    found = served["serving_default"](image=x)["probabilities"]
    assert found.dtype == tf.float32
    np.testing.assert_allclose(found, exact(x), rtol=1e-5, atol=1e-6)


def test_an_export_that_computes_something_else_leaves_nothing(
    tmp_path, model, monkeypatch
):
    def wrong(model):
        copy = keras.models.clone_model(model)
        copy.set_weights([1.1 * w for w in model.get_weights()])
        return copy

    module = sys.modules[network_of.__module__]
    monkeypatch.setattr(module, "for_inference", wrong)
    with pytest.raises(
        ValueError, match="1e-05 of the largest.*optimize=False"
    ):
        saved_model(model, tmp_path / "net")
    assert not list(tmp_path.iterdir())
