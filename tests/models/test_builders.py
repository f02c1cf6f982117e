"""How functions become registered builders, of any kind and with any top."""

import keras
import pytest
from keras import layers

import keras_deep
from keras_deep.layers.conv import batch_norm
from keras_deep.layers.conventions import Convention
from keras_deep.models import registry
from keras_deep.models.model import model as sequence_model
from keras_deep.models.published import network_of
from tests.support import contract
from tests.support.small import facts
from tests.support.small import small_arguments
from tests.support.small import small_model


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
    outputs = layers.Identity(dtype="float32", name="outputs")(x)
    return keras.Model(inputs, outputs)


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
    assert keras_deep.list_models("Toy*", kind="sequence") == ["ToySequence"]
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
    listed = keras_deep.list_models("Toy*", kind="sequence")
    assert listed == ["ToySequence", "ToyWide", "ToyWideDeep"]
    with pytest.raises(ValueError, match="ToyWide.*registered already"):
        registry.variant(toy, "ToyWide", width=1)


def test_contract_holds_for_another_kind(toy, tmp_path, monkeypatch):
    """It asks for nothing that only image models have."""
    with pytest.raises(AssertionError, match="SMALL = {'ToySequence': ...}"):
        small_arguments("ToySequence")
    monkeypatch.setitem(facts().small, "ToySequence", {"depth": 1})
    assert small_arguments("ToySequence") == {"depth": 1}
    assert small_model("ToySequence").get_layer("norm0_bn") is not None
    contract.check_signature("ToySequence")
    contract.check_near_misses("ToySequence")
    contract.check_trains_and_saves("ToySequence", tmp_path)
    contract.check_half_precision("ToySequence")
    contract.check_jit("ToySequence")
    contract.check_predicts_in_a_graph("ToySequence")
    with pytest.raises(AssertionError):  # It says nothing of outputs.
        contract.check_docstring("ToySequence")


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
