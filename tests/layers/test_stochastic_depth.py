import keras
import numpy as np
import pytest

from keras_deep.layers.position import Position
from keras_deep.layers.stochastic_depth import StochasticDepth
from keras_deep.layers.stochastic_depth import stochastic_depth

PASSES = 400


def test_one_coin_decides_for_the_batch_and_nothing_is_scaled():
    layer = StochasticDepth(0.4, seed=1)
    x = np.ones((8, 3, 3, 2), "float32")
    kept = []
    for _ in range(PASSES):
        y = np.array(layer(x, training=True))
        assert y.min() == y.max() and y.max() in (0, 1)
        kept.append(y.max())
    # Three standard deviations of a coin that shows 1 in 60 % of the throws.
    assert abs(np.mean(kept) - 0.6) < 3 * np.sqrt(0.24 / PASSES)
    np.testing.assert_allclose(layer(x), 0.6 * x, rtol=1e-6)


def test_a_coin_for_every_sample_scales_what_survives():
    layer = StochasticDepth(0.5, mode="sample", seed=1)
    x = np.ones((PASSES, 3), "float32")
    y = np.array(layer(x, training=True))
    assert set(np.unique(y)) == {0, 2}
    assert (y.min(axis=1) == y.max(axis=1)).all()
    assert abs((y[:, 0] > 0).mean() - 0.5) < 3 * np.sqrt(0.25 / PASSES)
    np.testing.assert_array_equal(layer(x), x)


def test_the_expectation_of_many_passes_is_the_inference():
    for mode in ("batch", "batch_scaled", "sample"):
        layer = StochasticDepth(0.25, mode=mode, seed=2)
        x = np.ones((1, 2), "float32")
        passes = [np.array(layer(x, training=True)) for _ in range(PASSES)]
        deviation = np.std(passes) / np.sqrt(PASSES)
        inference = np.array(layer(x))
        assert np.abs(np.mean(passes, 0) - inference).max() < 3 * deviation


def test_the_rate_grows_linearly_and_no_rate_is_no_layer():
    x = keras.Input((4, 4, 2))
    at = Position("conv2", "conv2_block1", 2, progress=0.25)
    y = stochastic_depth(x, at, 0.8)
    model = keras.Model(x, y)
    assert model.get_layer("conv2_block1_depth").rate == pytest.approx(0.2)
    assert stochastic_depth(x, at, 0.0) is x


def test_a_file_keeps_it():
    layer = StochasticDepth([0.1, 0.2], mode="sample", seed=3)
    assert StochasticDepth.from_config(layer.get_config()).rate == [0.1, 0.2]


@pytest.mark.parametrize("rate", [1.0, -0.1, [0.5, 2.0]])
def test_rates_that_are_none_are_refused(rate):
    with pytest.raises(ValueError, match=r"`rate` to be in \[0, 1\)"):
        StochasticDepth(rate)
    with pytest.raises(ValueError, match="'batch', 'batch_scaled', 'sample'"):
        StochasticDepth(0.5, mode="images")


def test_only_whole_batches_skip_blocks():
    with pytest.raises(ValueError, match="one coin for the batch"):
        StochasticDepth(0.5, mode="sample", skips_block=True)
