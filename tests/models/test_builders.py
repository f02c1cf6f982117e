"""How functions become registered builders, of any kind and with any top."""

import functools

import keras
import numpy as np
import pytest
from keras import layers

import keras_deep
from keras_deep.layers.conv import Convention
from keras_deep.layers.conv import batch_norm
from keras_deep.layers.conv import conv2d
from keras_deep.layers.conv import relu
from keras_deep.models import registry
from keras_deep.models.image_model import image_model
from keras_deep.models.model import model as sequence_model
from keras_deep.models.published import network_of
from keras_deep.models.top import classifier
from keras_deep.models.top import pooled


@pytest.fixture
def own_registry(monkeypatch):
    """Lets a test register models, which are gone afterwards."""
    keras_deep.list_models()  # Registers all families.
    monkeypatch.setattr(registry, "_ENTRIES", dict(registry._ENTRIES))


def ToySequence(units=3, width=4, depth=2, shortcut=None):
    """Builds a toy.

    Reference:
    - [Nothing](https://example.org/nothing) (2026)

    Args:
        units: int.
        width: int.
        depth: int.
        shortcut: string.
    """
    inputs = keras.Input((None, width))
    x = inputs
    for i in range(depth):
        x = batch_norm(layers.Dense(units, name=f"dense{i}")(x), f"norm{i}")
    return keras.Model(inputs, x)


@pytest.fixture
def toy(own_registry):
    conventions = {
        "paper": Convention(epsilon=0.25),
        "other": Convention(epsilon=0.5),
    }
    decorate = sequence_model("sequence", "Toy", "words", conventions)
    return decorate(ToySequence)


def test_builder_of_another_kind_names_its_model_and_gives_a_card(toy):
    built = toy(3)
    assert built.name == "toysequence" and built.output_shape == (None, None, 3)
    card = keras_deep.card(built)
    assert (card.builder, card.convention) == ("ToySequence", "paper")
    assert card.arguments == {
        "units": 3,
        "width": 4,
        "depth": 2,
        "shortcut": None,
    }
    named = toy(3, depth=1, name="mine")
    assert named.name == "mine" and keras_deep.card(named).arguments == {
        "units": 3,
        "width": 4,
        "depth": 1,
        "shortcut": None,
        "name": "mine",
    }
    assert keras_deep.create_model("ToySequence", units=5).output_shape[-1] == 5


def test_convention_is_in_force_while_a_model_is_built(toy):
    assert toy(3).get_layer("norm0_bn").epsilon == 0.25
    outside = batch_norm(keras.Input((3,)), "a")
    assert outside._keras_history.operation.epsilon == 1e-5


def test_builder_of_another_kind_refuses_what_it_does_not_know(toy):
    with pytest.raises(TypeError, match="Did you mean 'width'"):
        toy(3, widht=4)
    with pytest.raises(TypeError, match="Expected the arguments.*classes=3"):
        toy(3, classes=3)
    with pytest.raises(TypeError):
        toy(3, 4, 2, None, "a name, which is given by keyword")


def test_models_are_listed_by_kind(toy):
    assert keras_deep.list_models(kind="sequence") == ["ToySequence"]
    assert "ToySequence" not in keras_deep.list_models(kind="image")
    assert keras_deep.list_models(family="Toy", dataset="words") == [
        "ToySequence"
    ]
    with pytest.raises(ValueError, match="`kind`.*Did you mean 'sequence'"):
        keras_deep.list_models(kind="sequences")


def test_docstring_of_another_kind_has_its_parts(toy):
    lines = toy.__doc__.splitlines()
    assert lines[0] == "Builds a toy."
    assert lines.index("Args:") < lines.index("Args of every model:")
    assert "    name: string, the name of the model." in lines
    assert "every image model" not in toy.__doc__
    assert toy.__name__ == "ToySequence"


def test_variant_of_a_variant_has_the_arguments_of_both(toy):
    wide = registry.variant(toy, "ToyWide", width=9)
    deep = registry.variant(wide, "ToyWideDeep", depth=3)
    entry = registry.entry_of("ToyWideDeep")
    assert entry.arguments == {"width": 9, "depth": 3}
    assert (entry.builder, entry.kind) == ("ToySequence", "sequence")
    assert "`ToySequence(width=9, depth=3)`" in deep.__doc__
    built = deep(2)
    assert built.name == "toywidedeep" and built.input_shape[-1] == 9
    assert len([x for x in built.layers if "dense" in x.name]) == 3
    assert keras_deep.card(built).builder == "ToySequence"
    assert deep(2, width=5).input_shape[-1] == 5
    assert wide(2).name == "toywide" and wide(2).input_shape[-1] == 9
    listed = keras_deep.list_models(kind="sequence")
    assert listed == ["ToySequence", "ToyWide", "ToyWideDeep"]
    with pytest.raises(ValueError, match="ToyWide.*registered already"):
        registry.variant(toy, "ToyWide", width=1)


def test_conventions_and_data_set_may_follow_from_arguments(own_registry):
    def ToyByArgument(size="small"):
        """Builds a toy."""
        return keras.Model(*2 * [keras.Input((3,))])

    toy = sequence_model(
        "sequence",
        "Toy",
        lambda a: f"{a['size']} words",
        lambda a: {f"{a['size']} paper": Convention()},
    )(ToyByArgument)
    big = registry.variant(toy, "ToyBig", size="big")
    assert registry.entry_of("ToyByArgument").dataset == "small words"
    assert registry.entry_of("ToyBig").dataset == "big words"
    assert keras_deep.card(big()).convention == "big paper"
    assert keras_deep.card(big(size="small")).convention == "small paper"


