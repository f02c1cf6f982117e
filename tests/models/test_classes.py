"""What users of keras.applications expect beside the networks."""

import keras
import numpy as np
import pytest

import keras_deep
from keras_deep.models.classes import class_names
from keras_deep.models.classes import imagenet_classes

SMALL = {"blocks": (1, 1, 1, 1), "input_shape": (32, 32, 3)}


def test_imagenet_has_the_classes_of_keras_applications():
    names = imagenet_classes()
    assert len(names) == len(set(dict(names))) == 1000
    assert [*dict(names)] == sorted(dict(names))
    # From the documentation of keras.applications and of the challenge.
    assert names[0] == ("n01440764", "tench")
    assert names[282] == ("n02123159", "tiger_cat")
    assert names[386] == ("n02504458", "African_elephant")
    assert names[999] == ("n15075141", "toilet_tissue")


def test_imagenet_networks_name_their_classes():
    model = keras_deep.ResNet18(**SMALL)
    scores = np.zeros((2, 1000))
    scores[0, [386, 101]] = 0.9, 0.05
    scores[1, 282] = 1
    first, second = keras_deep.decode_predictions(scores, model, top=2)
    assert first == [
        ("n02504458", "African_elephant", 0.9),
        ("n01871265", "tusker", 0.05),
    ]
    assert second[0] == ("n02123159", "tiger_cat", 1.0)
    assert keras_deep.decode_predictions(scores, top=2) == [first, second]


def test_names_of_the_card_come_first():
    model = keras_deep.CifarResNet(8, classes=3)
    assert class_names(model) is None
    keras_deep.card(model).class_names = ["cat", "dog", "owl"]
    ((best,),) = keras_deep.decode_predictions([[0.1, 0.7, 0.2]], model, 1)
    assert best == ("1", "dog", 0.7)
    keras_deep.card(model).class_names = ["cat", "dog"]
    with pytest.raises(ValueError, match="names of 3 classes. Received: 2"):
        keras_deep.decode_predictions([[0.1, 0.7, 0.2]], model)


def test_classes_without_names_are_said():
    model = keras_deep.ResNet18(classes=3, **SMALL)
    with pytest.raises(ValueError, match="names of 3 classes. Received: none"):
        keras_deep.decode_predictions(np.zeros((1, 3)), model)
    with pytest.raises(ValueError, match=r"\(batch, classes\).*\(3,\)"):
        keras_deep.decode_predictions(np.zeros(3))


def test_inputs_are_normalised_as_the_card_says(rng):
    model = keras_deep.CifarResNet(8)
    keras_deep.card(model).preprocessing = {
        "shape": [32, 32, 3],
        "range": [0, 255],
        "mean": [1.0, 2.0, 3.0],
        "std": [2.0, 4.0, 5.0],
        "order": "BGR",
    }
    x = rng.integers(0, 256, (2, 32, 32, 3))
    expected = (x[..., ::-1] - np.array([1, 2, 3])) / np.array([2, 4, 5])
    found = keras_deep.preprocess_input(x, model)
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_a_fresh_model_says_what_its_published_weights_expect():
    model = keras_deep.ResNet50(**SMALL)
    with pytest.raises(ValueError) as error:
        keras_deep.preprocessing_for(model)
    assert "random weights" in str(error.value)
    # ImageNet's means, times 255.
    assert "123.675" in str(error.value)
    assert "model.save" not in str(error.value)
    bare = keras.Model(inputs := keras.Input((4,)), inputs)
    with pytest.raises(ValueError, match="without a card"):
        keras_deep.preprocessing_for(bare)


def test_another_network_is_not_called_by_the_variants_name():
    assert keras_deep.ResNet50(depth=101, **SMALL).name == "resnet"
    assert keras_deep.ResNet50(depth=50, **SMALL).name == "resnet50"
    assert keras_deep.ResNet50(depth=18, name="mine", **SMALL).name == "mine"
    card = keras_deep.card(keras_deep.ResNet50(depth=101, **SMALL))
    assert "name" not in card.arguments
