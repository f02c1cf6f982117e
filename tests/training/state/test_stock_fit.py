"""With any backend, Keras's own `fit` goes on with any epoch."""

import keras
import numpy as np
import pytest

from keras_deep.training.best_weights import BestWeights
from keras_deep.training.state.checkpointer import Checkpointer
from keras_deep.training.state.checkpoints import Checkpoints
from keras_deep.training.state.options import Every
from keras_deep.training.state.trained import Trained


class Rows(keras.utils.PyDataset):
    """Five batches."""

    def __len__(self):
        return 5

    def __getitem__(self, index):
        rng = np.random.default_rng(index)
        y = rng.integers(0, 3, 8)
        return rng.normal(size=(8, 6)).astype("float32") + y[:, None], y


def build(seed):
    keras.utils.set_random_seed(seed)
    layers = [keras.layers.Dense(8, "relu"), keras.layers.BatchNormalization()]
    layers += [keras.layers.Dropout(0.3), keras.layers.Dense(3, "softmax")]
    model = keras.Sequential([keras.Input((6,)), *layers])
    rate = keras.optimizers.schedules.CosineDecay(0.1, 15)
    optimizer = keras.optimizers.AdamW(rate, use_ema=True)
    loss = "sparse_categorical_crossentropy"
    model.compile(optimizer, loss, metrics=["accuracy"])
    model.optimizer.build(model.trainable_variables)
    return model


def values(model):
    held = [*model.variables, *model.optimizer.variables]
    return [keras.ops.convert_to_numpy(variable) for variable in held]


def fit(model, folder, state, epochs):
    history = keras.callbacks.History()
    early = keras.callbacks.EarlyStopping(
        "loss", min_delta=100, patience=2, restore_best_weights=True
    )
    callbacks = [history, early, BestWeights()]
    checkpoints = Checkpoints(folder)
    checkpointer = Checkpointer(
        Trained(model, callbacks), checkpoints, Every(within=False)
    )
    start, step = checkpointer.resume(state, epochs)
    assert step == 0
    model.fit(
        Rows(),
        validation_data=Rows(),
        epochs=epochs,
        initial_epoch=start,
        shuffle=False,
        verbose=0,
        callbacks=[*callbacks, checkpointer],
    )
    return history, values(model), checkpoints


def test_the_result_is_that_of_one_training(tmp_path):
    whole, arrays, _ = fit(build(1), tmp_path / "whole", None, 4)
    # It stops after the third epoch and has the weights of the first.
    assert whole.epoch == [0, 1, 2]
    _, _, checkpoints = fit(build(1), tmp_path / "part", None, 2)
    state = checkpoints.newest()
    assert state.position == (2, 0)
    found, again, checkpoints = fit(build(2), tmp_path / "part", state, 4)
    assert found.history == whole.history and found.epoch == whole.epoch
    for one, other in zip(arrays, again, strict=True):
        np.testing.assert_array_equal(one, other)
    # The training has ended: nothing is left to do.
    state = checkpoints.newest()
    last, again, _ = fit(build(3), tmp_path / "part", state, 4)
    assert last.history == whole.history
    assert len(again) == len(arrays)


def test_a_state_of_another_model_changes_nothing():
    first = build(1)
    state = Trained(first).capture(1, 0)
    before = build(2)
    layers = [*before.layers[:-1], keras.layers.Dense(4)]
    wider = keras.Sequential([keras.Input((6,)), *layers])
    wider.compile("adam")
    wider.optimizer.build(wider.trainable_variables)
    held = values(wider)
    with pytest.raises(ValueError, match=r"\(8, 4\), where .* \(8, 3\)"):
        Trained(wider).restore(state)
    for one, other in zip(held, values(wider), strict=True):
        np.testing.assert_array_equal(one, other)