def test_network_of_the_papers_needs_no_argument_block(toy):
    name, own = network_of("ToySequence", {"units": 3, "name": "a"})
    assert name == "ToySequence"
    assert own["shortcut"] == "A" and "block" not in own
    assert "name" not in own
    given = network_of("ToySequence", {"units": 3, "shortcut": "B"})
    assert given[1]["shortcut"] == "B"


def test_network_of_the_papers_projects_in_front_of_bottlenecks():
    for block, shortcut in (("basic", "A"), ("bottleneck", "B")):
        _, own = network_of("CifarResNet", {"block": block})
        assert own["shortcut"] == shortcut


def _toy_image(own_top, name="ToyImage"):
    def ToyImage(inputs, width=8):
        """Builds a toy.

        Args:
            width: int.
        """
        return relu(conv2d(inputs, width, name="conv1"), "conv1")

    ToyImage.__name__ = name
    return image_model("Toy", "cifar10", top=own_top)(ToyImage)


def _two_dense(x, top):
    x = layers.Flatten(name="flat")(x)
    x = layers.Dense(top.arguments["width"], name="fc1")(x)
    return top.predictions(layers.ReLU(name="fc1_relu")(x), "zeros")


def _fixed(x, top):
    """A projection on the corners of a cube, which nothing trains."""
    return layers.Dense(
        top.classes,
        top.activation,
        use_bias=False,
        kernel_initializer="orthogonal",
        trainable=False,
        name="predictions",
    )(pooled(x, "avg"))


SMALL = {"classes": 5, "input_shape": (8, 8, 3)}


def test_top_may_drop_features(own_registry, rng):
    toy = _toy_image(functools.partial(classifier, dropout_rate=0.3))
    built = toy(**SMALL)
    assert built.get_layer("predictions_drop").rate == 0.3
    x = rng.standard_normal((4, 8, 8, 3)).astype("float32")
    pooled_features = toy(**SMALL, include_top=False, pooling="avg")
    assert not [x for x in pooled_features.layers if "drop" in x.name]
    assert np.abs(np.array(built(x, training=True) - built(x))).max() > 1e-4
    plain = _toy_image(classifier, "ToyPlain")(**SMALL)
    assert not [x for x in plain.layers if "drop" in x.name]


def test_top_may_have_several_dense_layers(own_registry, rng):
    toy = _toy_image(_two_dense)
    built = toy(width=6, **SMALL)
    assert built.get_layer("fc1").units == 6
    x = rng.standard_normal((4, 8, 8, 3)).astype("float32")
    np.testing.assert_allclose(built(x), np.full((4, 5), 0.2), rtol=1e-6)
    logits = toy(width=6, classifier_activation=None, **SMALL)
    np.testing.assert_array_equal(logits(x), np.zeros((4, 5)))
    features = keras.Model(built.input, built.get_layer("features").output)
    assert features.output_shape == (None, 8, 8, 6)
    headless = toy(width=6, include_top=False, **SMALL)
    assert headless.output_shape == (None, 8, 8, 6)
    assert not [x for x in headless.layers if "fc1" in x.name]


def test_several_dense_layers_end_in_float32(own_registry):
    keras.config.set_dtype_policy("mixed_bfloat16")
    built = _toy_image(_two_dense)(**SMALL)
    assert built.get_layer("fc1").compute_dtype == "bfloat16"
    assert built.output.dtype == "float32"


def test_top_may_be_a_fixed_projection(own_registry, rng, tmp_path):
    toy = _toy_image(_fixed)
    built = toy(**SMALL)
    handles = dict(keras_deep.named_weights(built))
    assert not handles["predictions/kernel"].trainable
    assert handles["conv1_conv/kernel"].trainable
    before = {name: handle.get() for name, handle in handles.items()}
    built.compile("sgd", "sparse_categorical_crossentropy")
    x = rng.standard_normal((4, 8, 8, 3)).astype("float32")
    assert np.isfinite(built.train_on_batch(x, np.arange(4)))
    after = {name: handle.get() for name, handle in handles.items()}
    changed = {name for name in before if (before[name] != after[name]).any()}
    assert changed == {"conv1_conv/kernel"}
    keras_deep.save(built, tmp_path / "a.keras")
    loaded = keras_deep.load(tmp_path / "a.keras")
    assert not loaded.get_layer("predictions").trainable
    np.testing.assert_array_equal(loaded(x), built(x))
    again = toy(**SMALL, weights=tmp_path / "a.keras")
    np.testing.assert_array_equal(again(x), built(x))
    other = toy(**{**SMALL, "classes": 3}, weights=tmp_path / "a.keras")
    np.testing.assert_array_equal(
        other.get_layer("conv1_conv").kernel, after["conv1_conv/kernel"]
    )
    kernel = keras.ops.convert_to_numpy(other.get_layer("predictions").kernel)
    np.testing.assert_allclose(kernel.T @ kernel, np.eye(3), atol=1e-5)
