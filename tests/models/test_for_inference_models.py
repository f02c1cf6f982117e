"""`for_inference` of the registry's networks, flat and stacked."""

import keras
import numpy as np
import pytest

import keras_deep
from keras_deep.layers.names import flat_layers
from keras_deep.layers.stacks.chain import BlockChain
from keras_deep.layers.stacks.shared import SharedBlocks
from keras_deep.models.registry import arguments_of
from keras_deep.models.registry import entry_of
from tests.support import stacks
from tests.support.small import batch
from tests.support.small import networks
from tests.support.small import small_arguments
from tests.support.small import stacked_arguments


def _build(name, arguments):
    given = arguments(name)
    if "classifier_activation" in arguments_of(name, {}):
        given["classifier_activation"] = None  # A softmax hides differences.
    return keras_deep.create_model(name, **given)


def _norms(model):
    """Counts batch normalisation, in the templates of stacks too."""
    found = [
        layer
        for one in flat_layers(model)
        for layer in (
            flat_layers(one.get_template())
            if isinstance(one, BlockChain)
            else [one]
        )
    ]
    kind = keras.layers.BatchNormalization
    return sum(isinstance(layer, kind) for layer in found)


def _checked(name, arguments):
    model = _build(name, arguments)
    stacks.randomised(model, np.random.default_rng(1))
    fast = keras_deep.for_inference(model)
    x, _ = batch(name, model)
    ours, theirs = (keras.tree.flatten(one(x)) for one in (fast, model))
    for found, expected in zip(ours, theirs, strict=True):
        assert np.abs(expected).max() > 1e-3
        stacks.assert_equal(found, expected, 1e-5)
    assert keras_deep.card(fast) == keras_deep.card(model)
    return model, fast


def _marked(names, quick):
    return [
        name if name in quick else pytest.param(name, marks=pytest.mark.proof)
        for name in names
    ]


def _first_of_families():
    found = {}
    for name in networks():
        found.setdefault(entry_of(name).family, name)
    return set(found.values())


@pytest.mark.parametrize("name", _marked(networks(), _first_of_families()))
def test_network_computes_the_same(name):
    _checked(name, small_arguments)


# Of these no normalisation remains: they normalise after convolutions only.
@pytest.mark.parametrize("name", ["ResNet", "CifarSEResNet", "RoR"])
def test_no_normalisation_remains(name):
    model, fast = _checked(name, small_arguments)
    assert _norms(model) > 6 and _norms(fast) == 0


STACKED = networks(stacked_arguments, needs=("stack",))


@pytest.mark.parametrize(
    "name",
    _marked(STACKED, ("CifarResNet", "StochasticDepthResNet", "SwapoutResNet")),
)
def test_stacked_network_computes_the_same(name, tmp_path):
    model, fast = _checked(name, stacked_arguments)
    before, after = (
        [type(x) for x in flat_layers(one) if isinstance(x, BlockChain)]
        for one in (model, fast)
    )
    assert before and after == before
    if SharedBlocks not in before and _norms(model):
        assert _norms(fast) < _norms(model)
    keras_deep.save(fast, tmp_path / "fast.keras")
    loaded = keras_deep.load(tmp_path / "fast.keras")
    x, _ = batch(name, model)
    np.testing.assert_array_equal(loaded(x), fast(x))
    flat = keras_deep.unstacked(fast)
    stacks.assert_equal(flat(x), fast(x), 1e-5)


def test_every_block_of_a_stack_has_weights_of_its_own(rng):
    model = stacks.randomised(stacks.network("v1", blocks=3), rng)
    fast = keras_deep.for_inference(model)
    x, _ = stacks.data(model)
    stacks.assert_equal(fast(x), model(x), 1e-5)
    expected = keras_deep.for_inference(keras_deep.unstacked(model))
    stacks.assert_equal_weights(fast, expected, 1e-6)
    assert not fast.trainable_variables
    again = keras_deep.for_inference(fast)
    stacks.assert_equal_weights(again, fast, 0)
