"""Layers of nested models are frozen, too."""

import keras
import numpy as np
import pytest

import keras_deep
from tests.support.frozen import NORM
from tests.support.frozen import trained

SHAPE = (8, 8, 3)


def around(model, *others, name=None):
    """A classifier around networks."""
    inputs = keras.Input(SHAPE)
    outputs = [one(inputs) for one in (model, *others)]
    x = outputs[0] if not others else keras.layers.Average()(outputs)
    return keras.Model(inputs, keras.layers.Dense(2, name="new")(x), name=name)


@pytest.mark.parametrize("form", [0, 1])
def test_models_nested_in_others_count(form, both_forms):
    outer = around(both_forms[form])
    sequential = keras.Sequential([keras.Input(SHAPE), outer])
    for model in (outer, around(outer), sequential):
        assert "conv2_block2_1_bn" in keras_deep.freeze(model, NORM)
        assert not any("_bn/" in name for name in trained(model))
        keras_deep.freeze(model, "up to conv2")
        left = trained(model)
        assert "conv2_block2_1_conv/kernel" not in left
        assert "conv3_block2_1_conv/kernel" in left
        keras_deep.freeze(model, both_forms[form].name)
        assert set(trained(model)) == {"new/kernel", "new/bias"}
        keras_deep.freeze(model, "*", trainable=True)


def test_what_is_before_is_told_by_the_graph_not_by_the_names(both_forms):
    stacked, flat = both_forms
    inputs = keras.Input(SHAPE)
    one = keras.layers.Dense(2, name="new")(stacked(inputs))
    other = keras.layers.Dense(2, name="other")(flat(inputs))
    model = keras.Model(inputs, keras.layers.Average()([one, other]))
    keras_deep.freeze(model, "up to new")
    assert not stacked.trainable_weights
    assert len(flat.trainable_weights) == len(trained(flat)) > 0
    keras_deep.freeze(model, "conv2")  # Of all models in it.
    assert not any("conv2" in name for name in trained(flat))


def test_models_that_are_applied_in_time_count(both_forms):
    inputs = keras.Input((2, *SHAPE))
    x = keras.layers.TimeDistributed(both_forms[0])(inputs)
    x = keras.layers.LSTM(2, name="time")(x)
    model = keras.Model(inputs, x)
    assert "conv2_block2_1_bn" in keras_deep.freeze(model, NORM)
    assert not any("_bn/" in name for name in trained(both_forms[0]))
    model.trainable = False
    keras_deep.freeze(model, "conv3", trainable=True)
    assert {v.path.partition("_")[0] for v in model.trainable_weights} == {
        "conv3"
    }
    keras_deep.freeze(model, "up to time")
    assert not model.trainable_weights


@pytest.mark.parametrize("form", [0, 1])
def test_a_frozen_model_is_opened_layer_by_layer(form, both_forms):
    inner = both_forms[form]
    outer = around(inner)
    inner.trainable = False
    assert trained(outer) == ["new/kernel", "new/bias"]
    keras_deep.freeze(outer, "conv3_block*_conv", trainable=True)
    found = trained(outer)
    assert len(found) == 2 + sum("conv3" in n and "_conv/" in n for n in found)
    assert sum(int(np.prod(w.shape)) for w in outer.trainable_weights) == sum(
        h.get().size for n, h in keras_deep.named_weights(outer) if h.trainable
    )


def test_opening_a_model_changes_no_other(both_forms):
    outer = around(*both_forms)
    keras_deep.freeze(both_forms[0], NORM)
    both_forms[1].trainable = False
    keras_deep.freeze(outer, "predictions", trainable=True)
    assert trained(both_forms[1]) == ["predictions/kernel", "predictions/bias"]
    assert not any("_bn/" in name for name in trained(both_forms[0]))
    assert "conv2_block2_1_conv/kernel" in trained(both_forms[0])


def test_what_is_before_a_layer_needs_a_graph(flat_form):
    class Mine(keras.Model):
        def __init__(self):
            super().__init__()
            self.inner = flat_form

        def call(self, x):
            return self.inner(x)

    assert len(keras_deep.freeze(Mine(), "conv1")) == 2
    with pytest.raises(ValueError, match="graph says what is before"):
        keras_deep.freeze(Mine(), "up to conv2")
