"""Steps of optimizers on weights, by themselves and stacked."""

import keras
import numpy as np

import keras_deep
from keras_deep.layers.stacks.slices import mark_stacked
from tests.support import stacks


def variable(value, name="kernel"):
    """Returns a variable that is one weight."""
    return keras.Variable(np.asarray(value, "float32"), name=name)


def stacked(values, name="kernel"):
    """Returns a variable that holds a weight of several blocks."""
    found = variable(np.stack(values), f"block_1.{name}")
    mark_stacked(found, [f"block{i}_1/{name}" for i in range(len(values))])
    return found


def apply(optimizer, variables, gradients):
    """Takes a step as training does; returns the values after it."""
    tensors = [keras.ops.convert_to_tensor(x, "float32") for x in gradients]
    if not optimizer.built:
        optimizer.build(variables)
    if keras.backend.backend() == "tensorflow":
        optimizer.apply(tensors, variables)
    else:
        held = variables, optimizer.variables
        weights, states = ([x.value for x in group] for group in held)
        found = optimizer.stateless_apply(states, tensors, weights)
        for group, values in zip(held, found):
            for one, value in zip(group, values):
                one.assign(value)
    return [keras.ops.convert_to_numpy(x) for x in variables]


def decay(optimizer, model):
    """Takes a step without a gradient."""
    variables = model.trainable_variables
    apply(optimizer, variables, [np.zeros(x.shape) for x in variables])


def dense():
    """Returns a network of two layers of Keras's."""
    inputs = keras.Input((4,))
    x = keras.layers.Dense(5, "tanh", name="first")(inputs)
    x = keras.layers.Dense(stacks.CLASSES, name="last")(x)
    return keras.Model(inputs, x)


def assert_trains_as(ours, theirs, tolerance, steps=5):
    """Compares weights and states after training with either optimizer."""
    models = [dense(), dense()]
    models[1].set_weights(models[0].get_weights())
    for model, optimizer in zip(models, (ours, theirs)):
        stacks.compiled(model, optimizer)
        stacks.train(model, steps)
    stacks.assert_equal_weights(*models, tolerance)
    for one, other in zip(ours.variables, theirs.variables, strict=True):
        assert one.name == other.name
        stacks.assert_equal(one, other, tolerance, other.name)


def highway(stack=True):
    """Returns a small network of vectors with biases, in stacks or not."""
    return keras_deep.HighwayMLP(
        depth=5,
        units=6,
        input_shape=(2, 2, 1),
        classes=stacks.CLASSES,
        classifier_activation=None,
        stack=stack,
    )


def pair(build=highway):
    """Returns a stacked network and the flat one of equal weights."""
    model = stacks.randomised(build(), np.random.default_rng(0))
    return model, keras_deep.unstacked(model)


def moved(model, before):
    """Returns the names of the weights that are other than before."""
    after = stacks.values(model)
    return {name for name in after if (after[name] != before[name]).any()}
