"""The trainer on one device does what `Model.fit` does, bit for bit."""

from unittest import mock

import keras
import numpy as np
import pytest

from keras_deep.training import Trainer
from keras_deep.training.trainer.batches import Batches

tf = pytest.importorskip("tensorflow")

SIZE = 43


@pytest.fixture
def examples(rng):
    x = rng.standard_normal((SIZE, 8, 8, 3)).astype("float32")
    return x, rng.integers(0, 5, SIZE)


def batches(*arrays, size=8):
    return tf.data.Dataset.from_tensor_slices(arrays).batch(size)


def build(loss="sparse_categorical_crossentropy", head="softmax", **options):
    """Returns a small network with all that has a state."""
    keras.utils.set_random_seed(1)
    layers = keras.layers
    inputs = keras.Input((8, 8, 3))
    x = layers.Conv2D(4, 3, use_bias=False)(inputs)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.Dropout(0.3, seed=3)(layers.GlobalAveragePooling2D()(x))
    model = keras.Model(inputs, layers.Dense(5, head)(x))
    options = {"metrics": ["accuracy"], **options}
    optimizer = options.pop("optimizer", None)
    optimizer = optimizer or keras.optimizers.SGD(0.1, momentum=0.9)
    model.compile(optimizer, loss, **options)
    return model


def fit_both(make, data, epochs=3, **options):
    """Returns pairs of histories and of weights: Keras's and ours."""
    stock, own = make(), make()
    callbacks = options.pop("callbacks", lambda: [])
    stock_history = stock.fit(
        data,
        epochs=epochs,
        verbose=0,
        shuffle=False,
        callbacks=callbacks(),
        **options,
    ).history
    own_history = (
        Trainer(own).fit(data, epochs, callbacks=callbacks(), **options).history
    )
    return (stock_history, own_history), (
        stock.get_weights(),
        own.get_weights(),
    )


def assert_same(histories, weights):
    assert histories[0].keys() == histories[1].keys()
    for name, values in histories[0].items():
        np.testing.assert_allclose(histories[1][name], values, rtol=1e-6)
    for expected, found in zip(*weights):
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-7)


OPTIMIZERS = {
    "momentum": lambda: keras.optimizers.SGD(0.1, momentum=0.9, clipnorm=0.1),
    "adamw, averages": lambda: keras.optimizers.AdamW(
        1e-2, use_ema=True, weight_decay=0.1
    ),
    "schedule": lambda: keras.optimizers.SGD(
        keras.optimizers.schedules.CosineDecay(0.1, 12), global_clipnorm=0.5
    ),
}


@pytest.mark.parametrize("optimizer", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_fits_as_keras(examples, optimizer):
    data = batches(*examples)
    found = fit_both(
        lambda: build(optimizer=optimizer()), data, validation_data=data
    )
    assert_same(*found)


def test_accumulates_as_keras(examples):
    data = batches(*examples, size=11)  # 4 batches, so no rest of an epoch.
    stock = build(
        optimizer=keras.optimizers.SGD(0.1, gradient_accumulation_steps=2)
    )
    stock.fit(data, epochs=2, verbose=0, shuffle=False)
    own = build(optimizer=keras.optimizers.SGD(0.1))
    Trainer(own, accumulate_steps=2).fit(data, 2)
    for expected, found in zip(stock.get_weights(), own.get_weights()):
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-7)
    assert int(own.optimizer.iterations) == 4


def test_applies_the_rest_of_an_epoch(examples):
    """Five batches make two pairs and a rest."""
    data = batches(*examples, size=9)
    model = build(optimizer=keras.optimizers.SGD(0.1))
    Trainer(model, accumulate_steps=2).fit(data, 1)
    assert int(model.optimizer.iterations) == 3


@pytest.mark.parametrize("replicas", [1, 2])
def test_goes_round_a_dataset_of_fewer_steps(examples, replicas):
    """Six batches, four in an epoch: the third one begins with the third."""
    strategy = mock.Mock(num_replicas_in_sync=replicas)
    strategy.experimental_distribute_dataset = lambda dataset: dataset
    context = mock.Mock(num_input_pipelines=replicas, input_pipeline_id=0)
    strategy.distribute_datasets_from_function = lambda make: make(context)
    data = tf.data.Dataset.range(12).batch(2)
    found = Batches(data, strategy, steps=4)
    firsts = []
    for epoch in range(3):
        iterator = found.of(epoch)
        taken = [next(iterator) for _ in range(4)]
        firsts.append(int(keras.tree.flatten(taken[0])[-1][0]))
    assert firsts == [0, 8, 4]
    assert Batches(data, strategy).steps == 6


@pytest.mark.parametrize("several", [2, 4, 50])
def test_runs_several_steps_in_a_call(examples, several):
    data = batches(*examples)
    found = []
    for number in (1, several):
        model = build(steps_per_execution=number)
        history = Trainer(model).fit(data, 2).history
        found.append((history, model.get_weights()))
    assert_same(*zip(*found))


