"""ResNet and CifarResNet are those of the implementations, with weights."""

import numpy as np
import pytest

import keras_deep
from keras_deep import convert
from tests.convert.weights import images
from tests.support.checkpoints import Checkpoint
from tests.support.checkpoints import caffe_net_tests
from tests.support.checkpoints import checkpoint_tests
from tests.support.goldens import golden_tests

test_logits_are_those_of_the_implementation = golden_tests(
    {
        "torchvision.resnet18": ("ResNet18", {}),
        "torchvision.resnet50": ("ResNet50", {}),
        "torchvision.resnet152": ("ResNet152", {}),
        "timm.resnetv2_50": ("ResNet50V2", {}),
        "pytorchcv.preresnet50": ("ResNet50V2", {"convention": "pytorchcv"}),
        "pytorchcv.resnet20_cifar10": ("ResNet20", {}),
        "pytorchcv.resnet1202_cifar10": ("ResNet1202", {}),
        "pytorchcv.preresnet110_cifar10": ("ResNet110", {"version": 2}),
        "pytorchcv.preresnet164bn_cifar10": ("ResNet164V2", {}),
    },
    long=("torchvision.resnet152", "pytorchcv.resnet1202_cifar10"),
)
# The same through stacked blocks; ResNet-1202 is stacked by itself.
test_logits_of_stacked_networks = golden_tests(
    {
        "pytorchcv.preresnet110_cifar10": (
            "ResNet110",
            {"version": 2, "stack": True},
        ),
        "pytorchcv.preresnet164bn_cifar10": ("ResNet164V2", {"stack": True}),
    }
)
test_outputs_of_checkpoints, test_errors_of_checkpoints = checkpoint_tests(
    {
        "akamaster_resnet20-12fca82f": Checkpoint(
            "pytorch/akamaster_resnet20-12fca82f.th", "ResNet20", 827
        ),
        "akamaster_resnet44-014dd654": Checkpoint(
            "pytorch/akamaster_resnet44-014dd654.th", "ResNet44", 690
        ),
        "amartyn_resnet20": Checkpoint(
            "pytorch/amartyn_resnet20.pt", "ResNet20", 804
        ),
        "junyuseu_caffe_res20_aug": Checkpoint(
            "caffe/junyuseu_res20_aug.caffemodel", "ResNet20", 819
        ),
        "mlcommons_resnet8_h5": Checkpoint(
            "keras/mlcommons_tiny_resnet8_cifar10.h5",
            "CifarResNet",
            1281,
            {"blocks": (1, 1, 1)},
        ),
    }
)
test_caffe_nets_of_the_authors = caffe_net_tests(
    {
        "he__ResNet-50-deploy": ("ResNet50", "softmax"),
        "he__ResNet-152-deploy": ("ResNet152", "softmax"),
        "yihui__resnet-20-trainval": ("ResNet20", "softmax"),
        "yihui__resnet-56-trainval": ("ResNet56", "softmax"),
        "soeaver__deploy_resnet18-priv": ("ResNet18", "softmax"),
        "soeaver__deploy_resnet101-v2": ("ResNet101V2", "softmax"),
    },
    long=(
        "he__ResNet-152-deploy",
        "yihui__resnet-56-trainval",
        "soeaver__deploy_resnet101-v2",
    ),
)


def test_first_block_of_a_caffe_net_reads_what_the_stem_activates():
    model = keras_deep.ResNet(
        version=2,
        blocks=(2, 1, 1, 1),
        input_shape=(33, 33, 3),
        convention="caffe",
    )
    names = {layer.name for layer in model.layers}
    blocks = {n.removesuffix("_preact_bn") for n in names if "_preact_bn" in n}
    others = {f"conv{i}_block1" for i in (3, 4, 5)}
    assert blocks == {"conv2_block2"} | others
    for layer in ("conv2_block1_1_conv", "conv2_block1_0_conv"):
        source = model.get_layer(layer).input._keras_history.operation
        assert source.name == "pool1_pool"
    # Cut off at the end, as Caffe's pooling: 17 pixels give 8, not 9.
    assert model.get_layer("conv2_end").output.shape[1:3] == (8, 8)


def test_akamaster_logits_of_another_measurement(shared):
    # The golden logits of REFERENCE.md, from another run of that code.
    path = shared / "data/checkpoints/pytorch/akamaster_resnet20-12fca82f.th"
    model = convert.from_pytorch(path, "ResNet20", classifier_activation=None)
    x = np.sin(0.1 * np.arange(3072)).reshape(1, 3, 32, 32)
    ours = model.predict_on_batch(x.transpose(0, 2, 3, 1).astype("float32"))
    expected = [-2.20636, 0.07467, 5.89441, 8.07269, -2.09864]
    np.testing.assert_allclose(ours[0, :5], expected, atol=1e-4)


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
