"""What loads, what is refused, and what is said about it."""

import logging
import re

import keras
import numpy as np
import pytest

import keras_deep
from keras_deep import convert
from keras_deep.convert.preprocessing import preprocessing
from keras_deep.models.saving import with_stock_layers
from tests.convert.weights import cifar_resnet
from tests.convert.weights import close
from tests.convert.weights import state_dict

SMALL = {"blocks": (1, 1), "input_shape": (8, 8, 3)}


@pytest.fixture
def weights():
    return state_dict(cifar_resnet())


def build(**arguments):
    arguments = {**SMALL, "convention": "pytorchcv", **arguments}
    return keras_deep.CifarResNet(**arguments)


def test_loads_every_weight_in_our_layout(weights):
    model = build()
    report = convert.load_pytorch(model, weights)
    values = {n: h.get() for n, h in keras_deep.named_weights(model)}
    kernel = weights["layer2.0.downsample.0.weight"].transpose(2, 3, 1, 0)
    np.testing.assert_array_equal(values["conv3_block1_0_conv/kernel"], kernel)
    mean = weights["layer1.0.bn2.running_mean"]
    np.testing.assert_array_equal(values["conv2_block1_2_bn/moving_mean"], mean)
    np.testing.assert_array_equal(
        values["predictions/kernel"], weights["fc.weight"].T
    )
    assert report.weights == len(values) and report.notes == ()
    assert report.convention == "pytorchcv"


