"""What a stack of blocks holds, draws, saves and refuses."""

import keras
import numpy as np
import pytest

import keras_deep
from keras_deep.layers.stacks.current_block import at_block
from keras_deep.layers.stacks.stacked import StackedBlocks
from tests.support import stacks


def stack_of(model):
    (layer,) = (x for x in model.layers if isinstance(x, StackedBlocks))
    return layer


def layer_of(block, shape=(6,), blocks=3, first=1):
    """Returns a built `StackedBlocks` of what a function makes of a tensor."""
    inputs = keras.Input(shape)
    template = keras.Model(inputs, block(inputs), name="block")
    layer = StackedBlocks(template, blocks, first)
    layer.build((None, *shape))
    return layer


def test_holds_each_weight_of_a_block_once_for_all_blocks():
    layer = stack_of(stacks.network("v1"))
    shapes = sorted((tuple(w.shape) for w in layer.weights), key=len)
    assert shapes == 8 * [(12, 4)] + 2 * [(12, 3, 3, 4, 4)]
    assert layer.count_params() == 12 * (2 * 9 * 16 + 2 * 4 * 4)
    assert len(layer.trainable_weights) == 6


@pytest.mark.parametrize(
    "initializer",
    ["he_normal", "glorot_uniform", "lecun_normal", "random_normal"],
)
def test_initial_values_are_those_of_one_block(initializer):
    layer = layer_of(
        keras.layers.Dense(300, kernel_initializer=initializer, name="block_1"),
        shape=(300,),
    )
    kernel = keras.ops.convert_to_numpy(layer.weights[0])
    one = keras.layers.Dense(300, kernel_initializer=initializer)
    one.build((None, 300))
    expected = keras.ops.convert_to_numpy(one.kernel)
    for block in kernel:
        assert abs(block.std() / expected.std() - 1) < 0.02
        assert abs(np.abs(block).max() / np.abs(expected).max() - 1) < 0.25
    correlation = np.corrcoef(kernel.reshape(3, -1)) - np.eye(3)
    assert np.abs(correlation).max() < 0.02


def test_other_initial_values_are_made_block_by_block():
    layer = layer_of(
        keras.layers.Dense(6, kernel_initializer="orthogonal", name="block_1")
    )
    kernels = keras.ops.convert_to_numpy(layer.weights[0])
    for kernel in kernels:
        np.testing.assert_allclose(kernel @ kernel.T, np.eye(6), atol=1e-5)
    assert np.abs(kernels[0] - kernels[1]).max() > 0.1


def test_statistics_of_every_block_are_updated_once_a_step():
    model = stacks.compiled(stacks.network("v1"))
    stacks.train(model, 1)
    found = stacks.values(model)
    means = [
        found[f"conv2_block{i}_1_bn/moving_mean"]
        for i in range(1, stacks.BLOCKS + 1)
    ]
    assert all(np.abs(mean).max() > 1e-4 for mean in means)
    assert len({mean.tobytes() for mean in means}) == stacks.BLOCKS
    before = stacks.values(model)
    model.predict(stacks.data(model)[0], verbose=0)
    after = stacks.values(model)
    assert all((after[name] == before[name]).all() for name in after)


@keras.saving.register_keras_serializable("keras_deep_tests")
class _Digit(keras.layers.Layer):
    """Writes a 0 or a 1 at the block's place of the binary output."""

    per_block = ("value",)

    def __init__(self, value, **kwargs):
        super().__init__(**kwargs)
        self.value = value

    def call(self, inputs):
        bit = keras.ops.cast(inputs > 0, "float32")
        return bit * keras.ops.cast(at_block(self.value), "float32")

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {**super().get_config(), "value": list(self.value)}


def random_digits():
    """Returns a stack whose output is the sum of each block's mask times
    1, 2 and 4: the masks can be read off it."""

    def block(x):
        ones = keras.layers.Rescaling(0.0, 1.0, name="block_ones")(x)
        drawn = keras.layers.Dropout(0.5, name="block_drop")(ones)
        digit = _Digit([1.0, 2.0, 4.0], name="block_digit")(drawn)
        return keras.layers.Add(name="block_add")([x, digit])

    return layer_of(block, shape=(64,))


def masks_of(layer):
    total = layer(np.zeros((1, 64), "float32"), training=True)
    total = keras.ops.convert_to_numpy(total).astype(int).ravel()
    return [tuple(total >> digit & 1) for digit in range(3)]


def test_every_block_and_every_step_draws_anew_from_the_seed():
    layer = random_digits()
    drawn = [*masks_of(layer), *masks_of(layer)]
    assert len(set(drawn)) == 6
    assert all(16 < sum(mask) < 48 for mask in drawn)
    keras.utils.set_random_seed(7)
    first = masks_of(random_digits())
    keras.utils.set_random_seed(7)
    assert masks_of(random_digits()) == first


