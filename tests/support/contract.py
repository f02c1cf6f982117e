"""What every registered model must do, whatever its kind."""

import functools
import inspect

import keras
import numpy as np
import pytest

import keras_deep
from keras_deep.layers.carrying import CARD_KEY
from keras_deep.models.registry import entry_of
from keras_deep.models.registry import signature_of
from tests.support.kinds import kind_of
from tests.support.kinds import own_arguments
from tests.support.small import batch
from tests.support.small import facts
from tests.support.small import small_model


def check_signature(name):
    """Its own arguments, seven at most, then those of its kind."""
    parameters = list(signature_of(name).parameters.values())
    common = list(entry_of(name).record.common)
    tail = parameters[-len(common) :]
    assert [p.name for p in tail] == common
    assert all(p.kind is inspect.Parameter.KEYWORD_ONLY for p in tail)
    assert len(own_arguments(name)) <= 7


def check_docstring(name):
    doc = entry_of(name).build.__doc__
    assert "Reference" in doc and "https://" in doc
    for section in ("Args:", kind_of(name).heading, "Raises:"):
        assert section in doc
    assert "Returns:" in doc and "(batch, " in doc
    for argument in signature_of(name).parameters:
        assert f"    {argument}: " in doc, argument


def check_near_misses(name):
    wrong, meant = kind_of(name).misspelt
    with pytest.raises(TypeError, match=f"Did you mean '{meant}'"):
        keras_deep.create_model(name, **{wrong: 3})


def check_trains_and_saves(name, folder):
    model = small_model(name)
    x, y = batch(name, model)
    before = [np.array(w) for w in model.get_weights()]
    history = compiled(name, model).fit(x, y, batch_size=4, verbose=0)
    assert np.isfinite(history.history["loss"][0])
    changed = [
        not np.array_equal(a, b) for a, b in zip(before, model.get_weights())
    ]
    # A convolution's bias before batch normalisation has no gradient.
    assert sum(changed) > 0.7 * len(changed)

    path = folder / "model.keras"
    keras_deep.save(model, path)
    loaded = keras_deep.load(path)
    expected = model(x)
    keras.tree.map_structure(np.testing.assert_array_equal, loaded(x), expected)
    kind_of(name).check_outputs(expected)
    assert keras_deep.card(loaded) == keras_deep.card(model)
    configs = [layer.get_config() for layer in model.layers]
    assert str(configs).count(CARD_KEY) == 1
    if "weights" in signature_of(name).parameters:
        again = small_model(name, weights=str(path))
        for a, b in zip(again.get_weights(), model.get_weights(), strict=True):
            np.testing.assert_array_equal(a, b)


def check_kind(name, check):
    """Calls one of the checks of the kind of a model."""
    check(name, functools.partial(small_model, name), facts())


def check_half_precision(name):
    keras.config.set_dtype_policy("mixed_bfloat16")
    model = small_model(name)
    x, y = batch(name, model)
    assert np.isfinite(compiled(name, model).train_on_batch(x, y))
    assert model.compute_dtype == "bfloat16"
    for output in keras.tree.flatten(model(x)):
        assert keras.backend.standardize_dtype(output.dtype) == "float32"


def check_jit(name):
    model = small_model(name)
    x, y = batch(name, model)
    compiled(name, model, jit_compile=True)
    assert np.isfinite(model.train_on_batch(x, y))
    assert model.predict_on_batch(x) is not None


def check_predicts_in_a_graph(name):
    model = small_model(name)
    x, _ = batch(name, model)
    for ours, theirs in zip(
        keras.tree.flatten(model.predict(x, verbose=0)),
        keras.tree.flatten(model(x)),
        strict=True,
    ):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)


def compiled(name, model, jit_compile=False):
    """Compiles a model; on JAX with XLA, as without it JAX is slow."""
    # Gradients may explode where a layer normalises a few pixels only.
    model.compile(
        keras.optimizers.SGD(0.01, clipvalue=0.1),
        kind_of(name).loss,
        jit_compile=jit_compile or keras.backend.backend() == "jax",
    )
    return model
