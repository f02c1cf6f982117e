import keras
import numpy as np
import pytest

from keras_deep.layers.dense import DensePosition
from keras_deep.layers.dense import dense_layer
from keras_deep.layers.dense import dense_positions
from keras_deep.layers.dense import transition

AT = DensePosition("conv2", "conv2_block1")


@pytest.mark.parametrize("bottleneck", [True, False])
def test_dense_layer_keeps_its_input_and_appends(rng, bottleneck):
    inputs = keras.Input((6, 6, 8))
    model = keras.Model(
        inputs, dense_layer(inputs, AT, growth_rate=3, bottleneck=bottleneck)
    )
    x = rng.standard_normal((2, 6, 6, 8)).astype("float32")
    y = np.array(model(x))
    assert y.shape == (2, 6, 6, 11)
    np.testing.assert_array_equal(y[..., :8], x)
    convs = [w.shape for w in model.trainable_weights if len(w.shape) == 4]
    expected = [(1, 1, 8, 12), (3, 3, 12, 3)] if bottleneck else [(3, 3, 8, 3)]
    assert [tuple(shape) for shape in convs] == expected


@pytest.mark.parametrize("rate, layers", [(0.0, 0), (0.2, 2)])
def test_dropout_follows_every_convolution(rate, layers):
    inputs = keras.Input((6, 6, 8))
    model = keras.Model(inputs, dense_layer(inputs, AT, 3, dropout_rate=rate))
    found = [x for x in model.layers if isinstance(x, keras.layers.Dropout)]
    assert len(found) == layers


def test_transition_floors_the_channels_and_halves_the_sides():
    inputs = keras.Input((6, 6, 9))
    outputs = transition(inputs, 0.5, 0.0, name="pool2")
    assert outputs.shape == (None, 3, 3, 4)


def test_positions_name_every_layer():
    first, second = dense_positions((2, 1))
    assert [at.name for at in first] == ["conv2_block1", "conv2_block2"]
    assert second == [DensePosition("conv3", "conv3_block1")]
