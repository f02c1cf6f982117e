"""Squeeze-and-excitation networks are those of the implementations."""

import keras
import numpy as np
import pytest

import keras_deep
from keras_deep.models.weights import copy_weights
from tests.support.checkpoints import caffe_net_tests
from tests.support.goldens import golden_tests

test_logits_are_those_of_the_implementation = golden_tests(
    {
        "timm.seresnet50": ("SEResNet50", {}),
        "timm.legacy_seresnet50": ("SEResNet50", {}),
        "timm.legacy_senet154": ("SENet154", {}),
        "pytorchcv.seresnet20_cifar10": ("CifarSEResNet", {}),
    },
    long=("timm.legacy_senet154",),
)
test_outputs_of_the_authors_nets = caffe_net_tests(
    {
        "hujie__SE-ResNet-50": ("SEResNet50", "softmax"),
        "hujie__SE-ResNeXt-50": ("SEResNeXt50", "softmax"),
    },
    long=("hujie__SE-ResNet-50",),
)


@pytest.mark.parametrize("version", [1, 2])
def test_open_gates_are_the_network_without_excitation(rng, version):
    arguments = {
        "blocks": (2, 2, 2),
        "input_shape": (8, 8, 3),
        "version": version,
    }
    model = keras_deep.CifarSEResNet(**arguments)
    plain = keras_deep.CifarResNet(**arguments)
    ours = dict(keras_deep.named_weights(model))
    for name, handle in keras_deep.named_weights(plain):
        ours.pop(name).set(handle.get())
    for name, handle in ours.items():
        assert "_se_" in name
        # A bias of 40 opens a gate: the sigmoid is 1.
        value = 40.0 if name.endswith("_se_2_conv/bias") else 0.0
        handle.set(np.full(handle.shape, value))
    x = rng.standard_normal((2, 8, 8, 3)).astype("float32")
    np.testing.assert_allclose(model(x), plain(x), rtol=1e-6)


@pytest.mark.parametrize("builder", ["SEResNet", "SEResNeXt"])
def test_every_block_has_an_excitation(builder):
    model = keras_deep.create_model(
        builder, blocks=(2, 1, 1, 1), input_shape=(32, 32, 3)
    )
    gates = [x for x in model.layers if x.name.endswith("_se_gate")]
    assert len(gates) == 5
    # The gate scales the branch, in front of the sum.
    (after,) = model.get_layer("conv2_block2_se_scale")._outbound_nodes
    assert isinstance(after.operation, keras.layers.Add)


def test_stacked_blocks_compute_the_same(rng):
    arguments = {"blocks": (4, 3, 3), "input_shape": (8, 8, 3)}
    flat = keras_deep.CifarSEResNet(stack=False, **arguments)
    stacked = keras_deep.CifarSEResNet(stack=True, **arguments)
    copy_weights(flat, stacked)
    x = rng.standard_normal((2, 8, 8, 3)).astype("float32")
    np.testing.assert_allclose(stacked(x), flat(x), rtol=1e-5, atol=1e-6)


def test_senet154_projects_by_3x3_where_a_stage_strides():
    model = keras_deep.SENet154(blocks=(1, 1, 1, 1), input_shape=(32, 32, 3))
    sizes = [
        model.get_layer(f"conv{i}_block1_0_conv").kernel_size[0]
        for i in (2, 3, 4, 5)
    ]
    assert sizes == [1, 3, 3, 3]
    assert model.get_layer("predictions_drop").rate == 0.2
    assert model.get_layer("conv3_block1_2_conv").groups == 64


def test_other_depths_are_refused():
    with pytest.raises(ValueError, match=r"one of \[50, 101, 152\]"):
        keras_deep.SEResNet(depth=34)
