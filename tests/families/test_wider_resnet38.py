"""ResNet-38 is that of its paper, in NumPy."""

import keras
import numpy as np
import pytest

import keras_deep
from keras_deep.models.weights import copy_weights
from tests.support.learning import errors_after_training
from tests.support.numpy_network import NumpyLayers
from tests.support.numpy_network import max_pooled
from tests.support.numpy_network import randomised
from tests.support.numpy_network import relu
from tests.support.starts import zero_start

SMALL = {"WiderResNet38": {"width": 1 / 16, "blocks": (1,) * 6}}
STACKED = {"WiderResNet38": {"width": 1 / 16, "blocks": (1, 1, 3, 1, 1, 1)}}
SIDES = {"WiderResNet38": (16, 8, 4, 2, 1, 1)}


def small(**arguments):
    """Builds a thin network with random weights."""
    given = {"width": 1 / 32, "blocks": (1, 2, 1, 1, 1, 1), "classes": 3}
    model = keras_deep.WiderResNet38(
        classifier_activation=None, **{**given, **arguments}
    )
    return randomised(model, scale=0.2)


class Oracle(NumpyLayers):
    """The network, written from the paper's figure 3 and table 1."""

    def block(self, x, name, convolutions, stride=1):
        """Applies BN-ReLU-conv several times; the first may have a stride."""
        y, shortcut = x, x
        for i in range(1, convolutions + 1):
            before = "preact" if i == 1 else i - 1
            y = relu(self.norm(y, f"{name}_{before}"))
            if i == 1 and f"{name}_0_conv/kernel" in self.weights:
                shortcut = self.conv(y, f"{name}_0", stride)
            y = self.conv(y, f"{name}_{i}", stride if i == 1 else 1)
        return shortcut + y

    def __call__(self, x, pooled, before, blocks):
        x = self.conv(x, "conv1")
        for level, count in zip(range(2, 8), blocks):
            halves = level < 7
            if halves and level - 2 < pooled:
                x, halves = max_pooled(x, before), False
            for number in range(1, count + 1):
                stride = 2 if halves and number == 1 else 1
                name = f"conv{level}_block{number}"
                x = self.block(x, name, 3 if level > 5 else 2, stride)
        return self.top(relu(self.norm(x, "post")))


@pytest.mark.parametrize(
    "variant, pooled, convention, epsilon",
    [
        ("A", 5, "paper", 1.001e-5),
        ("A1", 0, "paper", 1.001e-5),
        ("A2", 2, "mapillary", 1e-5),
    ],
)
def test_outputs_are_those_of_numpy(rng, variant, pooled, convention, epsilon):
    shape = (37, 46, 3)
    model = small(variant=variant, convention=convention, input_shape=shape)
    x = rng.standard_normal((2, *shape))
    before = int(convention == "mapillary")
    oracle = Oracle(model, epsilon)
    expected = oracle(x, pooled, before, (1, 2, 1, 1, 1, 1))
    np.testing.assert_allclose(
        model(x.astype("float32")),
        expected,
        rtol=0,
        atol=1e-5 * np.abs(expected).max(),
    )


@pytest.mark.parametrize("variant", ["A", "A1", "A2"])
def test_stages_have_the_sides_and_channels_of_the_paper(variant):
    with zero_start():
        model = keras_deep.WiderResNet38(variant, width=1 / 16)
    shapes = [
        model.get_layer(f"conv{i}_end").output.shape[2:] for i in range(2, 8)
    ]
    assert [(side, 16 * channels) for side, channels in shapes] == [
        (112, 128),
        (56, 256),
        (28, 512),
        (14, 1024),
        (7, 2048),
        (7, 4096),
    ]
    # The layers of its name: convolutions but projections, and the classifier.
    weighted = [
        x.name
        for x in model.layers
        if isinstance(x, (keras.layers.Conv2D, keras.layers.Dense))
    ]
    assert sum("_0_conv" not in name for name in weighted) == 38
    pools = [x for x in model.layers if x.name.endswith("_0_stride")]
    assert len(pools) == {"A": 5, "A1": 0, "A2": 2}[variant]


def test_dropout_stands_before_the_last_convolutions():
    model = small(dropout_rates=(0.3, 0.5), input_shape=(32, 32, 3))
    drops = [x for x in model.layers if isinstance(x, keras.layers.Dropout)]
    assert {x.name: x.rate for x in drops} == {
        "conv6_block1_3_drop": 0.3,
        "conv7_block1_3_drop": 0.5,
    }


def test_stacked_blocks_compute_the_same(rng):
    arguments = {"blocks": (1, 1, 3, 1, 1, 1), "input_shape": (33, 32, 3)}
    flat, stacked = (
        small(stack=False, **arguments),
        small(stack=True, **arguments),
    )
    assert any(
        isinstance(layer, keras_deep.layers.StackedBlocks)
        for layer in stacked.layers
    )
    copy_weights(flat, stacked)
    x = rng.standard_normal((2, 33, 32, 3)).astype("float32")
    np.testing.assert_allclose(stacked(x), flat(x), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"variant": "B"}, r"\['A', 'A1', 'A2'\]. Received: variant='B'"),
        ({"width": 0.01}, "`width` to be 1/64 or more"),
        ({"blocks": (3, 3, 6, 3)}, "`blocks` to be six ints"),
        ({"dropout_rates": (0.5,)}, "`dropout_rates` to be two"),
        ({"input_shape": (31, 64, 3)}, "at least 32"),
    ],
)
def test_wrong_arguments_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        keras_deep.WiderResNet38(**arguments)


@pytest.mark.proof
def test_learns_photos_better_than_a_linear_classifier(shared):
    keras.utils.set_random_seed(0)
    model = keras_deep.WiderResNet38(
        "A",
        width=1 / 8,
        blocks=(1, 1, 1, 1, 1, 1),
        classes=10,
        input_shape=(64, 64, 3),
    )
    ours, linear = errors_after_training(model, shared, batch=16, steps=600)
    print(f"{ours:.1f} %, linear classifier {linear:.1f} %")
    assert ours < linear - 5