def test_compiles_with_xla(examples):
    data = batches(*examples, size=43)
    found = []
    for jit in (False, True):
        model = build(jit_compile=jit)
        model.layers[-2].rate = 0.0  # XLA draws other numbers.
        history = Trainer(model).fit(data, 3, validation_data=data).history
        found.append((history, model.get_weights()))
    for name, values in found[0][0].items():
        np.testing.assert_allclose(found[1][0][name], values, rtol=1e-4)


def test_runs_eagerly(examples):
    data = batches(*examples)
    found = fit_both(lambda: build(run_eagerly=True), data, 1)
    assert_same(*found)


def test_takes_weights_of_examples(examples, rng):
    weights = rng.uniform(0, 2, SIZE).astype("float32")
    data = batches(*examples, weights)
    metrics = {"weighted_metrics": ["accuracy"]}
    assert_same(*fit_both(lambda: build(**metrics), data, 2))


def test_takes_soft_and_several_targets(examples, rng):
    x, _ = examples
    soft = rng.dirichlet(np.ones(5), SIZE).astype("float32")
    data = batches(x, soft)
    assert_same(*fit_both(lambda: build("kl_divergence"), data, 2))
    many = rng.integers(0, 2, (SIZE, 5)).astype("float32")
    data = batches(x, many)
    assert_same(
        *fit_both(lambda: build("binary_crossentropy", "sigmoid"), data, 2)
    )


def test_takes_a_model_of_several_outputs(examples, rng):
    x, labels = examples

    def make():
        keras.utils.set_random_seed(1)
        inputs = keras.Input((8, 8, 3))
        x = keras.layers.GlobalAveragePooling2D()(inputs)
        outputs = {
            "kind": keras.layers.Dense(5, "softmax", name="kind")(x),
            "size": keras.layers.Dense(1, name="size")(x),
        }
        model = keras.Model(inputs, outputs)
        losses = {"kind": "sparse_categorical_crossentropy", "size": "mse"}
        model.compile("adam", losses, metrics={"kind": ["accuracy"]})
        return model

    targets = {"kind": labels, "size": rng.standard_normal((SIZE, 1))}
    data = batches(x, targets)
    assert_same(*fit_both(make, data, 2, validation_data=data))


def test_takes_a_step_of_the_model(examples):
    class Halved(keras.Model):
        def train_step(self, batch):
            x, y = batch
            with tf.GradientTape() as tape:
                loss = 0.5 * self.compute_loss(x, y, self(x, training=True))
            weights = self.trainable_variables
            self.optimizer.apply(tape.gradient(loss, weights), weights)
            return self.compute_metrics(x, y, self(x), None)

    def make():
        base = build()
        model = Halved(base.inputs, base.outputs)
        model.compile("sgd", "sparse_categorical_crossentropy")
        return model

    stock, own = make(), make()
    stock.fit(batches(*examples), verbose=0, shuffle=False)
    Trainer(own).fit(batches(*examples))
    for expected, found in zip(stock.get_weights(), own.get_weights()):
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-7)


def test_calls_the_callbacks_as_keras(examples):
    def callbacks():
        return [
            keras.callbacks.EarlyStopping("val_loss", patience=1),
            keras.callbacks.ReduceLROnPlateau("val_loss", patience=0),
        ]

    data = batches(*examples)
    held = batches(examples[0], (examples[1] + 1) % 5)
    found = fit_both(build, data, 9, validation_data=held, callbacks=callbacks)
    assert_same(*found)
    assert len(found[0][0]["loss"]) < 9


class Calls(keras.callbacks.Callback):
    """Notes which of its methods are called."""

    def __init__(self):
        super().__init__()
        self.names = []


for _name in dir(keras.callbacks.Callback):
    if _name.startswith("on_"):
        setattr(
            Calls,
            _name,
            lambda self, *_, name=_name, logs=None: self.names.append(name),
        )


def test_calls_every_method(examples):
    data = batches(*examples)
    stock, own = Calls(), Calls()
    build().fit(
        data, validation_data=data, verbose=0, shuffle=False, callbacks=[stock]
    )
    Trainer(build()).fit(data, validation_data=data, callbacks=[own])
    assert len(stock.names) == 30
    assert own.names == stock.names


def test_evaluates_and_predicts_as_keras(examples):
    model = build()
    data = batches(*examples)
    trainer = Trainer(model)
    expected = model.evaluate(data, verbose=0, return_dict=True)
    found = trainer.evaluate(data)
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, rel=1e-6)
    outputs = trainer.predict(batches(examples[0]))
    expected = model.predict(examples[0], batch_size=8, verbose=0)
    np.testing.assert_array_equal(outputs, expected)
