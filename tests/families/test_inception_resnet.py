"""Inception-ResNet is that of the implementations, with weights."""

import keras
import numpy as np
import pytest

import keras_deep
from keras_deep import convert
from tests.convert.weights import close
from tests.support.goldens import golden_tests
from tests.support.learning import errors_after_training
from tests.support.starts import zero_start

SMALL = {
    name: {"input_shape": (75, 75, 3), "blocks": (1, 1, 1)}
    for name in ("InceptionResNetV1", "InceptionResNetV2")
}
STACKED = {
    name: {"input_shape": (75, 75, 3), "blocks": (3, 3, 4)}
    for name in ("InceptionResNetV1", "InceptionResNetV2")
}
SIDES = {name: (15, 7, 3, 1) for name in SMALL}

test_logits_are_those_of_the_implementation = golden_tests(
    {
        "timm.inception_resnet_v2": ("InceptionResNetV2", {}),
        "pytorchcv.inceptionresnetv1": ("InceptionResNetV1", {}),
    }
)


@pytest.mark.proof
def test_keras_applications_give_the_same(tmp_path, rng):
    theirs = keras.applications.InceptionResNetV2(
        weights=None, input_shape=(139, 139, 3), classes=12
    )
    for variable in theirs.variables:
        if len(variable.shape) == 1:
            variable.assign(rng.uniform(0.5, 1.5, variable.shape))
    x = rng.standard_normal((2, 139, 139, 3)).astype("float32")
    expected = np.array(theirs(x))
    assert expected.std() > 1e-3
    given = {"input_shape": (139, 139, 3), "classes": 12}
    for file, save in (
        ("a.keras", theirs.save),
        ("a.weights.h5", theirs.save_weights),
    ):
        save(tmp_path / file)
        with zero_start():
            ours = convert.from_keras(
                tmp_path / file, "InceptionResNetV2", **given
            )
        assert keras_deep.card(ours).convention == "keras"
        assert close(np.array(ours(x)), expected) < 1e-5


@pytest.mark.parametrize(
    "name, channels, features",
    [
        ("InceptionResNetV1", (192, 256, 896, 1792), 1792),
        ("InceptionResNetV2", (192, 320, 1088, 2080), 1536),
    ],
)
@pytest.mark.usefixtures("cheap_start")
def test_stages_have_the_sides_of_the_paper(name, channels, features):
    model = keras_deep.create_model(name, blocks=(1, 1, 1), include_top=False)
    shapes = [
        model.get_layer(f"conv{i}_end").output.shape[1:] for i in (2, 3, 4, 5)
    ]
    sides = (71, 35, 17, 8)
    assert shapes == [(s, s, c) for s, c in zip(sides, channels)]
    assert model.output_shape == (None, 8, 8, features)


@pytest.mark.usefixtures("cheap_start")
def test_all_blocks_but_the_last_scale_and_activate():
    model = keras_deep.InceptionResNetV2(
        blocks=(2, 1, 3), input_shape=(75, 75, 3)
    )
    scales = {
        layer.name: layer.scale
        for layer in model.layers
        if isinstance(layer, keras.layers.Rescaling)
    }
    assert scales == {
        "conv3_block2_scaled": 0.17,
        "conv3_block3_scaled": 0.17,
        "conv4_block2_scaled": 0.1,
        "conv5_block2_scaled": 0.2,
        "conv5_block3_scaled": 0.2,
    }
    (after,) = model.get_layer("conv5_block4_add")._outbound_nodes
    assert after.operation.name == "conv5_end"
    (after,) = model.get_layer("conv5_block3_add")._outbound_nodes
    assert after.operation.name == "conv5_block3_relu"
    # Only the convolutions behind the branches have a bias.
    biased = {
        layer.name
        for layer in model.layers
        if isinstance(layer, keras.layers.Conv2D) and layer.use_bias
    }
    assert len(biased) == 6
    assert all(name.endswith("_residual_conv") for name in biased)


def test_weights_load_without_the_embedding(tmp_path, caplog):
    small = SMALL["InceptionResNetV1"]
    whole = keras_deep.InceptionResNetV1(**small, classes=3)
    assert whole.get_layer("fc1").output.shape == (None, 512)
    keras_deep.save(whole, tmp_path / "a.keras")
    backbone = keras_deep.InceptionResNetV1(
        **small, include_top=False, weights=tmp_path / "a.keras"
    )
    assert "the classifier was left out" in caplog.text
    x = np.ones((1, 75, 75, 3), "float32")
    features = keras.Model(whole.input, whole.get_layer("features").output)
    np.testing.assert_array_equal(backbone(x), features(x))
    other = keras_deep.InceptionResNetV1(
        **small, classes=4, weights=tmp_path / "a.keras"
    )
    np.testing.assert_array_equal(
        other.get_layer("fc1").get_weights()[0],
        whole.get_layer("fc1").get_weights()[0],
    )


def test_wrong_arguments_are_refused():
    with pytest.raises(ValueError, match=r"three ints.*blocks=\(1, 1\)"):
        keras_deep.InceptionResNetV1(blocks=(1, 1))
    with pytest.raises(ValueError, match="positive ints"):
        keras_deep.InceptionResNetV2(blocks=(1, 0, 1))
    with pytest.raises(ValueError, match="of at least 75"):
        keras_deep.InceptionResNetV2(input_shape=(64, 64, 3))


@pytest.mark.proof
@pytest.mark.parametrize("name", SMALL)
def test_learns_more_of_photos_than_a_linear_classifier(name, shared):
    model = keras_deep.create_model(name, **SMALL[name], classes=10)
    ours, linear = errors_after_training(model, shared, batch=16)
    print(f"{name} {ours:.1f} %, linear {linear:.1f} %")
    assert ours < linear - 5
