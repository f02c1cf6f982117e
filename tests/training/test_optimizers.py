"""What is checked and prepared of an optimizer before a training."""

import keras
import numpy as np
import pytest

import keras_deep
from keras_deep.optimizers import LAMB
from keras_deep.optimizers import LARS
from keras_deep.optimizers import SGD
from keras_deep.optimizers import AdamW
from keras_deep.training.optimizers import check_optimizer
from keras_deep.training.optimizers import spare_small
from keras_deep.training.optimizers import with_scaled_loss
from tests.support import optimizers
from tests.support import stacks


def test_norms_of_variables_are_only_taken_per_block():
    stacked, flat = optimizers.pair()
    clipping = keras.optimizers.SGD(clipnorm=1.0)
    for optimizer, way_out in [
        (clipping, "per_block` clips every block.*stack=False"),
        (keras.optimizers.LossScaleOptimizer(clipping), "clipnorm=1.0"),
        (LAMB(clipnorm=1.0), "clipnorm=1.0"),
        (keras.optimizers.Lamb(), "optimizers.LAMB` takes.*stack=False"),
    ]:
        with pytest.raises(ValueError, match=way_out):
            check_optimizer(stacked, optimizer)
        check_optimizer(stacked, optimizer, per_block=True)
        check_optimizer(flat, optimizer)
    for optimizer in (LAMB(), LARS(), AdamW(), SGD(global_clipnorm=1.0)):
        check_optimizer(stacked, optimizer)


@pytest.mark.parametrize("per_block", [False, True])
@pytest.mark.parametrize("name", ["Adafactor", "Muon"])
def test_what_mixes_entries_is_always_refused(name, per_block):
    stacked, flat = optimizers.pair()
    optimizer = getattr(keras.optimizers, name)(0.1)
    with pytest.raises(ValueError, match=f"{name}.*stack=False"):
        check_optimizer(stacked, optimizer, per_block=per_block)
    check_optimizer(flat, optimizer)


def resnet(stack):
    return keras_deep.CifarResNet(
        blocks=(3,), input_shape=(8, 8, 3), stack=stack
    )


def densenet():
    return keras_deep.DenseNetBC(
        blocks=(2, 1), growth_rate=4, input_shape=(8, 8, 3)
    )


def normalised():
    """Kinds of normalisation, one of them in time and one around a kernel."""
    inputs = keras.Input((4, 3))
    x = keras.layers.LayerNormalization()(inputs)
    x = keras.layers.Dense(4)(x)
    x = keras.layers.GroupNormalization(2)(x)
    x = keras.layers.RMSNormalization()(x)
    x = keras.layers.TimeDistributed(keras.layers.BatchNormalization())(x)
    x = keras.layers.SpectralNormalization(keras.layers.Dense(3))(x)
    return keras.Model(inputs, keras.layers.Flatten()(x))


NETWORKS = {
    "resnet": lambda: resnet(False),
    "stacked resnet": lambda: resnet(True),
    "densenet": densenet,
    "highway": lambda: optimizers.highway(False),
    "stacked highway": optimizers.highway,
    "normalised": normalised,
}
DECAYING = {
    "ours": lambda: SGD(0.5, momentum=0.9, weight_decay=0.1),
    "AdamW": lambda: AdamW(0.5, weight_decay=0.1),
    "Keras's": lambda: keras.optimizers.SGD(0.5, weight_decay=0.1),
    "scaled": lambda: keras.optimizers.LossScaleOptimizer(
        SGD(0.5, momentum=0.9, weight_decay=0.1)
    ),
}
CASES = [
    *((name, "ours") for name in NETWORKS),
    *(("stacked highway", kind) for kind in ("AdamW", "Keras's", "scaled")),
]


@pytest.mark.parametrize("name, kind", CASES)
def test_exactly_the_kernels_decay(rng, name, kind):
    model = stacks.randomised(NETWORKS[name](), rng)
    assert bool(stacks.stacks_in(model)) == name.startswith("stacked")
    optimizer, before = DECAYING[kind](), stacks.values(model)
    spare_small(optimizer, model)
    optimizers.decay(optimizer, model)
    kernels = {x for x in before if x.endswith("/kernel")}
    assert kernels and optimizers.moved(model, before) == kernels
    after = stacks.values(model)
    for one in kernels:
        np.testing.assert_allclose(after[one], 0.95 * before[one], rtol=1e-5)


def test_what_was_excluded_before_remains_so():
    model = optimizers.highway()
    optimizer = SGD(0.5, weight_decay=0.1)
    gates = [x for x in model.trainable_variables if "gate.kernel" in x.name]
    optimizer.exclude_from_weight_decay(var_list=gates)
    spare_small(optimizer, model)
    stacks.randomised(model, np.random.default_rng(0))
    before = stacks.values(model)
    optimizers.decay(optimizer, model)
    kernels = {x for x in before if x.endswith("/kernel")}
    expected = {x for x in kernels if "gate" not in x}
    assert gates and optimizers.moved(model, before) == expected != kernels


@pytest.mark.parametrize("stack", [True, False])
@pytest.mark.parametrize("policy", ["float32", "mixed_float16"])
def test_averages_of_weights_are_those_of_the_formula(stack, policy):
    keras.config.set_dtype_policy(policy)
    model = stacks.network("v1", stack, blocks=3)
    optimizer = SGD(0.1, momentum=0.9, use_ema=True, ema_momentum=0.75)
    stacks.compiled(model, with_scaled_loss(model, optimizer))
    assert (model.optimizer is optimizer) == (policy == "float32")
    expected = {}
    for _ in range(3):
        stacks.train(model, 1)
        for name, value in stacks.values(model).items():
            old = expected.get(name, value)
            expected[name] = 0.75 * old + 0.25 * value
    trained = {
        name for name, h in keras_deep.named_weights(model) if h.trainable
    }
    model.optimizer.finalize_variable_values(model.trainable_variables)
    for name, value in stacks.values(model).items():
        if name in trained:
            stacks.assert_equal(value, expected[name], 1e-6, name)


def test_averages_of_both_forms_are_equal():
    models = optimizers.pair()
    for model in models:
        stacks.compiled(model, AdamW(0.05, use_ema=True, ema_momentum=0.5))
        stacks.train(model, 3)
        model.optimizer.finalize_variable_values(model.trainable_variables)
    stacks.assert_equal_weights(*models, 1e-5)
