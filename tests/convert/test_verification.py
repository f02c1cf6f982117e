"""The table names the layer where a conversion goes wrong."""

import json
import pathlib

import keras
import numpy as np
import pytest

import keras_deep
from keras_deep import convert
from keras_deep.convert import runs
from keras_deep.convert.comparison import compare
from keras_deep.convert.outputs import outputs_of
from tests.convert.weights import state_dict

OUTPUTS = pathlib.Path(__file__).with_name("layer_outputs.npz")


@pytest.fixture(scope="module")
def stored():
    """Outputs of a network of pytorchcv, made with PyTorch, by layer."""
    with np.load(OUTPUTS) as arrays:
        arrays = dict(arrays)
    shapes = json.loads(str(arrays.pop("state_dict")))
    return arrays, state_dict(shapes)


def build(weights, **arguments):
    model = convert.from_pytorch(
        weights,
        "CifarResNet",
        blocks=(2, 1),
        block="bottleneck",
        input_shape=(None, None, 3),
        **arguments,
    )
    return model


def test_a_right_conversion_is_equal_in_every_layer(stored):
    outputs, weights = stored
    found = convert.verify(build(weights), outputs)
    assert found.first is None and found.largest < 1e-5
    # 12 convolutions with their normalisations, and the classifier.
    assert len(found.rows) == 25
    assert list(found.stages) == ["conv1", "conv2", "conv3", "top"]
    assert "All 25 layers are equal to the stored outputs" in str(found)
    assert "conv2_block1_0_bn" in str(found)


def test_swapped_kernels_are_named_exactly(stored):
    outputs, weights = stored
    weights = dict(weights)
    names = [f"features.stage1.unit{i}.body.conv2.conv.weight" for i in (1, 2)]
    weights[names[0]], weights[names[1]] = weights[names[1]], weights[names[0]]
    found = convert.verify(build(weights), outputs)
    assert found.first.layer == "conv2_block1_2_conv"
    assert found.first.reference == "features.stage1.unit1.body.conv2.conv"
    assert "conv2_block1_2_conv is the first layer that" in found.verdict()


def test_a_swapped_stride_is_named_exactly(stored):
    outputs, weights = stored
    right = build(weights)
    wrong = keras_deep.CifarResNet(
        blocks=(2, 1),
        block="bottleneck",
        input_shape=(None, None, 3),
        convention="paper",  # It strides at the first 1x1 convolution.
    )
    values = {n: h.get() for n, h in keras_deep.named_weights(right)}
    for name, handle in keras_deep.named_weights(wrong):
        handle.set(values[name])
    found = convert.verify(wrong, outputs)
    assert found.first.layer == "conv3_block1_1_conv"
    assert found.first.difference == float("inf")


def test_small_errors_are_found_where_they_begin(stored):
    outputs, weights = stored
    model = build(weights)
    norm = model.get_layer("conv3_block1_2_bn")
    norm.epsilon *= 1000
    found = convert.verify(model, outputs)
    assert found.first.layer == "conv3_block1_2_bn"
    assert 1e-4 < found.first.difference < 1e-1
    assert convert.verify(model, outputs, tolerance=1).first is None


def test_a_folded_bias_is_no_difference(stored):
    outputs, weights = stored
    bias = np.arange(16, dtype="float32")
    name = "features.init_block"
    weights = dict(weights)
    weights[f"{name}.conv.bias"] = bias
    mean = f"{name}.bn.running_mean"
    weights[mean] = weights[mean] + bias
    outputs = dict(outputs)
    outputs[f"{name}.conv"] = outputs[f"{name}.conv"] + bias[:, None, None]
    found = convert.verify(build(weights), outputs)
    assert found.first is None and found.largest < 1e-5


def test_record_writes_what_verify_reads(stored, tmp_path):
    outputs, weights = stored
    model = build(weights)
    convert.record(model, outputs, tmp_path / "outputs.npz")
    found = convert.verify(model, tmp_path / "outputs.npz")
    assert len(found.rows) == 25 and found.first is None
    with pytest.raises(FileExistsError, match="Choose another name"):
        convert.record(model, outputs, tmp_path / "outputs.npz")


def test_nested_models_are_compared_too(rng):
    model = keras_deep.CifarResNet(
        blocks=(65, 40),
        input_shape=(8, 8, 3),
        convention="pytorchcv",
        stack=False,
    )
    x = rng.standard_normal((1, 8, 8, 3)).astype("float32")
    names = {"conv2_block65_2_bn", "conv3_block1_0_conv", "conv3_block40_1_bn"}
    found = outputs_of(model, names | {"conv3_end"}, x)
    assert set(found) == names | {"conv3_end"}
    end = keras.Model(model.input, model.get_layer("conv3_end").output)(x)
    np.testing.assert_allclose(found["conv3_end"], end, rtol=1e-5)
    assert found["conv2_block65_2_bn"].shape == (1, 8, 8, 16)
    assert np.isfinite(found["conv3_block40_1_bn"]).all()


def test_wrong_references_are_errors(stored, tmp_path):
    outputs, weights = stored
    model = build(weights)
    with pytest.raises(ValueError, match="the 'images' they belong to"):
        convert.verify(model, {"conv1": np.zeros(1)})
    with pytest.raises(ValueError, match="outputs of layers of 'cifarresnet'"):
        convert.verify(model, {"images": outputs["images"], "x": np.zeros(1)})


def test_a_missing_library_is_an_error_with_the_way_out(
    stored, tmp_path, monkeypatch
):
    _, weights = stored
    monkeypatch.setattr(runs, "installed", lambda module: False)
    model = build(weights)
    np.savez(tmp_path / "weights.npz", **weights)
    with pytest.raises(FileNotFoundError, match="none.npz"):
        convert.verify(model, tmp_path / "none.npz")
    (tmp_path / "weights.npz").rename(tmp_path / "weights.pth")
    with pytest.raises(ImportError, match="by pytorchcv, needs PyTorch"):
        convert.verify(model, tmp_path / "weights.pth")


def test_outputs_that_are_no_numbers_are_never_equal():
    nan = np.full((1, 2), np.nan)
    pairs = [("fc", "fc")]
    found = compare({"fc": nan}, {"fc": nan}, pairs, 1e-4, "itself")
    assert found.first.difference == float("inf")
    assert found.first.stage == "top"
