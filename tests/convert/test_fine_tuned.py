"""Backbones of keras.applications with heads of their owners."""

import keras
import numpy as np
import pytest
from keras import layers

import keras_deep
from keras_deep import convert

SMALL = {
    "blocks": (1, 1, 1, 1),
    "convention": "keras",  # The names and shapes of keras.applications.
    "input_shape": (32, 32, 3),
}


@pytest.fixture(scope="module")
def backbone():
    model = keras_deep.ResNet(**SMALL, include_top=False)
    rng = np.random.default_rng(0)
    model.set_weights([rng.uniform(1, 2, w.shape) for w in model.get_weights()])
    return model


def flat(base):
    x = layers.GlobalAveragePooling2D()(base.output)
    x = layers.Dense(8, "relu")(x)
    x = layers.BatchNormalization()(x)
    return keras.Model(base.input, layers.Dense(7, name="my_classes")(x))


def nested(base):
    inputs = keras.Input((32, 32, 3))
    x = layers.Normalization()(inputs)
    x = base(layers.RandomFlip()(x), training=False)
    x = layers.Conv2D(4, 1)(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(7, name="predictions")(x))


def sequential(base):
    parts = [layers.Rescaling(1 / 255), base, layers.Flatten()]
    head = keras.Sequential([layers.Dense(8), layers.Dense(7)], name="head")
    return keras.Sequential([keras.Input((32, 32, 3)), *parts, head])


HEADS = {
    flat: ["dense", "batch_normalization", "my_classes"],
    nested: ["normalization", "conv2d"],
    sequential: ["dense", "dense_1"],
}


@pytest.mark.filterwarnings("ignore:You are saving your model as an HDF5")
@pytest.mark.parametrize("head", HEADS, ids=lambda f: f.__name__)
def test_the_backbone_loads_from_every_format(head, backbone, tmp_path):
    keras.utils.clear_session(free_memory=False)
    model = head(backbone)
    model.compile("sgd", "mse")
    model.save(tmp_path / "a.keras")
    model.save_weights(tmp_path / "a.weights.h5")
    model.save(tmp_path / "a.h5")
    expected = backbone.get_weights()
    ours = keras_deep.ResNet(**SMALL, include_top=False)
    for path in sorted(tmp_path.iterdir()):
        ours.set_weights([0 * w for w in expected])
        report = convert.load_keras(ours, path)
        for a, b in zip(ours.get_weights(), expected, strict=True):
            np.testing.assert_array_equal(a, b)
        told = " ".join(report.notes)
        assert "left out, as no layer of the network is like it" in told
        for name in HEADS[head]:
            assert name in told, path
        if head is nested:
            assert "the classifier was left out" in told


def test_with_a_top_of_ours_the_head_is_told_and_the_top_anew(
    backbone, tmp_path
):
    flat(backbone).save(tmp_path / "a.keras")
    model = keras_deep.ResNet(**SMALL, classes=5, weights=tmp_path / "a.keras")
    assert model.output_shape == (None, 5)
    kernel = backbone.get_layer("conv1_conv").get_weights()[0]
    ours = model.get_layer("conv1_conv").get_weights()[0]
    np.testing.assert_array_equal(ours, kernel)


def test_what_stands_inside_is_no_head(backbone):
    """Layers of the body with other numbers are of another network."""
    arrays = {n: h.get() for n, h in keras_deep.named_weights(backbone)}
    deeper = {
        name.replace("block1", "block2"): value
        for name, value in arrays.items()
        if name.startswith("conv3_block1_1")
    }
    ours = keras_deep.ResNet(**SMALL, include_top=False)
    with pytest.raises(ValueError, match="unexpected conv3_block2_1_conv"):
        convert.load_keras(ours, {**arrays, **deeper})
    del arrays["conv3_block1_1_conv/kernel"]
    extra = {"dense/kernel": np.ones((3, 3))}
    with pytest.raises(ValueError) as error:
        convert.load_keras(ours, {**arrays, **extra})
    assert "missing conv3_block1_1_conv/kernel" in str(error.value)
    assert "unexpected dense/kernel" in str(error.value)


def test_a_file_of_ours_with_a_head(backbone, tmp_path):
    """The card, which the head's model shares, says whose it is."""
    keras_deep.save(flat(backbone), tmp_path / "a.keras")
    model = keras_deep.ResNet(
        **SMALL, include_top=False, weights=tmp_path / "a.keras"
    )
    assert keras_deep.card(model).weights["origin"] == "keras_deep"
    for a, b in zip(model.get_weights(), backbone.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
