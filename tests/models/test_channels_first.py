"""Both image data formats compute the same, where the backend can."""

import keras
import numpy as np
import pytest

import keras_deep
from tests.support.small import small_model


@pytest.fixture
def channels_first():
    before = keras.config.image_data_format()

    def switch():
        keras.config.set_image_data_format("channels_first")

    yield switch
    keras.config.set_image_data_format(before)


@pytest.mark.skipif(
    keras.backend.backend() == "tensorflow",
    reason="TensorFlow's CPU kernels have no gradients of channels first.",
)
@pytest.mark.parametrize(
    "name", ["CifarResNet", "ResNet50", "ResNet50V2", "DenseNet121"]
)
def test_channels_first_computes_the_same(name, channels_first, rng):
    last = small_model(name)
    x = rng.standard_normal((2, *last.input_shape[1:])).astype("float32")
    expected = last.predict(x, verbose=0)
    values = {n: h.get() for n, h in keras_deep.named_weights(last)}
    shape = last.input_shape
    channels_first()
    first = small_model(name, input_shape=(3, shape[1], shape[2]))
    for weight, handle in keras_deep.named_weights(first):
        handle.set(values[weight])
    flipped = x.transpose(0, 3, 1, 2)
    np.testing.assert_allclose(
        first.predict(flipped, verbose=0), expected, rtol=1e-4, atol=1e-6
    )
    first.compile("sgd", "sparse_categorical_crossentropy")
    assert np.isfinite(first.train_on_batch(flipped, np.array([0, 1])))
    sides = [t.shape[2:] for t in keras_deep.features(first).outputs]
    assert all(side == (None, None) for side in sides)


def test_default_shape_follows_the_data_format(channels_first):
    channels_first()
    model = keras_deep.CifarResNet(8)
    assert model.input_shape == (None, 3, 32, 32)
    with pytest.raises(ValueError, match=r"\(channels, height, width\)"):
        keras_deep.CifarResNet(8, input_shape=(32, 32, 3))
