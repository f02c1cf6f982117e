"""Parts of a tensor are those of NumPy."""

import keras
import numpy as np
import pytest

from keras_deep.layers import Split
from tests.support.equality import array

SHAPE = (2, 6, 4, 8)
CASES = {
    "halves": (2, None),
    "one": (1, None),
    "indices": ([1, 5], None),
    "rows": (3, 1),
    "columns": ([3], -2),
    "batch": (2, 0),
}


@pytest.mark.parametrize("case", CASES)
def test_parts_equal_numpy(rng, case):
    parts, axis = CASES[case]
    x = rng.standard_normal(SHAPE).astype("float32")
    layer = Split(parts, axis)
    outputs = layer(x)
    expected = np.split(x, parts, -1 if axis is None else axis)
    assert isinstance(outputs, list)
    shapes = layer.compute_output_shape(SHAPE)
    assert shapes == [part.shape for part in expected]
    for ours, theirs in zip(outputs, expected, strict=True):
        np.testing.assert_array_equal(array(ours), theirs)


@pytest.mark.parametrize(
    "data_format, axis", (("channels_last", 3), ("channels_first", 1))
)
def test_channels_are_those_of_the_data_format(rng, data_format, axis):
    """Of the one that held when the layer was made, even if it changes."""
    keras.config.set_image_data_format(data_format)
    try:
        layer = Split([2])
    finally:
        keras.config.set_image_data_format("channels_last")
    x = rng.standard_normal(SHAPE).astype("float32")
    other = Split.from_config(layer.get_config())
    for one in (layer, other):
        for ours, theirs in zip(one(x), np.split(x, [2], axis), strict=True):
            np.testing.assert_array_equal(array(ours), theirs)


@pytest.mark.parametrize("parts", (2, [3]))
def test_reversible_block_from_a_file(tmp_path, rng, parts):
    """The first channels are kept, the others get what is made of them."""
    inputs = keras.Input((None, None, 8))
    kept, rest = Split(parts)(inputs)
    assert [t.shape[-1] for t in (kept, rest)] == (
        [4, 4] if parts == 2 else [3, 5]
    )
    made = keras.layers.Conv2D(rest.shape[-1], 3, padding="same")(kept)
    rest = keras.layers.Add()([rest, made])
    outputs = keras.layers.Concatenate()([kept, rest])
    model = keras.Model(inputs, outputs)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    (layer,) = (one for one in loaded.layers if isinstance(one, Split))
    assert (layer.parts, layer.axis) == (parts, -1)
    x = rng.standard_normal(SHAPE).astype("float32")
    y = loaded.predict(x, verbose=0)
    np.testing.assert_allclose(y, array(model(x)), atol=1e-6)
    count = kept.shape[-1]
    np.testing.assert_array_equal(y[..., :count], x[..., :count])


@pytest.mark.parametrize("parts", (3, 0, [0, 2], [5, 3], [8]))
def test_parts_that_do_not_fit_are_refused(parts):
    for make in (keras.Input, lambda shape: np.zeros((1, *shape))):
        with pytest.raises(ValueError, match="`parts` to divide .*input shape"):
            Split(parts)(make(SHAPE[1:]))


def test_unknown_sides_are_refused():
    with pytest.raises(ValueError, match="input shape .None, None, 4, 8."):
        Split(2, 1)(keras.Input((None, 4, 8)))
