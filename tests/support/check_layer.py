"""Checks the requirements that all layers share."""

import importlib
import inspect
import json

import keras
import numpy as np

from keras_deep.layers.stock_named import stock_class
from tests.support.equality import array
from tests.support.equality import gradients

HALF = "mixed_bfloat16"


def check_layer(layer_class, arguments, shape, folder, name=None):
    """Checks a layer: config, shapes, gradients, precisions, file, XLA.

    Args:
        layer_class: class of the layer.
        arguments: function that returns a dict of its arguments. It is called
            once per precision, as they may contain layers.
        shape: tuple, the shape of a batch of inputs, or list of such tuples.
        folder: path for a file.
        name: string, the registered name, or `None` for that of the class.
    """
    rng = np.random.default_rng(0)
    x = keras.tree.map_shape_structure(
        lambda one: rng.normal(0.5, 2.0, one).astype("float32"), shape
    )
    layer = layer_class(**arguments())
    registered = keras.saving.get_registered_name(layer_class)
    assert registered == f"keras_deep>{name or layer_class.__name__}"
    y = layer(_tensors(x))
    _check_shapes(layer, shape, y)
    _check_config(layer, x)
    _check_gradients(layer, x, y)
    _check_half(layer_class, arguments, x)
    model = _model(layer_class(**arguments()), shape)
    _check_file(model, x, folder / "layer.keras")
    _check_xla(model, x)


def _tensors(x):
    return keras.tree.map_structure(keras.ops.convert_to_tensor, x)


def _shapes(value):
    return [tuple(part.shape) for part in keras.tree.flatten(value)]


def _assert_equal(ours, theirs, tolerance=0.0):
    pairs = zip(*map(keras.tree.flatten, (ours, theirs)), strict=True)
    for one, other in pairs:
        one, other = array(one), array(other)
        scale = np.abs(other).max(initial=1e-30)
        np.testing.assert_allclose(one / scale, other / scale, 0, tolerance)


def _check_shapes(layer, shape, y):
    """Checks that output shapes are known, with free batch size, too."""
    stated = layer.compute_output_shape(shape)
    stated = stated if isinstance(stated, list) else [stated]
    assert _shapes(y) == [tuple(one) for one in stated]
    symbolic = _model(layer, shape).outputs
    assert [s[1:] for s in _shapes(symbolic)] == [s[1:] for s in _shapes(y)]
    assert all(one[0] is None for one in _shapes(symbolic))


def _check_config(layer, x):
    other = type(layer).from_config(layer.get_config())
    assert type(other) is type(layer) and _written(other) == _written(layer)
    other(_tensors(x))
    other.set_weights(layer.get_weights())
    _assert_equal(other(_tensors(x)), layer(_tensors(x)))


def _written(layer):
    """Returns the config as it is written to files."""
    config = keras.saving.serialize_keras_object(layer.get_config())
    return json.dumps(config, sort_keys=True)


def _check_gradients(layer, x, y):
    """Checks that inputs and trainable weights have finite gradients."""
    if isinstance(y, list) or isinstance(x, list):
        return _check_gradients_of_many(layer, x)
    seed = np.random.default_rng(1).normal(size=y.shape).astype("float32")
    found = gradients(layer, _tensors(x), seed, **_training(layer))
    assert len(found) == 1 + len(layer.trainable_variables)
    for gradient in found:
        assert gradient is not None and np.isfinite(array(gradient)).all()
        assert np.abs(array(gradient)).max() > 0
    return None


def _check_gradients_of_many(layer, x):
    """Checks the gradient of all outputs with respect to the first input."""
    first, *others = keras.tree.flatten(_tensors(x))

    class Total(keras.layers.Layer):
        def call(self, inputs):
            outputs = layer([inputs, *others] if others else inputs)
            parts = keras.tree.flatten(outputs)
            return sum(keras.ops.sum(part**2) for part in parts)

    total = Total()
    total(first)  # On JAX only what is built has gradients.
    (found, *_) = gradients(total, first, np.ones((), "float32"))
    assert np.isfinite(array(found)).all() and np.abs(array(found)).max() > 0


def _training(layer):
    accepts = "training" in inspect.signature(layer.call).parameters
    return {"training": True} if accepts else {}


def _check_half(layer_class, arguments, x):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(HALF)
    try:
        layer = layer_class(**arguments())
        outputs = layer(_tensors(x))
    finally:
        keras.config.set_dtype_policy(before)
    for y in keras.tree.flatten(outputs):
        assert keras.backend.standardize_dtype(y.dtype) == "bfloat16"
        assert np.isfinite(array(y)).all()
    assert {str(w.dtype) for w in layer.weights} <= {"float32"}


def _model(layer, shape):
    inputs = keras.tree.map_shape_structure(
        lambda one: keras.Input(one[1:]), shape
    )
    return keras.Model(inputs, layer(inputs))


def _check_file(model, x, path):
    """Checks that Keras alone loads the layer with weights and config."""
    for variable in model.variables:
        if "float" in keras.backend.standardize_dtype(variable.dtype):
            noise = np.random.default_rng(2).uniform(0.5, 1.5, variable.shape)
            variable.assign(noise)
    model.save(path)
    loaded = keras.models.load_model(path)
    assert type(loaded.layers[-1]) is type(model.layers[-1])
    assert _written(loaded.layers[-1]) == _written(model.layers[-1])
    assert _named(model.layers[-1]) is stock_class(model.layers[-1])
    _assert_equal(loaded(x), model(x))


def _named(layer):
    """Returns the class that a file names by its module and its name."""
    written = keras.saving.serialize_keras_object(layer)
    module = importlib.import_module(written["module"])
    return getattr(module, written["class_name"])


def _check_xla(model, x):
    """Checks that the layer predicts and trains with XLA."""
    expected = model(x)
    model.compile("sgd", "mse", jit_compile=True)
    _assert_equal(model.predict_on_batch(x), expected, 1e-5)
    if not model.trainable_weights:  # Keras warns of training without.
        return
    before = model.get_weights()
    y = keras.tree.map_structure(np.zeros_like, _arrays(expected))
    assert np.isfinite(model.train_on_batch(x, y))
    changed = zip(before, model.get_weights())
    assert any((a != b).any() for a, b in changed)


def _arrays(outputs):
    return keras.tree.map_structure(keras.ops.convert_to_numpy, outputs)
