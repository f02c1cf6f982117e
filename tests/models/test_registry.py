import pytest

import keras_deep
from keras_deep.models import registry
from keras_deep.models.image_model import image_model


def test_lists_by_pattern_family_and_data_set():
    assert keras_deep.list_models("ResNet?0") == ["ResNet20", "ResNet50"]
    assert keras_deep.list_models(family="PlainNet", dataset="imagenet") == [
        "PlainNet",
        "PlainNet18",
        "PlainNet34",
    ]
    assert "DenseNet121" in keras_deep.list_models(dataset="imagenet")
    assert "DenseNetBC" in keras_deep.list_models(dataset="cifar10")
    assert keras_deep.list_models("nothing*") == []


def test_unknown_filters_are_errors():
    with pytest.raises(ValueError, match="`family`.*Did you mean 'ResNet'"):
        keras_deep.list_models(family="Resnet")
    with pytest.raises(ValueError, match="`dataset`.*'cifar10'"):
        keras_deep.list_models(dataset="cifar")


def test_unknown_model_has_near_misses():
    with pytest.raises(ValueError, match="'resnet50'.*Did you mean .*ResNet50"):
        keras_deep.create_model("resnet50")


def test_duplicate_names_are_refused():
    with pytest.raises(ValueError, match="ResNet18.*models.resnet.*already"):
        registry.variant(keras_deep.ResNet, "ResNet18", depth=18)

    def PlainNet(inputs):
        """Builds nothing."""

    with pytest.raises(ValueError, match="models.plain"):
        image_model(family="PlainNet", dataset="imagenet")(PlainNet)


def test_variant_refuses_unknown_defaults_and_registers_nothing():
    with pytest.raises(TypeError, match="Did you mean 'depth'"):
        registry.variant(keras_deep.ResNet, "ResNet7", dept=7)
    assert "ResNet7" not in keras_deep.list_models()


def test_variant_lets_its_defaults_be_overridden():
    model = keras_deep.ResNet50V2(
        blocks=(1, 1, 1, 1), input_shape=(32, 32, 3), classes=7, name="mine"
    )
    assert model.name == "mine"
    assert keras_deep.card(model).arguments == {
        "depth": 50,
        "version": 2,
        "shortcut": "B",
        "block": None,
        "blocks": [1, 1, 1, 1],
        "stack": "auto",
        "input_shape": [32, 32, 3],
        "classes": 7,
        "name": "mine",
    }


def test_variant_documents_its_own_defaults():
    assert "`ResNet(depth=50, version=2)`" in keras_deep.ResNet50V2.__doc__
    assert '`"timm"`, `"keras"`' in keras_deep.ResNet50V2.__doc__
    assert "(224, 224, 3)" in keras_deep.DenseNet121.__doc__
    assert "(32, 32, 3)" in keras_deep.DenseNetBC.__doc__
