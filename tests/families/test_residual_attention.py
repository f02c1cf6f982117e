"""Residual attention networks are those of the implementations."""

import re

import keras
import numpy as np
import pytest

import keras_deep
from keras_deep.models.weights import copy_weights
from tests.support.checkpoints import caffe_net_tests
from tests.support.goldens import golden_tests
from tests.support.learning import errors_after_training
from tests.support.numpy_network import randomised
from tests.support.starts import zero_start

# One unit in every place.
_LEAST = {"counts": (1, 1, 1)}
SMALL = {
    "ResidualAttentionNet": {"blocks": (1,), **_LEAST},
    "CifarResidualAttentionNet": {"blocks": (1, 1, 1), **_LEAST},
}
STACKED = {
    "ResidualAttentionNet": {"blocks": (2,), **_LEAST},
    "CifarResidualAttentionNet": {"blocks": (1, 2), **_LEAST},
}
LARGER = (92, 128, 164, 236, 452)
SIDES = {"CifarResidualAttentionNet": (8, 4, 2, 2)}

test_logits_are_those_of_the_implementation = golden_tests(
    {"pytorchcv.resattnet56": ("ResidualAttentionNet56", {})}
)
test_outputs_of_the_authors_net = caffe_net_tests(
    {"fwang__Attention-56-deploy": ("ResidualAttentionNet56", "softmax")}
)


@pytest.mark.parametrize("side", [32, 45])
@pytest.mark.parametrize("convention", ["paper", "caffe", "pytorchcv"])
def test_any_size_fits(convention, side):
    with zero_start():
        model = keras_deep.ResidualAttentionNet(
            convention=convention, input_shape=(side, side + 1, 3), blocks=(1,)
        )
    assert model.output_shape == (None, 1000)
    first, last = (
        model.get_layer(f"conv{i}_end").output.shape[1:3] for i in (2, 3)
    )
    half = -(-side // 2)
    # Caffe's pooling rounds down, PyTorch's up; strides round up.
    small = -(-half // 2) if convention == "pytorchcv" else half // 2
    assert first[0] == small and last[0] == -(-small // 2)


def test_masks_have_as_many_scales_as_the_stage_allows():
    with zero_start():
        model = keras_deep.CifarResidualAttentionNet(
            blocks=(1, 1, 1), counts=(1, 1, 1)
        )
    sides = {
        name: layer.output.shape[1]
        for name, layer in ((x.name, x) for x in model.layers)
        if "_resize" in name
    }
    assert sides == {
        "conv2_attention1_resize3": 8,
        "conv2_attention1_resize2": 16,
        "conv2_attention1_resize1": 32,
        "conv3_attention1_resize2": 8,
        "conv3_attention1_resize1": 16,
        "conv4_attention1_resize1": 8,
    }


@pytest.mark.parametrize(
    "block, convention, expected",
    [
        ("bottleneck", "paper", "sigmoid"),
        ("bottleneck", "caffe", "sigmoid"),
        ("resnext", "paper", "sigmoid"),
        ("resnext", "caffe", "tanh"),
    ],
)
def test_masks_of_resnext_units_are_tangents_in_the_prototxts(
    block, convention, expected
):
    with zero_start():
        model = keras_deep.ResidualAttentionNet(
            block=block, convention=convention, blocks=(1,), classes=2
        )
    gate = model.get_layer("conv2_attention1_mask_gate")
    assert gate.activation.__name__ == expected
    middle = model.get_layer("conv2_attention1_trunk2_2_conv")
    assert middle.groups == (32 if block == "resnext" else 1)


def test_stacked_modules_compute_the_same(rng):
    arguments = {
        "blocks": (1, 2),
        "counts": (1, 1, 1),
        "input_shape": (9, 8, 3),
    }
    flat, stacked = (
        keras_deep.CifarResidualAttentionNet(stack=stack, **arguments)
        for stack in (False, True)
    )
    stacks = [
        layer.blocks
        for layer in stacked.layers
        if isinstance(layer, keras_deep.layers.StackedBlocks)
    ]
    assert stacks == [2, 3]  # Modules of a stage, and units of the end.
    copy_weights(randomised(flat), stacked)
    x = rng.standard_normal((2, 9, 8, 3)).astype("float32")
    np.testing.assert_allclose(stacked(x), flat(x), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    "depth",
    [56, *(pytest.param(n, marks=pytest.mark.proof) for n in LARGER)],
)
def test_depth_counts_the_weighted_layers_along_the_trunk(depth):
    """All convolutions but projections and masks, and the classifier."""
    with zero_start():
        model = keras_deep.CifarResidualAttentionNet(depth, stack=True)
    names = {
        name.rpartition("/")[0]
        for name, _ in keras_deep.named_weights(model)
        if name.endswith("/kernel")
    }
    of_masks = re.compile(r"_attention\d+_(down|up|skip|mask)|_0_conv")
    assert sum(not of_masks.search(name) for name in names) == depth


@pytest.mark.parametrize(
    "builder, arguments, message",
    [
        ("ResidualAttentionNet", {"depth": 236}, r"one of \[56, 92\]"),
        ("CifarResidualAttentionNet", {"depth": 57}, r"92, 128, 164, 236, 452"),
        ("ResidualAttentionNet", {"blocks": (1,) * 4}, "one to three ints"),
        ("ResidualAttentionNet", {"block": "basic"}, '"resnext". Received'),
        ("CifarResidualAttentionNet", {"counts": (1, 2)}, "`counts`.*three"),
        ("CifarResidualAttentionNet", {"counts": (1, 0, 1)}, "positive"),
        ("CifarResidualAttentionNet", {"learning": "non"}, "`learning`.*'non'"),
    ],
)
def test_wrong_arguments_are_refused(builder, arguments, message):
    with pytest.raises(ValueError, match=message):
        keras_deep.create_model(builder, **arguments)


@pytest.mark.proof
@pytest.mark.parametrize("learning", ["residual", "naive"])
def test_learns_photos_better_than_a_linear_classifier(learning, shared):
    keras.utils.set_random_seed(0)
    model = keras_deep.CifarResidualAttentionNet(
        blocks=(1, 1, 1), counts=(1, 1, 1), learning=learning
    )
    ours, linear = errors_after_training(model, shared, batch=16, steps=600)
    print(f"{learning}: {ours:.1f} %, linear classifier {linear:.1f} %")
    assert ours < linear - 5
