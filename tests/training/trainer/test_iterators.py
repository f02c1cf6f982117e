"""Data whose iterators bring their own state, and data that have none."""

import json

import keras
import numpy as np
import pytest

from keras_deep.training import Trainer
from keras_deep.training.state.checkpointer import Checkpointer
from keras_deep.training.state.checkpoints import Checkpoints
from keras_deep.training.state.options import Every
from keras_deep.training.state.trained import Trained
from tests.support.backends import only_tensorflow

tf = pytest.importorskip("tensorflow")
pytestmark = [only_tensorflow("a loop of TensorFlow")]
LENGTH = 5


class Iterator:
    """Yields batches in an order that only its state tells."""

    def __init__(self, source):
        self.source = source
        self.rng = np.random.default_rng(source.seed)
        self.left = LENGTH

    def __iter__(self):
        return self

    def __next__(self):
        if not self.left:
            raise StopIteration
        self.left -= 1
        y = self.rng.integers(0, 3, 4 if self.left else 3)
        noise = self.rng.normal(size=(len(y), 6))
        self.source.reads.append((self.source.seed, LENGTH - self.left))
        return (noise + y[:, None]).astype("float32"), y

    def get_state(self):
        state = self.rng.bit_generator.state
        # As bytes, which some iterators of Grain have as a state.
        return {"rng": json.dumps(state).encode(), "left": self.left}

    def set_state(self, state):
        self.rng.bit_generator.state = json.loads(state["rng"])
        self.left = state["left"]


class Source:
    """Counts what is read."""

    def __init__(self, seed=0, reads=None):
        self.seed = seed
        self.reads = [] if reads is None else reads

    def __iter__(self):
        return Iterator(self)

    def of_epoch(self, epoch):
        return Source(epoch, self.reads)


def build():
    keras.utils.set_random_seed(1)
    layers = [keras.layers.Dense(8, "relu"), keras.layers.Dropout(0.3)]
    model = keras.Sequential(
        [keras.Input((6,)), *layers, keras.layers.Dense(3, "softmax")]
    )
    optimizer = keras.optimizers.SGD(0.1, momentum=0.9)
    loss = "sparse_categorical_crossentropy"
    model.compile(optimizer, loss, metrics=["accuracy"])
    return model


class Fail(keras.callbacks.Callback):
    """Fails after so many steps, or at a validation."""

    def __init__(self, steps):
        super().__init__()
        self.left = steps

    def get_state(self):
        return {}

    def set_state(self, state):
        """Has none."""

    def on_train_batch_end(self, batch, logs=None):
        self.left -= 1
        if not self.left:
            raise RuntimeError("failed")


def train(data, folder, fail=None, epochs=3, accumulate=1, **options):
    """Trains as a user would who saves states; goes on with the newest."""
    trainer = Trainer(build(), accumulate_steps=accumulate)
    history = keras.callbacks.History()
    parts = {"trainer": trainer}
    values = trainer.read, trainer.write
    trained = Trained(trainer.model, [history], parts, *values)
    checkpoints = Checkpoints(folder)
    saver = Checkpointer(trained, checkpoints, Every(steps=1))
    start = saver.resume(checkpoints.newest(), epochs)
    callbacks = [history, saver, *([Fail(fail)] if fail else [])]
    trainer.fit(data, epochs, callbacks=callbacks, start=start, **options)
    return history.history, trainer.model.get_weights()


def same(one, other):
    assert one[0] == other[0]
    for expected, found in zip(one[1], other[1], strict=True):
        np.testing.assert_array_equal(found, expected)


# What is given as data, arguments of `fit`, and steps of an epoch.
WAYS = {
    "passes": (lambda source: source, {}, 5),
    "endless": (lambda source: source, {"steps_per_epoch": 4}, 4),
    "of an epoch": (lambda source: source.of_epoch, {}, 5),
    "short epochs": (lambda source: source.of_epoch, {"steps_per_epoch": 3}, 3),
}


@pytest.mark.parametrize("way", WAYS)
def test_the_state_is_stored_and_restored(tmp_path, way, capsys):
    given, options, steps = WAYS[way]
    options = {**options, "accumulate": 2} if way == "endless" else options
    whole = train(given(Source()), tmp_path / "whole", **options)
    assert len(whole[0]["loss"]) == 3
    # Within the first epoch, at the end of the second, and in the third.
    for number, fail in enumerate((2, steps, 2 * steps, 2 * steps + 1)):
        folder = tmp_path / str(number)
        with pytest.raises(RuntimeError, match="failed"):
            train(given(Source()), folder, fail, **options)
        assert "goes on" not in capsys.readouterr().out
        later = Source()
        same(whole, train(given(later), folder, **options))
        assert "goes on" in capsys.readouterr().out
        # Nothing before the step is read again.
        left = 3 * steps - fail
        ahead = 3 * LENGTH if "steps_per_epoch" in options else 0
        assert left <= len(later.reads) <= left + ahead


def test_only_what_is_left_is_read(tmp_path):
    with pytest.raises(RuntimeError, match="failed"):
        train(Source().of_epoch, tmp_path, fail=LENGTH + 2)
    later = Source()
    train(later.of_epoch, tmp_path)
    # The third batch of the second epoch is the next one.
    rest = [(epoch, n) for epoch in (1, 2) for n in range(1, LENGTH + 1)]
    assert later.reads == rest[2:]


def test_two_epochs_are_as_those_of_a_dataset():
    source, arrays = Source(), [list(Iterator(Source(n))) for n in (0, 1)]

    def dataset(epoch):
        spec = (tf.TensorSpec((None, 6)), tf.TensorSpec((None,), tf.int64))
        return tf.data.Dataset.from_generator(
            lambda: iter(arrays[epoch]), output_signature=spec
        )

    models = build(), build()
    histories = [
        Trainer(model).fit(data, 2, class_weight={1: 2.0}).history
        for model, data in zip(models, (source.of_epoch, dataset))
    ]
    assert histories[0] == histories[1]
    for one, other in zip(*(model.get_weights() for model in models)):
        np.testing.assert_array_equal(one, other)


def test_they_validate_and_predict():
    model = build()
    trainer = Trainer(model)
    batches = list(Iterator(Source()))
    expected = model.evaluate(
        *map(np.concatenate, zip(*batches)), 4, 0, return_dict=True
    )
    assert trainer.evaluate(Source()) == pytest.approx(expected, abs=1e-6)
    assert trainer.predict(Source()).shape == (19, 3)


def test_other_objects_are_refused():
    for data in ([1, 2], np.zeros((4, 6)), "name", lambda epoch: [1]):
        with pytest.raises(TypeError, match="iterators have `get_state`"):
            Trainer(build()).fit(data)


def dataset():
    x, y = map(np.concatenate, zip(*Iterator(Source())))
    return tf.data.Dataset.from_tensor_slices((x, y)).batch(4)


def test_a_dataset_by_itself_is_warned_of(tmp_path):
    words = "`tf.data.Dataset`.*its shuffled order and its random numbers"
    with pytest.warns(UserWarning, match=words):
        train(dataset(), tmp_path / "a", epochs=1)
    with pytest.warns(UserWarning, match=words):
        Trainer(build()).fit(dataset(), 2, start=(1, 0))
    # Neither of these.
    Trainer(build()).fit(dataset())
    train(lambda epoch: dataset(), tmp_path / "b", epochs=1)
