"""VGG is that of the implementations, with weights."""

import keras
import numpy as np
import pytest

import keras_deep
from keras_deep import convert
from tests.support.goldens import golden_tests

# The first dense layer of the paper has a weight for each pixel.
SMALL = {"VGG": {"blocks": (1, 1, 1, 1, 1), "convention": "paper"}}
SIDES = {"VGG": (16, 8, 4, 2, 1)}

test_logits_are_those_of_the_implementation = golden_tests(
    {"torchvision.vgg16": ("VGG16", {"input_shape": (224, 224, 3)})},
)


def test_keras_applications_give_the_same(rng):
    theirs = keras.applications.VGG16(
        weights=None, input_shape=(64, 32, 3), classes=5
    )
    arrays = {}
    for layer in theirs.layers:
        for variable in layer.weights:
            value = rng.standard_normal(variable.shape) * 0.05
            variable.assign(value)
            name = variable.path.rpartition(f"{layer.name}/")[2]
            arrays[f"{layer.name}/{name}"] = np.array(variable)
    ours = convert.from_keras(arrays, "VGG16", input_shape=(64, 32, 3))
    assert keras_deep.card(ours).convention == "keras"
    x = rng.standard_normal((2, 64, 32, 3)).astype("float32")
    np.testing.assert_allclose(ours(x), theirs(x), rtol=1e-4, atol=1e-6)


@pytest.mark.usefixtures("cheap_start")
def test_other_sides_are_averaged_to_those_of_the_dense_layers():
    model = keras_deep.VGG(
        blocks=(1, 1, 1, 1, 1), input_shape=(320, 320, 3), classes=5
    )
    assert model.get_layer("fc1").kernel.shape == (7 * 7 * 512, 4096)
    features = np.arange(10.0).reshape(1, 10, 1, 1) * np.ones((1, 10, 10, 512))
    pooled = model.get_layer("pool5_adaptive")(features.astype("float32"))
    # PyTorch's windows: from floor(i * 10 / 7) to ceil((i + 1) * 10 / 7).
    starts = np.arange(7) * 10 // 7
    ends = -(-(np.arange(7) + 1) * 10 // 7)
    expected = [np.mean(range(a, b)) for a, b in zip(starts, ends)]
    np.testing.assert_allclose(pooled[0, :, 0, 0], expected, rtol=1e-6)


@pytest.mark.usefixtures("cheap_start")
def test_the_paper_flattens_what_there_is():
    model = keras_deep.VGG(
        blocks=(1, 1, 1, 1, 1),
        input_shape=(64, 32, 3),
        convention="paper",
        classes=5,
    )
    assert model.get_layer("fc1").kernel.shape == (2 * 1 * 512, 4096)


@pytest.mark.usefixtures("cheap_start")
def test_free_sides_are_refused_with_the_top_only():
    with pytest.raises(ValueError, match="include_top=False` takes free"):
        keras_deep.VGG16(input_shape=(None, None, 3))
    model = keras_deep.VGG16(input_shape=(None, None, 3), include_top=False)
    assert model.output_shape == (None, None, None, 512)


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"depth": 11}, r"one of \[16, 19\]"),
        ({"blocks": (1, 2)}, "five positive ints"),
    ],
)
def test_wrong_arguments_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        keras_deep.VGG(**arguments)
