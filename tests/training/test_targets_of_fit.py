"""Targets of data of one's own, and weights of classes, in `fit`."""

import dataclasses

import keras
import numpy as np
import pytest

from keras_deep import data as room
from keras_deep.data import Data
from keras_deep.training import Config
from keras_deep.training import fit
from keras_deep.training.targets import class_weights
from keras_deep.training.targets import has_vectors

CONFIG = Config(epochs=2, learning_rate=0.02, schedule="constant", seed=0)
CLASSES = 4
RNG = np.random.default_rng(0)
X = RNG.normal(size=(90, 4, 4, 1)).astype("float32")
# The first class has most of the images.
Y = np.where(RNG.uniform(size=90) < 0.6, 0, RNG.integers(0, CLASSES, 90))
Y = Y.astype("int32")
ONE_HOT = np.eye(CLASSES, dtype="float32")[Y]
SOFT = RNG.dirichlet(np.ones(CLASSES), 90).astype("float32")
MANY = RNG.integers(0, 2, (90, CLASSES)).astype("float32")


class Arrays(keras.utils.PyDataset):
    """Batches of 16, without a shuffle."""

    def __init__(self, *arrays):
        super().__init__()
        self.arrays = arrays

    def __len__(self):
        return -(-len(self.arrays[0]) // 16)

    def __getitem__(self, index):
        rows = slice(16 * index, 16 * index + 16)
        return tuple(array[rows] for array in self.arrays)


def pipeline(*arrays):
    if keras.backend.backend() != "tensorflow":
        return Arrays(*arrays)
    import tensorflow as tf

    return tf.data.Dataset.from_tensor_slices(arrays).batch(16)


def data_of(*arrays, **facts):
    made = pipeline(*arrays)
    return Data(
        name="mine",
        classes=CLASSES,
        class_names=None,
        sizes=dict.fromkeys(("train", "validation", "test"), len(arrays[0])),
        preprocessing={"shape": (4, 4, 1), "mean": [0.0], "std": [1.0]},
        arguments={},
        train_from=lambda epoch, step=0: made if not step else made.skip(step),
        train=made,
        validation=pipeline(*arrays[:2]),
        test=pipeline(*arrays[:2]),
        **facts,
    )


def network(activation="softmax"):
    keras.utils.set_random_seed(1)
    layers = [
        keras.layers.Flatten(),
        keras.layers.Dense(CLASSES, activation),
    ]
    return keras.Sequential([keras.Input((4, 4, 1)), *layers])


def outputs(result):
    return result.model.predict(X, verbose=0).astype("float64")


def same(one, other):
    for key, values in one.history.items():
        np.testing.assert_allclose(other.history[key], values, atol=1e-6)
    for a, b in zip(one.model.get_weights(), other.model.get_weights()):
        np.testing.assert_allclose(b, a, atol=1e-6)


@pytest.mark.parametrize("settings", [{}, {"label_smoothing": 0.1}], ids=str)
def test_one_hot_targets_train_as_ints(settings):
    config = dataclasses.replace(CONFIG, **settings)
    one = fit(network(), data_of(X, Y), config)
    other = fit(network(), data_of(X, ONE_HOT), config)
    same(one, other)
    results = [r.card.training["result"] for r in (one, other)]
    for name in ("test_loss", "test_accuracy"):
        values = [result[name] for result in results]
        assert values[0] == pytest.approx(values[1], abs=1e-6)


@pytest.mark.parametrize("activation", ["softmax", None])
def test_soft_targets_have_a_cross_entropy(activation):
    result = fit(network(activation), data_of(X, SOFT), CONFIG)
    scores = outputs(result)
    if activation is None:
        scores = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    expected = -(SOFT * np.log(scores)).sum(axis=1).mean()
    hits = (SOFT.argmax(axis=1) == scores.argmax(axis=1)).mean()
    measured = result.card.training["result"]
    assert measured["test_loss"] == pytest.approx(expected, rel=1e-5)
    assert measured["test_accuracy"] == pytest.approx(hits)
    losses = result.history["loss"]
    assert losses[1] < losses[0]


def test_an_image_may_have_several_labels():
    result = fit(network("sigmoid"), data_of(X, MANY), CONFIG)
    scores = outputs(result)
    logs = MANY * np.log(scores) + (1 - MANY) * np.log(1 - scores)
    measured = result.card.training["result"]
    assert measured["test_loss"] == pytest.approx(-logs.mean(), rel=1e-5)
    hits = (MANY == (scores > 0.5)).mean()
    assert measured["test_accuracy"] == pytest.approx(hits)


def test_other_targets_are_refused_before_the_training(tmp_path):
    model = network()
    before = [w.copy() for w in model.get_weights()]
    for targets in (SOFT[:, :3], np.zeros((90, 2, 4), "float32")):
        with pytest.raises(ValueError, match="or 4 values.*Trainer"):
            fit(model, data_of(X, targets), CONFIG, tmp_path / "run")
    with pytest.raises(ValueError, match="images and targets.*Trainer"):
        has_vectors(data_of(X), model)
    with pytest.raises(ValueError, match="vectors of 0 and 1 as targets"):
        fit(network("sigmoid"), data_of(X, Y), CONFIG, tmp_path / "run")
    assert not (tmp_path / "run").exists()
    for one, other in zip(before, model.get_weights()):
        np.testing.assert_array_equal(one, other)


def test_classes_are_balanced_as_scikit_learn_does():
    utils = pytest.importorskip("sklearn.utils.class_weight")
    weights = utils.compute_sample_weight("balanced", Y).astype("float32")
    assert weights.min() < 0.6 and weights.max() > 1.5
    config = dataclasses.replace(CONFIG, class_weight="balanced")
    counts = tuple(np.bincount(Y).tolist())
    balanced = fit(network(), data_of(X, Y, counts=counts), config)
    same(fit(network(), data_of(X, Y, weights), CONFIG), balanced)
    vectors = fit(network(), data_of(X, ONE_HOT, counts=counts), config)
    same(balanced, vectors)


def test_balanced_classes_need_their_sizes(tmp_path):
    config = dataclasses.replace(CONFIG, class_weight="balanced")
    with pytest.raises(ValueError, match="with `counts`.*'mine'.*Trainer.fit"):
        fit(network(), data_of(X, Y), config, tmp_path / "run")
    assert not (tmp_path / "run").exists()
    # A class without images has none to weigh.
    data = data_of(X, Y, counts=(30, 0, 10, 20))
    expected = {0: 20 / 30, 2: 2.0, 3: 1.0}
    assert class_weights(config, data) == pytest.approx(expected)


def test_the_sizes_of_classes_are_loaded():
    found = room.load("digits", "numpy", batch_size=64, seed=0)
    labels = np.concatenate([y for _, y in found.train])
    assert found.counts == tuple(np.bincount(labels).tolist())
    assert sum(found.counts) == found.sizes["train"]
