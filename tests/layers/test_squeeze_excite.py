import keras
import numpy as np
import pytest

from keras_deep.layers.position import Position
from keras_deep.layers.squeeze_excite import squeeze_excite


def _network(channels, reduction):
    inputs = keras.Input((5, 4, channels))
    at = Position("conv2", "conv2_block1", channels)
    return keras.Model(inputs, squeeze_excite(inputs, at, reduction))


@pytest.mark.parametrize("reduction", [2, 4])
def test_channels_are_scaled_by_a_sigmoid_of_their_means(rng, reduction):
    model = _network(8, reduction)
    for weight in model.weights:
        weight.assign(rng.standard_normal(weight.shape))
    down, bias, up, last = (np.array(w) for w in model.weights)
    x = rng.standard_normal((3, 5, 4, 8)).astype("float32")
    hidden = np.maximum(x.mean(axis=(1, 2)) @ down[0, 0] + bias, 0)
    gate = 1 / (1 + np.exp(-(hidden @ up[0, 0] + last)))
    expected = x * gate[:, None, None]
    assert down.shape == (1, 1, 8, 8 // reduction)
    np.testing.assert_allclose(model(x), expected, rtol=1e-5, atol=1e-6)


def test_the_hidden_layer_has_a_channel_at_least():
    model = _network(8, reduction=16)
    assert model.get_layer("conv2_block1_se_1_conv").filters == 1
