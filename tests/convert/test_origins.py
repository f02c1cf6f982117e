"""Names of implementations that no golden file has, proven by those that do."""

import json
import pathlib
import re

import numpy as np
import pytest

import keras_deep
from keras_deep import convert
from tests.convert.weights import close
from tests.convert.weights import golden
from tests.convert.weights import images
from tests.convert.weights import state_dict
from tests.support.caffe_published import PUBLISHED
from tests.support.caffe_published import image
from tests.support.caffe_published import made_weights
from tests.support.caffe_published import prototxt
from tests.support.caffe_published import sample
from tests.support.caffe_published import synth

CAFFE_GOLDENS = json.loads(
    pathlib.Path(__file__).with_name("caffe_goldens.json").read_text()
)
# Network of the authors, our model and what their net ends in.
CAFFE = {
    "he__ResNet-50-deploy": ("ResNet50", "softmax"),
    "shicai__DenseNet_121": ("DenseNet121", None),
    "liuzhuang__test_densenet": ("DenseNet", None),
    "yihui__resnet-20-trainval": ("ResNet20", "softmax"),
}
PROOF = {
    "he__ResNet-152-deploy": ("ResNet152", "softmax"),
    "shicai__DenseNet_169": ("DenseNet169", None),
    "yihui__resnet-56-trainval": ("ResNet56", "softmax"),
}


def _cases():
    for name, model in CAFFE.items():
        yield pytest.param(name, *model, id=name)
    for name, model in PROOF.items():
        yield pytest.param(name, *model, id=name, marks=pytest.mark.proof)


@pytest.mark.parametrize("name, builder, activation", [*_cases()])
def test_caffe_nets_of_the_authors_in_our_builders(
    name, builder, activation, shared, tmp_path
):
    tool = synth(shared)
    net = tool.parse(prototxt(shared, name))
    path = tmp_path / "made.caffemodel"
    path.write_bytes(tool.encode(net, made_weights(shared, name)))
    sides = PUBLISHED[name].sizes[0]
    record = f"{name} {sides[0]}x{sides[1]}"
    (expected,) = CAFFE_GOLDENS["published"][record].values()
    x = image(name, sides).transpose(0, 2, 3, 1)
    model = convert.from_caffe(
        path,
        builder,
        input_shape=(None, None, 3),
        classifier_activation=activation,
    )
    ours = np.array(model(x))
    np.testing.assert_allclose(
        [*sample(ours, 16), np.abs(ours).max()],
        [*expected["values"], expected["largest"]],
        rtol=0,
        atol=1e-5 * expected["largest"],
    )


def renamed(weights, *rules):
    """Returns a state dict under other names."""
    found = {}
    for name, value in weights.items():
        for pattern, replacement in rules:
            name = re.sub(pattern, replacement, name)
        found[name] = value
    return found


def _down(match):
    """Counts one of the numbers of a name from 0."""
    return f"{match[1]}{int(match[2]) - 1}."


def bc_logits(weights, shared, name="pytorchcv.densenet100_k12_bc_cifar10"):
    model = convert.from_pytorch(
        weights, "DenseNetBC", classifier_activation=None
    )
    expected = golden(shared, name)["logits_first16"]["32x32"]
    return np.array(model(images(32, 32))), np.array(expected)


def test_names_of_gpleiss(shared):
    name = "pytorchcv.densenet100_k12_bc_cifar10"
    weights = renamed(
        state_dict(golden(shared, name)["state_dict"]),
        (r"features\.init_block", "features.conv0"),
        (
            r"stage(\d)\.unit(\d+)\.conv(\d)\.(bn|conv)",
            r"denseblock\1.denselayer\2.\4.\3",
        ),
        (r"\.bn\.", ".norm."),
        (r"stage2\.trans2\.conv", "transition1"),
        (r"stage3\.trans3\.conv", "transition2"),
        (r"post_activ\.norm", "norm_final"),
        (r"output", "classifier"),
    )
    assert "features.denseblock1.denselayer1.norm.1.weight" in weights
    assert "features.transition1.norm.weight" in weights
    ours, expected = bc_logits(weights, shared)
    assert close(ours, expected) < 1e-4


def test_names_of_andreasveit(shared):
    name = "pytorchcv.densenet100_k12_bc_cifar10"
    weights = renamed(
        state_dict(golden(shared, name)["state_dict"]),
        (r"features\.init_block", "conv1"),
        (r"features\.stage2\.trans2\.conv\.(bn|conv)", r"trans1.\g<1>1"),
        (r"features\.stage3\.trans3\.conv\.(bn|conv)", r"trans2.\g<1>1"),
        (
            r"features\.stage(\d)\.unit(\d+)\.conv(\d)\.(bn|conv)",
            r"block\1.layer.\2.\4\3",
        ),
        (r"(layer\.)(\d+)\.", _down),
        (r"features\.post_activ\.bn", "bn1"),
        (r"output", "fc"),
    )
    assert "block1.layer.0.bn1.weight" in weights
    ours, expected = bc_logits(weights, shared)
    assert close(ours, expected) < 1e-4


def test_names_of_older_torchvision(shared):
    name = "torchvision.densenet121"
    weights = state_dict(golden(shared, name)["state_dict"])
    # The published files say norm.1 where the class says norm1.
    older = renamed(weights, (r"(denselayer\d+\.(?:norm|conv))(\d)", r"\1.\2"))
    assert "features.denseblock1.denselayer1.norm.1.weight" in older
    shape = {"input_shape": (32, 32, 3)}
    first = convert.from_pytorch(weights, "DenseNet121", **shape)
    second = convert.from_pytorch(older, "DenseNet121", **shape)
    for a, b in zip(first.get_weights(), second.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    "file, convention",
    [("resnet50-06.pth", "pytorchcv"), ("resnet50b-06.pth", "torchvision")],
)
def test_file_names_tell_strides_of_pytorchcv(
    file, convention, tmp_path, caplog
):
    unit = "features.stage{}.unit1."
    names = ["features.init_block.conv."]
    for stage in (1, 2, 3, 4):
        names += [unit.format(stage) + f"body.conv{k}." for k in (1, 2, 3)]
        names += [unit.format(stage) + "identity_conv."]
    source = keras_deep.ResNet50(
        blocks=(1, 1, 1, 1), input_shape=(32, 32, 3), convention=convention
    )
    ours = {n: h.get() for n, h in keras_deep.named_weights(source)}
    layers = ["conv1"] + [
        f"conv{s}_block1_{k}" for s in (2, 3, 4, 5) for k in (1, 2, 3, 0)
    ]
    leaves = {
        "conv.weight": "conv/kernel",
        "bn.weight": "bn/gamma",
        "bn.bias": "bn/beta",
        "bn.running_mean": "bn/moving_mean",
        "bn.running_var": "bn/moving_variance",
    }
    weights = {
        "output.weight": ours["predictions/kernel"].T,
        "output.bias": ours["predictions/bias"],
    }
    for theirs, mine in zip(names, layers, strict=True):
        for leaf, name in leaves.items():
            value = ours[f"{mine}_{name}"]
            weights[theirs + leaf] = (
                value.transpose(3, 2, 0, 1) if value.ndim == 4 else value
            )
    with open(tmp_path / file, "wb") as opened:
        np.savez(opened, **weights)
    model = convert.from_pytorch(
        tmp_path / file,
        "ResNet50",
        blocks=(1, 1, 1, 1),
        input_shape=(32, 32, 3),
    )
    assert keras_deep.card(model).convention == convention
    assert caplog.text == ""
    x = images(32, 32)
    np.testing.assert_array_equal(np.array(model(x)), np.array(source(x)))
