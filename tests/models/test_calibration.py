"""`calibrate` against statistics that NumPy computes."""

import keras
import numpy as np
import pytest

import keras_deep
from keras_deep.layers import BatchNormalization
from keras_deep.layers.position import Position
from keras_deep.layers.stage import stack_blocks
from tests.support import stacks

UNITS, EPSILON = 4, 1e-3
BACKEND = keras.backend.backend()


def _block(x, at):
    x = keras.layers.Dense(UNITS, name=f"{at.name}_dense")(x)
    return BatchNormalization(epsilon=EPSILON, name=f"{at.name}_bn")(x)


def _network(blocks=3, stack=True):
    """A chain of blocks of a dense layer and batch normalisation."""
    inputs = keras.Input((UNITS,))
    places = [
        Position("conv2", f"conv2_block{i}", UNITS, number=i, total=blocks)
        for i in range(1, blocks + 1)
    ]
    model = keras.Model(inputs, stack_blocks(inputs, [places], _block, stack))
    return stacks.randomised(model, np.random.default_rng(3))


def _images(rng, size=10):
    return rng.standard_normal((size, UNITS)).astype("float32") + 2.0


def _expected(model, batches):
    """The average statistics of a `_network`, each layer fed by batch's own."""
    weights = {k: np.float64(v) for k, v in stacks.values(model).items()}
    names = [n for n in weights if n.endswith("_bn/gamma")]
    sums, images = {}, sum(len(x) for x in batches)
    for x in map(np.float64, batches):
        size = len(x)
        for prefix in (name.removesuffix("_bn/gamma") for name in names):
            x = x @ weights[f"{prefix}_dense/kernel"]
            x = x + weights[f"{prefix}_dense/bias"]
            mean, variance = x.mean(0), x.var(0)
            for key, value in (
                (f"{prefix}_bn/moving_mean", mean),
                (f"{prefix}_bn/moving_variance", variance),
            ):
                sums[key] = sums.get(key, 0) + value * size / images
            x = (x - mean) / np.sqrt(variance + EPSILON)
            gamma, beta = (f"{prefix}_bn/{key}" for key in ("gamma", "beta"))
            x = x * weights[gamma] + weights[beta]
    return sums


def _assert_calibrated(model, before, expected):
    after = stacks.values(model)
    assert expected.keys() < after.keys()
    for name, value in after.items():
        if name in expected:
            np.testing.assert_allclose(
                value, expected[name], rtol=1e-4, atol=1e-5, err_msg=name
            )
        else:
            np.testing.assert_array_equal(value, before[name], err_msg=name)


@pytest.mark.parametrize("stack", [True, False])
def test_statistics_are_the_average_of_the_batches(rng, stack):
    model, x = _network(stack=stack), _images(rng)
    before, momenta = stacks.values(model), _momenta(model)
    # The last batch is smaller, and counts less.
    expected = _expected(model, [x[:4], x[4:8], x[8:]])
    assert keras_deep.calibrate(model, x, batch_size=4) is model
    _assert_calibrated(model, before, expected)
    assert _momenta(model) == momenta


def _momenta(model):
    return [getattr(x, "momentum", None) for x in model.layers]


class Pairs(keras.utils.PyDataset):
    """Batches of images and labels."""

    def __init__(self, batches, endless=False):
        super().__init__()
        self.batches = batches
        self.endless = endless

    @property
    def num_batches(self):
        return None if self.endless else len(self.batches)

    def __getitem__(self, index):
        x = self.batches[index % len(self.batches)]
        return x, np.zeros(len(x))


def _dataset(batches, endless=False):
    tf = pytest.importorskip("tensorflow")
    data = tf.data.Dataset.from_tensor_slices(np.concatenate(batches))
    data = data.batch(len(batches[0])).map(lambda x: (x, x, x))
    return data.repeat() if endless else data


FORMS = {
    "arrays": lambda b: (np.concatenate(b), np.zeros(10)),
    "tensor": lambda b: keras.ops.convert_to_tensor(np.concatenate(b)),
    "float64": lambda b: np.float64(np.concatenate(b)),
    "PyDataset": Pairs,
    "tf.data": _dataset,
    "generator": lambda b: (batch for batch in b),
}


@pytest.mark.parametrize("form", FORMS)
def test_takes_what_fit_takes(rng, form):
    x = _images(rng)
    batches = [x[:4], x[4:8], x[8:]]
    model = _network(2)
    before, expected = stacks.values(model), _expected(model, batches)
    keras_deep.calibrate(model, FORMS[form](batches), batch_size=4)
    _assert_calibrated(model, before, expected)


