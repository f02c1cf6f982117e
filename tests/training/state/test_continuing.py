"""A training that goes on from any step ends as one that was never stopped."""

import random
import signal

import keras
import numpy as np
import pytest

from keras_deep.optimizers import SGD
from keras_deep.training.best_weights import BestWeights
from keras_deep.training.callbacks import StepTimer
from keras_deep.training.callbacks import interruptible
from keras_deep.training.first_statistics import FirstStatistics
from keras_deep.training.guard import Guard
from keras_deep.training.history import HistoryFile
from keras_deep.training.state.checkpointer import Checkpointer
from keras_deep.training.state.checkpoints import Checkpoints
from keras_deep.training.state.options import Every
from keras_deep.training.state.trained import Trained
from keras_deep.utils.errors import Terminated
from tests.support.backends import only_tensorflow
from tests.support.loop import Loop

pytest.importorskip("tensorflow")
pytestmark = [
    pytest.mark.tensorflow,
    only_tensorflow("a loop of TensorFlow"),
]
stock = keras.callbacks


class Draws(stock.Callback):
    """A user's own callback, with numbers of the global generators."""

    def __init__(self):
        super().__init__()
        self.drawn = []

    def on_train_batch_end(self, batch, logs=None):
        local = keras.ops.convert_to_numpy(keras.random.normal(()))
        self.drawn += [random.random(), np.random.normal(), float(local)]

    def get_state(self):
        return {"drawn": self.drawn}

    def set_state(self, state):
        self.drawn = state["drawn"]


class Accumulator:
    """A part of a loop, such as gradients that are not applied yet."""

    def __init__(self):
        self.array = np.zeros(3)

    def get_state(self):
        return {"array": self.array}

    def set_state(self, state):
        self.array = state["array"]


def averaged():
    return SGD(0.1, momentum=0.9, use_ema=True, ema_momentum=0.8)


def decayed():
    rate = keras.optimizers.schedules.CosineDecay(0.1, 10)
    return keras.optimizers.AdamW(rate, weight_decay=0.01)


def scaled():
    inner = keras.optimizers.SGD(0.05, momentum=0.9, use_ema=True)
    # The scale doubles after every third step.
    return keras.optimizers.LossScaleOptimizer(inner, dynamic_growth_steps=3)


def halving():
    return [
        stock.SwapEMAWeights(swap_on_epoch=True),
        stock.LearningRateScheduler(lambda epoch, rate: rate / 2),
    ]


def early():
    # The second epoch is no better, so the weights of the first come back.
    options = {"patience": 1, "restore_best_weights": True}
    return [stock.EarlyStopping("loss", min_delta=100, **options)]


def plateau():
    # Without `swap_on_epoch` averages are what is validated only.
    options = {"factor": 0.5, "patience": 1}
    return [
        stock.SwapEMAWeights(),
        stock.ReduceLROnPlateau("loss", min_delta=100, **options),
    ]


# Optimizer, precision, callbacks of the user and epochs.
RECIPES = {
    "averages, rate by epoch": (averaged, "float32", halving, 2),
    "schedule, early stopping": (decayed, "float32", early, 3),
    "loss scale, plateau": (scaled, "mixed_float16", plateau, 2),
}


def build(optimizer, precision, seed):
    keras.utils.set_random_seed(seed)
    keras.config.set_dtype_policy(precision)
    layers = [
        *(keras.layers.Dense(8, "relu"), keras.layers.BatchNormalization()),
        *(keras.layers.Dropout(0.3), keras.layers.Dense(3)),
    ]
    model = keras.Sequential([keras.Input((6,)), *layers])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    accuracy = keras.metrics.SparseCategoricalAccuracy(name="accuracy")
    model.compile(optimizer(), loss, metrics=[accuracy])
    return Loop(model)