@pytest.mark.parametrize("prefix", ["module.", "module.model.", "_orig_mod."])
def test_prefixes_of_wrappers_are_taken_away(weights, prefix):
    wrapped = {prefix + name: value for name, value in weights.items()}
    model, other = build(), build()
    convert.load_pytorch(model, wrapped)
    convert.load_pytorch(other, weights)
    for a, b in zip(model.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_all_differences_are_reported_and_nothing_is_loaded(weights):
    weights["conv1.weigth"] = weights.pop("conv1.weight")
    weights["layer1.0.conv1.weight"] = np.zeros((16, 16, 5, 5), "float32")
    weights["layer1.7.conv1.weight"] = np.zeros((16, 16, 3, 3), "float32")
    weights["fc.bias"] = np.array(["a"] * 10)
    model = build()
    before = model.get_weights()
    with pytest.raises(ValueError) as error:
        convert.load_pytorch(model, weights)
    message = str(error.value)
    assert "with 5 differences" in message
    assert "missing conv1_conv/kernel. Did you mean" in message
    assert "or 'conv1_conv/weigth'" in message
    assert "unexpected conv2_block8_1_conv/kernel" in message
    assert "has shape (5, 5, 16, 16), expected (3, 3, 16, 16)" in message
    assert "predictions/bias has the type <U1" in message
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_damaged_file_changes_nothing(weights, tmp_path):
    path = tmp_path / "weights.npz"
    np.savez(path, **weights)
    content = bytearray(path.read_bytes())
    place = content.index(weights["fc.weight"].tobytes())
    content[place + 100] ^= 1
    path.write_bytes(content)
    model = build()
    before = model.get_weights()
    with pytest.raises(ValueError, match="fc.weight.*its checksum"):
        convert.load_pytorch(model, path)
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_another_convention_is_refused_with_the_call(weights):
    model = build(convention="paper", shortcut="B")
    with pytest.raises(ValueError) as error:
        convert.load_pytorch(model, weights)
    message = str(error.value)
    assert "convention 'paper', which 'cifarresnet' has" in message
    assert "Build the model with `convention='pytorchcv'`" in message
    assert "keras_deep.convert.from_pytorch(weights, 'CifarRes" in message


def test_conventions_of_one_meaning_are_one(weights):
    # "caffe" and "pytorchcv" say the same of a CIFAR network.
    model = build(convention="caffe")
    assert convert.load_pytorch(model, weights).convention == "caffe"


def test_from_pytorch_takes_convention_classes_and_channels():
    weights = state_dict(cifar_resnet(classes=7, channels=1, projections=False))
    model = convert.from_pytorch(weights, "CifarResNet", blocks=(1, 1))
    assert model.output_shape == (None, 7)
    assert model.input_shape == (None, 32, 32, 1)
    card = keras_deep.card(model)
    assert card.convention == "paper"
    assert card.weights["origin"] == "akamaster/pytorch_resnet_cifar10"
    with pytest.raises(ValueError, match="the first argument only"):
        convert.from_pytorch(weights, "CifarResNet", weights="a.pth")


def test_names_that_do_not_tell_the_convention_are_said(caplog):
    names = {"features.stage1.unit1.body.conv3.conv.weight": np.zeros(1)}
    with pytest.raises(ValueError, match="differences"):
        convert.from_pytorch(names, "ResNet50", input_shape=(32, 32, 3))
    assert "do not tell the conventions 'pytorchcv' and" in caplog.text
    caplog.clear()
    arguments = {"convention": "torchvision", "input_shape": (32, 32, 3)}
    with pytest.raises(ValueError, match="differences"):
        convert.from_pytorch(names, "ResNet50", **arguments)
    assert caplog.text == ""


def test_unknown_names_are_an_error_that_says_what_they_look_like(weights):
    with pytest.raises(ValueError) as error:
        convert.from_pytorch({"a.weight": np.zeros(3)}, "CifarResNet")
    assert "'a-martyn/resnet'" in str(error.value)
    assert "layers such as ['a']" in str(error.value)
    names = {"features.stage1.unit1.body.conv1.conv.weight": np.zeros(1)}
    with pytest.raises(
        ValueError, match="look like.* pytorchcv's of ResNet, version=1"
    ):
        convert.from_pytorch(names, "MnistResNet")
    with pytest.raises(ValueError, match="list_models"):
        convert.from_pytorch(weights, "CifarResnet")


def test_a_model_without_a_card_is_refused(weights):
    model = build()
    stock = with_stock_layers(model)
    with pytest.raises(ValueError, match="without a card"):
        convert.load_pytorch(stock, weights)


def test_another_number_of_classes_keeps_the_new_classifier(weights, caplog):
    model = build(classes=4)
    initial = model.get_layer("predictions").get_weights()
    report = convert.load_pytorch(model, weights)
    for a, b in zip(initial, model.get_layer("predictions").get_weights()):
        np.testing.assert_array_equal(a, b)
    assert "the file has 10 classes, the model 4" in report.notes[0]
    assert report.notes[0] in caplog.text


def test_a_backbone_leaves_the_classifier_out(weights):
    report = convert.load_pytorch(build(include_top=False), weights)
    assert "the classifier was left out" in report.notes[0]


@pytest.mark.parametrize("channels", [1, 2, 4, 7])
def test_other_input_channels_are_summed_or_repeated(weights, channels):
    model = build(input_shape=(8, 8, channels))
    (note,) = convert.load_pytorch(model, weights).notes
    assert f"the file has 3, the model {channels}" in note
    kernel = weights["conv1.weight"].transpose(2, 3, 1, 0)
    ours = model.get_layer("conv1_conv").get_weights()[0]
    if channels == 1:
        np.testing.assert_allclose(ours[:, :, 0], kernel.sum(2), rtol=1e-6)
    else:
        expected = kernel[:, :, [i % 3 for i in range(channels)]] * 3 / channels
        np.testing.assert_allclose(ours, expected, rtol=1e-6)


def test_one_input_channel_for_three_is_initialised_anew(caplog):
    report = convert.load_pytorch(build(), state_dict(cifar_resnet(channels=1)))
    assert "the file has 1 input channels, the model 3" in report.notes[0]


def test_biases_before_normalisation_are_folded(weights, rng):
    bias = rng.standard_normal(16).astype("float32")
    plain, folded = build(), build()
    convert.load_pytorch(plain, weights)
    shifted = {**weights, "conv1.bias": bias}
    (note,) = convert.load_pytorch(folded, shifted).notes
    assert note.startswith("1 biases of convolutions were folded")
    x = rng.standard_normal((2, 8, 8, 3)).astype("float32")
    stem = keras.Model(plain.input, plain.get_layer("conv1_conv").output)
    norm = plain.get_layer("conv1_bn")
    expected = norm(stem(x) + bias)
    taps = keras.Model(folded.input, folded.get_layer("conv1_bn").output)
    assert close(np.array(taps(x)), np.array(expected)) < 1e-6


def test_half_precision_is_widened(weights):
    half = {name: value.astype("float16") for name, value in weights.items()}
    model = build()
    convert.load_pytorch(model, half)
    kernel = model.get_layer("predictions").get_weights()[0]
    assert kernel.dtype == np.float32
    np.testing.assert_array_equal(kernel, half["fc.weight"].T)


def test_card_says_what_was_loaded(weights, tmp_path):
    path = tmp_path / "weights.npz"
    np.savez(path, **weights)
    model = build(weights=path)
    card = keras_deep.card(model)
    assert card.weights["source"] == str(path)
    assert len(card.weights["sha256"]) == 64
    keras_deep.save(model, tmp_path / "a.keras")
    assert keras_deep.card(keras_deep.load(tmp_path / "a.keras")) == card


@pytest.mark.parametrize("pixels", [False, True])
def test_own_files_say_what_images_need(weights, pixels, tmp_path):
    model = build()
    mean = np.arange(192.0).reshape(8, 8, 3).tolist() if pixels else [1, 2, 3]
    record = preprocessing((1, 2, 3), side=8, crop=1).to_dict()
    keras_deep.card(model).preprocessing = {**record, "mean": mean}
    keras_deep.save(model, tmp_path / "a.keras")
    found = keras_deep.card(build(weights=tmp_path / "a.keras"))
    assert found.preprocessing == keras_deep.card(model).preprocessing
    larger = build(weights=tmp_path / "a.keras", input_shape=(9, 9, 3))
    found = keras_deep.card(larger).preprocessing
    assert found["shape"] == [9, 9, 3]
    middle = [94.5, 95.5, 96.5]  # Of 0, 3, ..., 189, and so on.
    assert found["mean"] == (middle if pixels else mean)


def test_missing_files_are_refused_before_the_model_is_built(tmp_path):
    with pytest.raises(FileNotFoundError, match="none.pth"):
        keras_deep.ResNet1202(weights=tmp_path / "none.pth")


def test_notes_are_warnings_of_the_packages_logger(weights, caplog):
    with caplog.at_level(logging.WARNING, "keras_deep"):
        convert.load_pytorch(build(classes=4), weights)
    assert caplog.records[0].name == "keras_deep"


def test_a_stem_of_several_convolutions_takes_other_channels_too():
    arguments = {"blocks": (1,) * 5, "include_top": False}
    three = keras_deep.VGG(input_shape=(32, 32, 3), **arguments)
    arrays = {n: h.get() for n, h in keras_deep.named_weights(three)}
    arrays = {
        re.sub(r"conv(\d)_1_conv", r"block\1_conv1", name): value
        for name, value in arrays.items()
    }
    one = convert.from_keras(
        arrays, "VGG", input_shape=(32, 32, 1), **arguments
    )
    kernel = one.get_layer("conv1_1_conv").get_weights()[0]
    expected = arrays["block1_conv1/kernel"].sum(2, keepdims=True)
    np.testing.assert_allclose(kernel, expected, rtol=1e-6)
    again = convert.from_keras(arrays, "VGG", **arguments)
    assert again.input_shape == (None, 224, 224, 3)