@pytest.mark.parametrize("endless", [Pairs, _dataset])
def test_steps_limit_the_batches(rng, endless):
    x = _images(rng, 12)
    batches, model = [x[:4], x[4:8], x[8:]], _network(2)
    before, expected = stacks.values(model), _expected(model, batches[:2])
    data = endless(batches, endless=True)
    with pytest.raises(ValueError, match="Expected `data` that end"):
        keras_deep.calibrate(model, data)
    keras_deep.calibrate(model, data, steps=2)
    _assert_calibrated(model, before, expected)


@pytest.mark.parametrize("stack", [True, False])
def test_frozen_statistics_stay(rng, stack):
    model = _network(stack=stack)
    before = stacks.values(model)
    model.trainable = False
    keras_deep.calibrate(model, _images(rng))
    for name, value in stacks.values(model).items():
        np.testing.assert_array_equal(value, before[name])


def test_a_frozen_layer_keeps_its_statistics_and_passes_them_on(rng):
    model, x = _network(stack=False), _images(rng)
    model.get_layer("conv2_block2_bn").trainable = False
    before = stacks.values(model)
    expected = _expected(model, [x])
    keras_deep.calibrate(model, x)
    after = stacks.values(model)
    for name in ("moving_mean", "moving_variance"):
        first, second = (f"conv2_block{i}_bn/{name}" for i in (1, 2))
        np.testing.assert_allclose(
            after[first], expected[first], rtol=1e-4, atol=1e-5
        )
        np.testing.assert_array_equal(after[second], before[second])
    # The third block is fed by the frozen statistics of the second.
    tap = keras.Model(model.input, model.get_layer("conv2_block3_dense").output)
    mean = np.array(tap(x)).mean(0)
    np.testing.assert_allclose(
        after["conv2_block3_bn/moving_mean"], mean, rtol=1e-4, atol=1e-5
    )


@pytest.mark.parametrize("stack", [True, False])
def test_earlier_values_take_no_part(rng, stack):
    models, x = [_network(stack=stack) for _ in range(2)], _images(rng)
    for name, handle in keras_deep.named_weights(models[0]):
        if "moving" in name:
            handle.set(np.full(handle.shape, np.nan))
    for model in models:
        keras_deep.calibrate(model, x)
    for ours, theirs in zip(*(stacks.values(m).values() for m in models)):
        np.testing.assert_array_equal(ours, theirs)


def test_stacked_and_flat_networks_agree(rng):
    stacked, flat = stacks.pair("dropout", blocks=3)
    x, _ = stacks.data(stacked)
    for model in (stacked, flat):
        keras_deep.calibrate(model, x, batch_size=3)
    stacks.assert_equal_weights(stacked, flat, 1e-4)


def test_layers_of_the_users_own_are_found(rng):
    class Own(keras.layers.Layer):
        def __init__(self):
            super().__init__()
            self.bn = keras.layers.BatchNormalization()

        def call(self, x, training=False):
            return self.bn(x, training=training)

    layer = Own()
    model = keras.Sequential([keras.Input((UNITS,)), layer])
    x = _images(rng)
    keras_deep.calibrate(model, x)
    np.testing.assert_allclose(layer.bn.moving_mean, x.mean(0), rtol=1e-5)


@pytest.mark.parametrize(
    "name, side",
    [
        ("ResNet1202", 8),
        pytest.param("ResNet1001V2", 32, marks=pytest.mark.proof),
    ],
)
def test_the_deepest_networks_are_finite_then(rng, name, side):
    """The smaller the images, the deeper a network may be without it."""
    model = keras_deep.create_model(
        name, input_shape=(side, side, 3), stack=True
    )
    x = rng.standard_normal((4, side, side, 3)).astype("float32")
    assert not np.isfinite(model.predict_on_batch(x)).all()
    keras_deep.calibrate(model, x)
    scores = model.predict_on_batch(x)
    np.testing.assert_allclose(scores.sum(1), 1, rtol=1e-4)


def test_what_cannot_be_used_is_an_error(rng):
    model, x = _network(2), _images(rng)
    with pytest.raises(ValueError, match="Received: none"):
        keras_deep.calibrate(model, x[:0])
    with pytest.raises(ValueError, match="Expected `data` to be arrays"):
        keras_deep.calibrate(model, 3)
    with pytest.raises(ValueError, match="equally many images"):
        keras_deep.calibrate(model, [x, x[:3]])
    with pytest.raises(ValueError, match="Expected `steps`"):
        keras_deep.calibrate(model, x, steps=0)
    before = stacks.values(model)
    with pytest.raises(ValueError, match="that are not, of batch 2"):
        keras_deep.calibrate(
            model, np.concatenate([x, x * np.nan]), batch_size=10
        )
    for name, value in stacks.values(model).items():
        np.testing.assert_array_equal(value, before[name])


def test_a_model_without_normalisation_is_returned(rng):
    model = keras.Sequential([keras.Input((UNITS,)), keras.layers.Dense(2)])
    assert keras_deep.calibrate(model, _images(rng)) is model
