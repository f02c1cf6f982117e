"""An ensemble gives the mean of the probabilities of its members."""

import keras
import numpy as np
import pytest

import keras_deep
from tests.support.stacks import randomised

SMALL = {"input_shape": (8, 8, 3), "blocks": (2, 2, 2)}


@pytest.fixture
def members(rng):
    """A flat, a stacked and a model of logits, two of them of one name."""
    models = [
        keras_deep.CifarResNet(**SMALL),
        keras_deep.CifarResNet(stack=True, **SMALL),
        keras_deep.WideResNet(width=1, classifier_activation=None, **SMALL),
    ]
    return [randomised(model, rng) for model in models]


def softmax(x):
    x = np.exp(x - x.max(-1, keepdims=True))
    return x / x.sum(-1, keepdims=True)


def test_mean_of_probabilities_also_from_a_file(members, tmp_path, rng):
    x = rng.standard_normal((4, 8, 8, 3)).astype("float32")
    outputs = [keras.ops.convert_to_numpy(model(x)) for model in members]
    expected = (outputs[0] + outputs[1] + softmax(outputs[2])) / 3
    found = keras_deep.ensemble(members)
    np.testing.assert_allclose(found(x), expected, rtol=1e-5, atol=1e-7)
    keras_deep.save(found, tmp_path / "mean.keras")
    loaded = keras_deep.load(tmp_path / "mean.keras")
    np.testing.assert_array_equal(loaded(x), found(x))
    assert keras_deep.card(loaded) == keras_deep.card(found)


def test_members_are_copies_with_names_of_their_own(members, rng):
    found = keras_deep.ensemble(members)
    names = [name for name, _ in keras_deep.named_weights(found)]
    assert len(set(names)) == len(names)
    assert "cifarresnet_2_conv2_block1_1_conv/kernel" in names
    expected = sum(len(list(keras_deep.named_weights(m))) for m in members)
    assert len(names) == expected
    x = rng.standard_normal((1, 8, 8, 3)).astype("float32")
    before = keras.ops.convert_to_numpy(members[0](x))
    found.compile("sgd", "sparse_categorical_crossentropy")
    found.train_on_batch(x, np.array([1]))
    np.testing.assert_array_equal(members[0](x), before)
    flat = keras_deep.unstacked(found)
    np.testing.assert_allclose(flat(x), found(x), rtol=1e-4, atol=1e-6)


def test_card_is_what_members_agree_on(members):
    facts = {"mean": [1.0, 2.0, 3.0]}
    data = {"data": {"name": "cifar10"}, "config": {}}
    for model in members:
        found = keras_deep.card(model)
        found.preprocessing, found.training = facts, data
    found = keras_deep.card(keras_deep.ensemble(members))
    assert found.preprocessing == facts
    assert found.training == {"data": {"name": "cifar10"}}
    builders = [one["builder"] for one in found.arguments["members"]]
    assert builders == ["CifarResNet", "CifarResNet", "WideResNet"]


def test_a_sigmoid_of_one_class(rng):
    models = [keras_deep.CifarResNet(classes=1, **SMALL) for _ in range(2)]
    x = rng.standard_normal((2, 8, 8, 3)).astype("float32")
    expected = (np.array(models[0](x)) + np.array(models[1](x))) / 2
    found = keras_deep.ensemble(models)
    np.testing.assert_allclose(found(x), expected, rtol=1e-5)


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"classes": 3}, "the same classes"),
        ({"input_shape": (16, 8, 3)}, "the same images"),
        ({"classifier_activation": "sigmoid"}, "outputs that are"),
    ],
)
def test_models_that_differ_are_refused(arguments, message):
    one = keras_deep.CifarResNet(**SMALL)
    other = keras_deep.CifarResNet(**{**SMALL, **arguments})
    with pytest.raises(ValueError, match=message):
        keras_deep.ensemble([one, other])
    keras_deep.card(one).preprocessing = {"mean": [0.0]}
    with pytest.raises(ValueError, match="`preprocessing` on the card"):
        keras_deep.ensemble([one, keras_deep.CifarResNet(**SMALL)])
    with pytest.raises(ValueError, match="two or more"):
        keras_deep.ensemble([one])
