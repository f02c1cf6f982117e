"""ResNeXt is that of the implementations and the paper's first form."""

import keras
import numpy as np
import pytest

import keras_deep
from tests.support.checkpoints import caffe_net_tests
from tests.support.goldens import golden_tests
from tests.support.learning import errors_after_training
from tests.support.numpy_words import convolved
from tests.support.numpy_words import normalised

SMALL = {
    "ResNeXt": {"cardinality": 4},
    "CifarResNeXt": {"cardinality": 2, "base_width": 4},
}
STACKED = SMALL

test_logits_are_those_of_the_implementation = golden_tests(
    {
        "torchvision.resnext50_32x4d": ("ResNeXt50", {}),
        "pytorchcv.resnext29_32x4d_cifar10": (
            "CifarResNeXt",
            {"cardinality": 32, "base_width": 4},
        ),
    }
)
test_outputs_of_a_caffe_net = caffe_net_tests(
    {"soeaver__deploy_resnext50-32x4d": ("ResNeXt50", "softmax")}
)


def test_one_group_is_the_bottleneck_network(rng):
    """Equal weights from one seed, and equal outputs, bit by bit."""
    arguments = {"blocks": (2, 1, 1, 1), "input_shape": (32, 32, 3)}
    keras.utils.set_random_seed(0)
    next50 = keras_deep.ResNeXt(cardinality=1, base_width=64, **arguments)
    keras.utils.set_random_seed(0)
    plain = keras_deep.ResNet(depth=50, **arguments)
    ours, theirs = (
        {n: h.get() for n, h in keras_deep.named_weights(model)}
        for model in (next50, plain)
    )
    assert list(ours) == list(theirs)
    for name, value in theirs.items():
        np.testing.assert_array_equal(ours[name], value)
    x = rng.standard_normal((2, 32, 32, 3)).astype("float32")
    np.testing.assert_array_equal(next50(x), plain(x))


def norm(x, weights, layer, columns=slice(None)):
    """Normalises a part of the channels of a layer."""
    gamma, beta, *moments = (
        weights[f"{layer}_bn/{name}"][columns]
        for name in ("gamma", "beta", "moving_mean", "moving_variance")
    )
    return normalised(x, None, 1e-5, gamma, beta, moments)


def test_block_is_the_sum_of_as_many_paths(rng):
    """Figure 3a of the paper: split, transform, merge, in NumPy."""
    cardinality, width = 3, 4
    model = keras_deep.CifarResNeXt(
        blocks=(2,),
        cardinality=cardinality,
        base_width=width,
        input_shape=(None, None, 3),
    )
    weights = {}
    for name, handle in keras_deep.named_weights(model):
        value = rng.uniform(0.5, 1.5, handle.shape)
        if name.endswith("kernel"):
            value = rng.standard_normal(handle.shape) / 8
        handle.set(value.astype("float32"))
        weights[name] = value.astype("float32")
    block = keras.Model(
        model.get_layer("conv2_block1_out").output,
        model.get_layer("conv2_block2_out").output,
    )
    x = rng.standard_normal((2, 4, 3, 256)).astype("float32")
    one, two, three = (f"conv2_block2_{i}" for i in (1, 2, 3))
    merged = 0
    for path in range(cardinality):
        mine = slice(path * width, (path + 1) * width)
        y = convolved(x, weights[f"{one}_conv/kernel"][..., mine])
        y = np.maximum(norm(y, weights, one, mine), 0)
        kernel = weights[f"{two}_conv/kernel"][..., mine]
        assert kernel.shape == (3, 3, width, width)
        y = convolved(y, kernel, pad=((1, 1), (1, 1)))
        y = np.maximum(norm(y, weights, two, mine), 0)
        merged += convolved(y, weights[f"{three}_conv/kernel"][:, :, mine])
    expected = np.maximum(x + norm(merged, weights, three), 0)
    np.testing.assert_allclose(block(x), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    "name, widths, groups",
    [
        ("ResNeXt101", (128, 256, 512, 1024), 32),
        ("ResNeXt101_64x4d", (256, 512, 1024, 2048), 64),
        ("ResNeXt101_32x8d", (256, 512, 1024, 2048), 32),
        ("ResNeXt29_16x64d", (1024, 2048, 4096), 16),
    ],
)
@pytest.mark.usefixtures("cheap_start")
def test_widths_and_groups_are_those_of_the_paper(name, widths, groups):
    blocks = (1,) * len(widths)
    model = keras_deep.create_model(name, blocks=blocks)
    found = [
        model.get_layer(f"conv{i}_block1_2_conv")
        for i in range(2, 2 + len(widths))
    ]
    assert tuple(layer.filters for layer in found) == widths
    assert {layer.groups for layer in found} == {groups}
    strides = [layer.strides for layer in found]
    assert strides == [(1, 1)] + [(2, 2)] * (len(widths) - 1)


@pytest.mark.parametrize(
    "name, arguments, message",
    [
        ("ResNeXt", {"depth": 34}, r"one of \[50, 101, 152\].*depth=34"),
        ("CifarResNeXt", {"depth": 30}, r"9 \* n \+ 2.*depth=30"),
        ("ResNeXt", {"cardinality": 0}, "`cardinality` to be a pos.*=0"),
        ("CifarResNeXt", {"cardinality": 2.0}, "positive int.*=2.0"),
        ("ResNeXt", {"base_width": True}, "`base_width` to be a pos.*=True"),
        ("SEResNeXt", {"base_width": -4}, "`base_width` to be a pos.*=-4"),
    ],
)
def test_wrong_arguments_are_refused(name, arguments, message):
    with pytest.raises(ValueError, match=message):
        keras_deep.create_model(name, **arguments)


@pytest.mark.proof
def test_learns_more_of_photos_than_a_linear_classifier(shared):
    model = keras_deep.CifarResNeXt(
        blocks=(1, 1, 1), cardinality=8, base_width=4
    )
    ours, linear = errors_after_training(model, shared)
    print(f"ResNeXt {ours:.1f} %, linear {linear:.1f} %")
    assert ours < linear - 5
