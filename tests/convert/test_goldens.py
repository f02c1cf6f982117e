"""Logits of independent implementations, through our own converter."""

import numpy as np
import pytest

import keras_deep
from keras_deep.convert import from_pytorch
from tests.convert.weights import close
from tests.convert.weights import golden
from tests.convert.weights import images
from tests.convert.weights import state_dict

# Golden file, registered model and the arguments that are not its defaults.
GOLDENS = {
    "torchvision.resnet18": ("ResNet18", {}),
    "torchvision.resnet50": ("ResNet50", {}),
    "torchvision.resnet152": ("ResNet152", {}),
    "torchvision.densenet121": ("DenseNet121", {}),
    "torchvision.densenet161": ("DenseNet161", {}),
    "timm.resnetv2_50": ("ResNet50V2", {}),
    "pytorchcv.preresnet50": ("ResNet50V2", {"convention": "pytorchcv"}),
    "pytorchcv.resnet20_cifar10": ("ResNet20", {}),
    "pytorchcv.resnet1202_cifar10": ("ResNet1202", {}),
    "pytorchcv.preresnet110_cifar10": ("ResNet110", {"version": 2}),
    "pytorchcv.preresnet164bn_cifar10": ("ResNet164V2", {}),
    "pytorchcv.densenet40_k12_cifar10": ("DenseNet", {}),
    "pytorchcv.densenet100_k12_bc_cifar10": ("DenseNetBC", {}),
}
# Golden files of families to come: the builder that will have to load them.
PENDING = {
    "torchvision.resnext50_32x4d": "ResNeXt",
    "torchvision.wide_resnet50_2": "WideResNet50_2",
    "timm.inception_resnet_v2": "InceptionResNetV2",
    "timm.inception_v4": "InceptionV4",
    "timm.legacy_senet154": "SENet154",
    "timm.legacy_seresnet50": "SEResNet",
    "timm.seresnet50": "SEResNet",
    "pytorchcv.inceptionresnetv1": "InceptionResNetV1",
    "pytorchcv.resattnet56": "ResidualAttentionNet",
    "pytorchcv.resdropresnet20_cifar10": "StochasticDepthResNet",
    "pytorchcv.resnext29_32x4d_cifar10": "CifarResNeXt",
    "pytorchcv.revnet38": "CifarRevNet",
    "pytorchcv.ror3_56_cifar10": "RoR",
    "pytorchcv.seresnet20_cifar10": "CifarSEResNet",
    "pytorchcv.wrn16_10_cifar10": "WideResNet",
}
LONG = (
    "torchvision.resnet152",
    "torchvision.densenet161",
    "pytorchcv.resnet1202_cifar10",
)


def _cases():
    for name in GOLDENS:
        marks = [pytest.mark.proof] if name in LONG else []
        yield pytest.param(name, id=name, marks=marks)


# The same through stacked blocks; ResNet-1202 is stacked by itself.
STACKED = ("pytorchcv.preresnet110_cifar10", "pytorchcv.preresnet164bn_cifar10")


@pytest.mark.parametrize("name", STACKED)
def test_logits_of_stacked_networks(name, shared):
    _check_logits(shared, name, stack=True)


@pytest.mark.parametrize("name", [*_cases()])
def test_logits_are_those_of_the_implementation(name, shared):
    _check_logits(shared, name)


def _check_logits(shared, name, **more):
    expected = golden(shared, name)
    builder, arguments = GOLDENS[name]
    arguments = {**arguments, **more}
    shape = (None, None, 3)
    model = from_pytorch(
        state_dict(expected["state_dict"]),
        builder,
        classifier_activation=None,
        input_shape=shape,
        **arguments,
    )
    trainable = sum(np.prod(w.shape) for w in model.trainable_weights)
    assert trainable == expected["params_trainable"]
    assert model.count_params() == expected["params_total"]
    for size, logits in expected["logits_first16"].items():
        height, width = map(int, size.split("x"))
        ours = np.array(model(images(height, width)))[:, :16]
        assert close(ours, np.array(logits)) < 1e-4


def test_every_golden_file_is_loaded_or_pending(shared):
    folder = shared / "reference" / "goldens"
    files = {path.stem for path in folder.glob("*.json")}
    assert files == set(GOLDENS) | set(PENDING)
    assert not set(GOLDENS) & set(PENDING)


@pytest.mark.parametrize("name", PENDING)
def test_no_golden_is_pending_once_its_family_exists(name):
    assert PENDING[name] not in keras_deep.list_models(), (
        f"{PENDING[name]} exists: move {name} to GOLDENS."
    )