def test_blocks_of_a_seeded_template_do_not_draw_the_same():
    layer = layer_of(
        lambda x: keras.layers.Dropout(0.5, seed=3, name="block_drop")(x)
    )
    assert keras.ops.convert_to_numpy(layer.seeds[0].state).tolist() == [
        [3, 0],
        [4, 0],
        [5, 0],
    ]


def test_values_that_change_with_the_position_are_those_of_the_block():
    model = stacks.network("stochastic depth")
    rates = stack_of(model).get_template().get_layer("conv2_block_depth").rate
    assert np.allclose(rates, 0.5 * np.arange(1, 13) / 12)
    flat = keras_deep.unstacked(model)
    for part in flat.layers:
        if isinstance(part, keras.Model):
            chain = part.layers[-1]
    assert chain.get_layer("conv2_block12_depth").rate == 0.5
    assert chain.get_layer("conv2_block6_depth").rate == 0.25
    with pytest.raises(ValueError, match="3 values, one for every block"):
        at_block([0.1, 0.2, 0.3])


def test_get_block_is_a_copy_of_one_block():
    model = stacks.network("v1")
    layer = stack_of(model)
    x, _ = stacks.data(model)
    y = x
    for number in range(1, 13):
        block = layer.get_block(number)
        assert block.name == f"conv2_block{number}"
        assert block.layers[1].name == f"conv2_block{number}_1_conv"
        y = block(y)
    stacks.assert_equal(layer(x), y, 1e-6)
    with pytest.raises(ValueError, match=r"in \[1, 13\)"):
        layer.get_block(13)


def test_masked_blocks_hand_their_input_on():
    model = stacks.network("v2")
    layer = stack_of(model)
    x, _ = stacks.data(model)
    mask = np.arange(12) % 3 != 1
    y = x
    for number in np.flatnonzero(mask) + 1:
        y = layer.get_block(int(number))(y)
    stacks.assert_equal(layer(x, block_mask=mask), y, 1e-6)
    none = layer(x, block_mask=np.zeros(12, bool))
    np.testing.assert_array_equal(none, x)

    def call(layer, *args, **kwargs):
        if isinstance(layer, StackedBlocks):
            kwargs["block_mask"] = mask
        return layer(*args, **kwargs)

    masked = keras.models.clone_model(
        model, clone_function=lambda layer: layer, call_function=call
    )
    top = keras.Sequential(model.layers[2:])
    stacks.assert_equal(masked(x), top(y), 1e-5)


def test_does_not_count_the_weights_of_the_template():
    model = stacks.network("v1", blocks=3)
    flat = keras_deep.unstacked(model)
    assert model.count_params() == flat.count_params()
    assert len(model.weights) == 10 + 2


def test_graph_mode_is_the_default_on_the_cpu():
    model = stacks.network("v1", blocks=2)
    model.compile("sgd", "mse")
    assert model.jit_compile is (keras.backend.backend() == "jax")


MISTAKES = {
    "keeps the shape": lambda x: keras.layers.Dense(5, name="block_1")(x),
    "does not start with 'block'": lambda x: keras.layers.Dense(
        6, name="other"
    )(x),
    "penalty on its outputs": lambda x: keras.layers.Dense(
        6, activity_regularizer="l2", name="block_1"
    )(x),
    "synchronised between devices": lambda x: keras.layers.BatchNormalization(
        synchronized=True, name="block_1"
    )(x),
}


@pytest.mark.parametrize("reason", MISTAKES)
def test_a_template_that_cannot_be_stacked_is_refused(reason):
    if "synchronised" in reason and keras.backend.backend() == "jax":
        pytest.skip("Keras has no synchronised statistics on JAX.")
    with pytest.raises(ValueError, match=reason) as error:
        layer_of(MISTAKES[reason])
    assert "stack=False" in str(error.value)


def test_freezing_a_part_is_refused():
    model = stacks.network("v1", blocks=2)
    layer = stack_of(model)
    layer.get_template().get_layer("conv2_block_1_conv").trainable = False
    with pytest.raises(ValueError, match="frozen all together") as error:
        model(stacks.data(model)[0])
    assert "stack=False" in str(error.value)


def test_backends_without_loops_are_refused(monkeypatch):
    monkeypatch.setattr(keras.backend, "backend", lambda: "torch")
    with pytest.raises(ValueError, match="TensorFlow or JAX"):
        layer_of(keras.layers.Dense(6, name="block_1"))
    assert not [
        x
        for x in keras_deep.CifarResNet(depth=20).layers
        if isinstance(x, StackedBlocks)
    ]


def test_wrong_arguments_are_refused():
    with pytest.raises(ValueError, match="`blocks` to be a positive int"):
        layer_of(keras.layers.Dense(6, name="block_1"), blocks=0)
    with pytest.raises(ValueError, match="`template` to be a functional"):
        StackedBlocks(keras.layers.Dense(6), 3)
    with pytest.raises(ValueError, match='True, False or "auto"'):
        keras_deep.CifarResNet(stack="always")
