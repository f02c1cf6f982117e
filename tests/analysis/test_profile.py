import keras
import pytest
from keras import layers

import keras_deep
from keras_deep.layers import stage
from keras_deep.layers.stacks import nesting


def test_counts_of_a_network_by_hand():
    inputs = keras.Input((8, 8, 3))
    x = layers.Conv2D(4, 3, padding="same", name="conv1_conv")(inputs)
    y = layers.Conv2D(
        4, 3, 2, "same", groups=2, use_bias=False, name="conv2_block1_1_conv"
    )(x)
    z = layers.AveragePooling2D(1, 2, name="conv2_block1_0_pool")(x)
    x = layers.Add(name="conv2_block1_add")([z, y])
    x = layers.DepthwiseConv2D(5, padding="same", name="conv3_conv")(x)
    x = layers.GlobalAveragePooling2D()(x)
    model = keras.Model(inputs, layers.Dense(2)(x))

    found = keras_deep.profile(model, batch_size=2)
    conv1, conv2, conv3, top = found.rows
    assert conv1.multiply_adds == 8 * 8 * 3 * 3 * 3 * 4
    assert conv1.trainable == 3 * 3 * 3 * 4 + 4
    # Every output sees the two channels of its group.
    assert conv2.multiply_adds == 4 * 4 * 3 * 3 * 2 * 4
    assert (conv2.convolutions, conv2.merges, conv2.stride) == (1, 1, 2)
    assert conv3.multiply_adds == 4 * 4 * 5 * 5 * 4
    assert top.multiply_adds == 4 * 2
    assert found.total.trainable == model.count_params()
    # 3, then + 2 * 1, then + 4 * 2.
    fields = [row.receptive_field for row in (conv1, conv2, conv3)]
    assert fields == [3, 5, 13]
    assert found.total.depth == 4
    # Two images, four bytes: 8x8x4 of conv1; 4x4x4 three times in conv2.
    assert conv1.activation_bytes == 2 * 4 * 256
    assert conv2.activation_bytes == 2 * 4 * 3 * 64


@pytest.mark.parametrize(
    "name, depth, convolutions, merges",
    [
        ("ResNet20", 20, 19, 9),
        ("ResNet110", 110, 109, 54),
        ("ResNet164V2", 164, 166, 54),
        ("ResNet50", 50, 53, 16),
        ("ResNet50V2", 50, 53, 16),
        ("PlainNet34", 34, 33, 0),
        ("DenseNet121", 121, 120, 58),
        ("DenseNetBC100_12", 100, 99, 48),
    ],
)
def test_depth_and_merges_are_those_of_the_papers(
    name, depth, convolutions, merges
):
    total = keras_deep.profile(keras_deep.create_model(name)).total
    found = (total.depth, total.convolutions, total.merges)
    assert found == (depth, convolutions, merges)


@pytest.mark.parametrize("name", ["ResNet18", "ResNet50V2", "DenseNet121"])
def test_stage_sides_at_224(name):
    model = keras_deep.create_model(name)
    sides = [x.shape[1] for x in keras_deep.features(model).outputs]
    assert sides == [None] * 4
    assert model.get_layer("conv1_conv").output.shape[1] == 112
    rows = keras_deep.profile(model).rows
    stages = [row for row in rows if row.stage.startswith("conv")]
    assert [row.output_shape[0] for row in stages] == [56, 56, 28, 14, 7]
    assert [row.stride for row in stages] == [4, 4, 8, 16, 32]


def test_nested_models_count_as_flat_ones(monkeypatch):
    def build():
        return keras_deep.CifarResNet(blocks=(4, 3, 3), input_shape=(8, 8, 3))

    flat = keras_deep.profile(build())
    monkeypatch.setattr(stage, "FLAT", 2)
    monkeypatch.setattr(nesting, "SEGMENT", 2)
    assert keras_deep.profile(build()) == flat


def test_precision_halves_the_activations():
    full = keras_deep.profile(keras_deep.ResNet20())
    keras.config.set_dtype_policy("mixed_bfloat16")
    half = keras_deep.profile(keras_deep.ResNet20())
    ratio = full.total.activation_bytes / half.total.activation_bytes
    assert ratio == pytest.approx(2, rel=1e-3)


def test_free_sides_need_a_shape():
    model = keras_deep.ResNet18(input_shape=(None, None, 3))
    with pytest.raises(ValueError, match="Expected a model with fixed sides"):
        keras_deep.profile(model)
    total = keras_deep.profile(model, input_shape=(224, 224, 3)).total
    assert total.multiply_adds == 1814073344


def test_profiles_the_models_of_keras():
    model = keras.applications.ResNet50(weights=None)
    total = keras_deep.profile(model).total
    assert (total.trainable, total.multiply_adds) == (25583592, 3857973248)


def test_recurrent_layers_count_every_step():
    model = keras_deep.IRNN(8, (12, 3), classes=5)
    expected = 12 * 8 * (3 + 8) + 8 * 5
    assert keras_deep.profile(model).total.multiply_adds == expected


def test_a_profile_is_a_table_to_look_at():
    found = keras_deep.profile(keras_deep.CifarResNet(8))
    text, page = str(found), found._repr_html_()
    assert text.splitlines()[0].split()[:3] == ["stage", "output", "weights"]
    for table in (text, page):
        assert "conv4" in table and f"{found.total.trainable:,}" in table
    assert page.startswith("<table>") and "<td>8 x 8 x 64</td>" in page
