"""What every registered model must do; no entry is skipped."""

import inspect

import keras
import numpy as np
import pytest

import keras_deep
from keras_deep.models.image_model import COMMON
from keras_deep.models.registry import entry_of
from keras_deep.models.registry import signature_of
from tests.support.small import CLASSES
from tests.support.small import batch
from tests.support.small import compile_model
from tests.support.small import once_per_network
from tests.support.small import small_key
from tests.support.small import small_model

# Twins, small networks that are the same, meet in one worker of xdist.
every_model = pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.xdist_group(str(small_key(name))))
        for name in keras_deep.list_models()
    ],
)


@every_model
def test_name_is_public_and_builds_what_it_says(name):
    build = getattr(keras_deep, name)
    assert build is entry_of(name).build
    assert build.__name__ == name


@every_model
def test_signature_ends_in_the_common_arguments(name):
    parameters = list(signature_of(name).parameters.values())
    tail = parameters[-len(COMMON) :]
    assert [p.name for p in tail] == list(COMMON)
    assert all(p.kind is inspect.Parameter.KEYWORD_ONLY for p in tail)
    assert len(parameters) - len(tail) <= 7


@every_model
def test_docstring_says_all(name):
    doc = entry_of(name).build.__doc__
    assert "Reference" in doc and "https://" in doc
    for section in ("Args:", "Args of every image model:", "Raises:"):
        assert section in doc
    assert "Returns:" in doc and "(batch, " in doc
    for argument in signature_of(name).parameters:
        assert f"    {argument}: " in doc, argument


@every_model
def test_wrong_argument_is_an_error_with_near_misses(name):
    with pytest.raises(TypeError, match="Did you mean 'classes'"):
        keras_deep.create_model(name, clases=3)


@every_model
def test_wrong_values_are_errors(name):
    with pytest.raises(ValueError, match="Expected `pooling`.*'mean'"):
        keras_deep.create_model(name, pooling="mean")
    with pytest.raises(ValueError, match="Expected `input_shape`"):
        keras_deep.create_model(name, input_shape=(32, 32))
    with pytest.raises(ValueError, match="Expected `classes`"):
        keras_deep.create_model(name, classes=0)
    with pytest.raises(ValueError, match="Expected `convention`.*'papr'"):
        keras_deep.create_model(name, convention="papr")
    with pytest.raises(FileNotFoundError, match="file.*'nowhere.keras"):
        small_model(name, weights="nowhere.keras")


@once_per_network
def _trains_and_saves(name, folder):
    model = small_model(name)
    x, y = batch(model)
    before = [np.array(w) for w in model.get_weights()]
    compile_model(model)
    history = model.fit(x, y, batch_size=4, verbose=0)
    assert np.isfinite(history.history["loss"][0])
    changed = [
        not np.array_equal(a, b) for a, b in zip(before, model.get_weights())
    ]
    # A convolution's bias before batch normalisation has no gradient.
    assert sum(changed) > 0.7 * len(changed)

    path = folder / "model.keras"
    keras_deep.save(model, path)
    loaded = keras_deep.load(path)
    expected = model.predict(x, verbose=0)
    np.testing.assert_array_equal(loaded.predict(x, verbose=0), expected)
    np.testing.assert_allclose(expected.sum(axis=1), 1, rtol=1e-5)
    assert keras_deep.card(loaded) == keras_deep.card(model)
    again = small_model(name, weights=str(path))
    for a, b in zip(again.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@every_model
def test_trains_and_saves(name, tmp_path):
    _trains_and_saves(name, tmp_path)


@once_per_network
def _gives_features(name):
    model = small_model(name)
    x, _ = batch(model)
    extractor = keras_deep.features(model)
    side = model.input_shape[1]
    assert extractor.input_shape[1:3] == (None, None)
    outputs = _listed(extractor(x))
    first = 4 if entry_of(name).dataset == "imagenet" else 1
    for i, output in enumerate(outputs):
        assert tuple(output.shape[1:3]) == (side // (first * 2**i),) * 2
    # The last one is what the classifier pools.
    pooled = keras.ops.mean(outputs[-1], axis=(1, 2))
    top = model.get_layer("predictions")
    np.testing.assert_allclose(top(pooled), model(x), rtol=1e-4, atol=1e-6)
    wider = _listed(
        extractor(np.zeros((1, side + 16, side + 32, 3), "float32"))
    )
    assert wider[-1].shape[2] > outputs[-1].shape[2]


def _listed(outputs):
    return outputs if isinstance(outputs, list) else [outputs]


@every_model
def test_gives_features_at_free_sides(name):
    _gives_features(name)


@once_per_network
def _has_parts(name):
    backbone = small_model(name, include_top=False, input_shape=(None, None, 3))
    assert backbone.output_shape[1:3] == (None, None)
    pooled = small_model(name, include_top=False, pooling="max")
    assert pooled.output_shape == (None, backbone.output_shape[-1])
    gray = small_model(name, input_shape=(40, 48, 1), name="gray")
    assert gray.name == "gray" and gray.output_shape == (None, CLASSES)


@every_model
def test_builds_without_top_and_with_other_inputs(name):
    _has_parts(name)


@once_per_network
def _runs_in_bfloat16(name):
    keras.config.set_dtype_policy("mixed_bfloat16")
    model = small_model(name)
    x, y = batch(model)
    compile_model(model)
    assert np.isfinite(model.train_on_batch(x, y))
    assert model.compute_dtype == "bfloat16"
    output = model(x)
    assert keras.backend.standardize_dtype(output.dtype) == "float32"


@every_model
def test_runs_in_mixed_bfloat16(name):
    _runs_in_bfloat16(name)


@once_per_network
def _compiles(name):
    model = small_model(name)
    x, y = batch(model)
    compile_model(model, jit_compile=True)
    assert np.isfinite(model.train_on_batch(x, y))


@pytest.mark.skipif(
    keras.backend.backend() == "jax",
    reason="On JAX the tests above train with XLA.",
)
@every_model
def test_runs_with_jit_compile(name):
    _compiles(name)
