"""PlainNet and CifarPlainNet are those of the implementations, with weights."""

import keras_deep
from keras_deep import convert
from tests.convert.weights import cifar_resnet
from tests.convert.weights import state_dict
from tests.support.checkpoints import Checkpoint
from tests.support.checkpoints import checkpoint_tests

test_outputs_of_checkpoints, test_errors_of_checkpoints = checkpoint_tests(
    {
        "amartyn_plainnet20": Checkpoint(
            "pytorch/amartyn_plainnet20.pt", "CifarPlainNet", 969
        ),
        "junyuseu_caffe_plain20_noaug": Checkpoint(
            "caffe/junyuseu_plain20_noaug.caffemodel", "CifarPlainNet", 991
        ),
    }
)


def test_names_are_those_of_residual_networks():
    weights = state_dict(cifar_resnet(projections=False))
    model = convert.from_pytorch(weights, "CifarPlainNet", blocks=(1, 1))
    found = keras_deep.card(model)
    assert found.weights["origin"] == "akamaster/pytorch_resnet_cifar10"
    assert found.convention == "paper"