class Run:
    """One training with all callbacks, written to a folder."""

    def __init__(self, loop, folder, recipe, every=None, stop=None):
        self.loop, self.folder = loop, folder
        *_, users, self.epochs = recipe
        self.history, self.draws = stock.History(), Draws()
        best = BestWeights(folder / "best.keras")
        table = HistoryFile(folder / "history.csv")
        self.guard, self.accumulator = Guard(), Accumulator()
        own = [StepTimer(), FirstStatistics(), self.guard, *users()]
        self.callbacks = [*own, self.draws, self.history, table, best]
        parts = {"sums": self.accumulator}
        trained = Trained(loop.model, self.callbacks, parts)
        self.checkpoints = Checkpoints(folder / "checkpoints", keep=100)
        self.stop = stop
        self.checkpointer = Checkpointer(
            trained, self.checkpoints, every, stop=stop
        )

    def fit(self, state=None):
        start = self.checkpointer.resume(state, self.epochs)
        # The checkpointer stands behind all that changes.
        later = [self.checkpointer, *([self.stop] if self.stop else [])]
        callbacks = [*self.callbacks, _Sum(self), *later]
        self.loop.fit(self.epochs, callbacks, start)
        return self

    def facts(self):
        """Returns all that is to be equal at the end."""
        model = self.loop.model
        variables = [*model.variables, *model.optimizer.variables]
        arrays = [keras.ops.convert_to_numpy(v) for v in variables]
        table = (self.folder / "history.csv").read_text()
        drawn = (random.random(), np.random.normal(), *self.draws.drawn)
        best = keras.models.load_model(self.folder / "best.keras")
        arrays += [*best.get_weights(), self.accumulator.array]
        place = (self.guard.place, self.history.epoch)
        return arrays, (self.history.history, table, drawn, place)


class _Sum(stock.Callback):
    def __init__(self, run):
        super().__init__()
        self.run = run

    def on_train_batch_end(self, batch, logs=None):
        self.run.accumulator.array = self.run.accumulator.array + logs["loss"]


def scramble(loop):
    """Sets all variables to something else, as a new process has it."""
    rng = np.random.default_rng(1)
    model = loop.model
    for held in (*model.variables, *model.optimizer.variables):
        value = keras.ops.convert_to_numpy(held)
        noise = rng.integers(1, 9, value.shape)
        held.assign((value + noise).astype(value.dtype))
    keras.utils.set_random_seed(5)


@pytest.fixture
def deterministic():
    import tensorflow as tf

    tf.config.experimental.enable_op_determinism()


def same(run, expected, place):
    (arrays, others), (found, same) = expected, run.facts()
    assert same == others, place
    for one, again in zip(arrays, found, strict=True):
        np.testing.assert_array_equal(one, again, str(place))


@pytest.mark.parametrize("name", RECIPES)
def test_every_step_goes_on_bit_for_bit(tmp_path, deterministic, name):
    recipe = RECIPES[name]
    loop = build(*recipe[:2], seed=1)
    whole = Run(loop, tmp_path / "whole", recipe, Every(steps=1)).fit()
    expected = whole.facts()
    other = build(*recipe[:2], seed=2)
    states = sorted((tmp_path / "whole" / "checkpoints").glob("*.npz"))
    # Ten steps and two ends of epochs.
    assert len(states) == 12
    for number, path in enumerate(states):
        scramble(other)
        run = Run(other, tmp_path / str(number), recipe)
        copy_state(path, run.checkpoints.folder)
        same(run.fit(run.checkpoints.newest()), expected, path)


class Ask(stock.Callback):
    """Asks for a stop in the validation, as SIGTERM does."""

    def __init__(self, stop):
        super().__init__()
        self.stop = stop

    def on_test_batch_begin(self, batch, logs=None):
        if batch == 1:
            self.stop.signal = signal.SIGTERM


def test_a_stop_in_the_validation_goes_on_bit_for_bit(tmp_path, deterministic):
    recipe = RECIPES["loss scale, plateau"]
    loop = build(*recipe[:2], seed=1)
    expected = Run(loop, tmp_path / "whole", recipe).fit().facts()
    # As the first one was begun.
    again = build(*recipe[:2], seed=1)
    with interruptible() as stop:
        stopped = Run(again, tmp_path, recipe, stop=stop)
        stopped.callbacks.append(Ask(stop))
        with pytest.raises(Terminated):
            stopped.fit()
    scramble(again)
    run = Run(again, tmp_path, recipe)
    state = run.checkpoints.newest()
    assert state.position == (0, 5)
    same(run.fit(state), expected, "validation")


def copy_state(path, folder):
    folder.mkdir(parents=True)
    for file in path.parent.glob(f"{path.name}*"):
        (folder / file.name).write_bytes(file.read_bytes())
