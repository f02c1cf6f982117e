"""DenseNet and DenseNetBC are those of the implementations, with weights."""

import re

import numpy as np

from keras_deep import convert
from tests.convert.weights import close
from tests.convert.weights import golden
from tests.convert.weights import images
from tests.convert.weights import state_dict
from tests.support.checkpoints import caffe_net_tests
from tests.support.goldens import golden_tests

SMALL = {name: {"growth_rate": 4} for name in ("DenseNet", "DenseNetBC")}
BC = "pytorchcv.densenet100_k12_bc_cifar10"

test_logits_are_those_of_the_implementation = golden_tests(
    {
        "torchvision.densenet121": ("DenseNet121", {}),
        "torchvision.densenet161": ("DenseNet161", {}),
        "pytorchcv.densenet40_k12_cifar10": ("DenseNet", {}),
        BC: ("DenseNetBC", {}),
    },
    long=("torchvision.densenet161",),
)
test_caffe_nets_of_the_authors = caffe_net_tests(
    {
        "shicai__DenseNet_121": ("DenseNet121", None),
        "shicai__DenseNet_169": ("DenseNet169", None),
        "liuzhuang__test_densenet": ("DenseNet", None),
        "liuzhuang__train_densenet": ("DenseNet", None),
        "soeaver__deploy_densenet121": ("DenseNet121", "softmax"),
    },
    long=(
        "shicai__DenseNet_169",
        "liuzhuang__train_densenet",
        "soeaver__deploy_densenet121",
    ),
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


def check_bc(weights, shared):
    """Checks the logits of weights of `BC` under other names."""
    model = convert.from_pytorch(
        weights, "DenseNetBC", classifier_activation=None
    )
    expected = golden(shared, BC)["logits_first16"]["32x32"]
    ours = np.array(model(images(32, 32)))
    assert close(ours, np.array(expected)) < 1e-4


def test_names_of_gpleiss(shared):
    weights = renamed(
        state_dict(golden(shared, BC)["state_dict"]),
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
    check_bc(weights, shared)


def test_names_of_andreasveit(shared):
    weights = renamed(
        state_dict(golden(shared, BC)["state_dict"]),
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
    check_bc(weights, shared)


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
