"""A state knows whether it is that of a model, whoever numbered the layers."""

import keras
import numpy as np
import pytest

import keras_deep
from keras_deep.training.state.names import check_same
from keras_deep.training.state.names import named_variables


def compiled(model, optimizer="sgd"):
    model.compile(optimizer, "mse", metrics=["mae"])
    model.optimizer.build(model.trainable_variables)
    return model


def dense(*units, optimizer="sgd"):
    """A network whose layers Keras numbers."""
    layers = [keras.layers.Dense(n) for n in units]
    layers.insert(1, keras.layers.Dropout(0.1))
    return compiled(keras.Sequential([keras.Input((4,)), *layers]), optimizer)


def saved(model):
    return {
        name: keras.ops.convert_to_numpy(v.value)
        for name, v in named_variables(model, False).items()
    }


def test_weights_and_what_an_optimizer_keeps_of_them_have_logical_names():
    model = keras_deep.CifarResNet(20, stack=False)
    found = list(named_variables(compiled(model, "adam"), False))
    assert found[0] == "model:conv1_conv/kernel"
    assert "model:conv2_block3_2_bn/moving_variance" in found
    assert "optimizer:conv2_block3_1_conv/kernel:momentum" in found
    assert "optimizer:conv2_block3_1_conv/kernel:velocity" in found
    assert {"optimizer:iteration", "optimizer:learning_rate"} <= {*found}
    weights = len(model.weights)
    trained = len(model.trainable_weights)
    assert len(found) == weights + 2 * trained + 2


def test_a_stack_of_blocks_is_one_variable_with_the_first_ones_name():
    model = keras_deep.CifarResNet(44, stack=True)
    found = named_variables(compiled(model), False)
    name = "model:conv2_block1_1_conv/kernel (of 7 blocks)"
    assert found[name].shape == (7, 3, 3, 16, 16)
    assert len({id(v) for v in found.values()}) == len(found)
    expected = {id(v) for v in (*model.variables, *model.optimizer.variables)}
    assert {id(v) for v in found.values()} == expected


def test_generators_scales_and_metrics_are_included():
    inner = keras.optimizers.SGD()
    scaled = keras.optimizers.LossScaleOptimizer(inner)
    model = dense(3, 2, optimizer=scaled)
    model.test_on_batch(np.zeros((2, 4)), np.zeros((2, 2)))
    found = list(named_variables(model, True))
    assert "model:seed_generator_state" in found
    assert "optimizer:dynamic_scale" in found
    # The wrapping optimizer has one of its own, which does nothing.
    assert {"optimizer:iteration", "optimizer:iteration#2"} <= {*found}
    assert found[-1] == "metrics:mean_absolute_error/count"


def test_the_same_network_fits_under_other_numbers():
    first, second = dense(3, 2), dense(3, 2)
    names = list(named_variables(first, False))
    others = list(named_variables(second, False))
    assert names != others  # "dense" and "dense_2"
    values = check_same(saved(first), named_variables(second, False), "x")
    np.testing.assert_array_equal(values[0], saved(first)[names[0]])


@pytest.mark.parametrize(
    "other, match",
    [
        ({"units": (3, 5)}, r"\(3, 5\), where .*dense_\d+/kernel.*\(3, 2\)"),
        ({"units": (3, 2, 2)}, r"Received: 'model:dense_\d+/kernel', float32 "),
        (
            {"units": (3, 2), "optimizer": "adam"},
            "kernel:momentum', float32 of shape .4, 3., where the state has "
            "nothing more",
        ),
    ],
)
def test_the_first_difference_is_named(other, match):
    units = other.pop("units")
    model = dense(*units, **other)
    with pytest.raises(ValueError, match=match) as caught:
        check_same(saved(dense(3, 2)), named_variables(model, False), "a.npz")
    assert "in 'a.npz' was taken of" in str(caught.value)


def test_another_type_is_another_model():
    model = dense(3, 2)
    values = {k: v.astype("float64") for k, v in saved(model).items()}
    with pytest.raises(ValueError, match="float32 of.*has .*float64 of"):
        check_same(values, named_variables(model, False), "x")
