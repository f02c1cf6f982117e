"""Kinds of models: their inputs and checks.

`KINDS` has the kinds with more checks than `Kind`, which holds for every
model, so that a new kind needs no entry.
"""

import inspect

import keras
import numpy as np
import pytest

import keras_deep
from keras_deep.models.registry import entry_of

CLASSES = 5
# Used for free dimensions of an input.
SIDE = 8


class Kind:
    """Inputs and checks of models of any kind.

    Attributes:
        heading: string, of the common arguments in docstrings.
        misspelt: pair of a misspelt argument and the correct one.
        loss: Keras loss.
        checks: tuple of additional checks, functions `(name, build, facts)` of
            a model's name, a function `(**arguments) -> model` that builds a
            small one, and the `Facts` of all families.
    """

    heading = "Args of every model:"
    misspelt = ("nmae", "name")
    loss = "mse"
    checks = ()

    def small(self, entry):
        """Returns the common arguments that make a model small."""
        del entry
        return {}

    def inputs(self, model, rng, size):
        """Returns random inputs in the structure of the model's."""
        return keras.tree.map_structure(
            lambda tensor: self._random(tensor, rng, size), model.input
        )

    def targets(self, model, rng, size):
        """Returns random targets in the structure of the outputs."""
        return keras.tree.map_structure(
            lambda y: rng.standard_normal(y.shape).astype("float32"),
            model(self.inputs(model, rng, size)),
        )

    def check_outputs(self, outputs):
        """Checks the outputs of a trained model."""
        for y in keras.tree.flatten(outputs):
            assert np.isfinite(np.array(y)).all()

    def check_wrong_values(self, name):
        """Checks the errors for wrong values of the common arguments."""

    def _random(self, tensor, rng, size):
        shape = (size, *(side or SIDE for side in tensor.shape[1:]))
        dtype = keras.backend.standardize_dtype(tensor.dtype)
        if "int" in dtype:
            return rng.integers(0, 2, shape).astype(dtype)
        return rng.standard_normal(shape).astype(dtype)


class ImageKind(Kind):
    """Inputs and checks of image classifiers."""

    heading = "Args of every image model:"
    misspelt = ("clases", "classes")
    loss = "sparse_categorical_crossentropy"

    @property
    def checks(self):
        return (gives_features_at_free_sides, builds_in_parts)

    def small(self, entry):
        side = 32 if entry.dataset == "imagenet" else SIDE
        return {"input_shape": (side, side, 3), "classes": CLASSES}

    def targets(self, model, rng, size):
        return rng.integers(0, CLASSES, size)

    def check_outputs(self, outputs):
        super().check_outputs(outputs)
        np.testing.assert_allclose(np.sum(outputs, axis=1), 1, rtol=1e-5)

    def check_wrong_values(self, name):
        wrong = {
            "Expected `pooling`.*'mean'": {"pooling": "mean"},
            "Expected `input_shape`": {"input_shape": (32, 32)},
            "Expected `classes`": {"classes": 0},
            "Expected `convention`.*'papr'": {"convention": "papr"},
        }
        for message, arguments in wrong.items():
            with pytest.raises(ValueError, match=message):
                keras_deep.create_model(name, **arguments)
        with pytest.raises(FileNotFoundError, match="file.*'nowhere.keras"):
            keras_deep.create_model(name, weights="nowhere.keras")


def gives_features_at_free_sides(name, build, facts):
    model = build()
    x = np.random.default_rng(0).standard_normal((2, *model.input_shape[1:]))
    x = x.astype("float32")
    extractor = keras_deep.features(model)
    side = model.input_shape[1]
    assert extractor.input_shape[1:3] == (None, None)
    outputs = _listed(extractor(x))
    first = side // 4 if entry_of(name).dataset == "imagenet" else side
    usual = tuple(first // 2**i for i in range(len(outputs)))
    sides = facts.sides.get(entry_of(name).builder, usual)
    assert [y.shape[1:3] for y in outputs] == [(side, side) for side in sides]
    # The last one is what the classifier pools.
    behind = keras.Model(model.get_layer("features").output, model.output)
    np.testing.assert_allclose(
        behind(outputs[-1]), model(x), rtol=1e-4, atol=1e-6
    )
    wider = np.zeros((1, side + 16, side + 32, x.shape[-1]), "float32")
    assert _listed(extractor(wider))[-1].shape[2] > outputs[-1].shape[2]


def builds_in_parts(name, build, facts):
    """Checks models without top and with other inputs."""
    del name, facts
    side = build().input_shape[1]
    backbone = build(include_top=False, input_shape=(None, None, 3))
    assert backbone.output_shape[1:3] == (None, None)
    pooled = build(include_top=False, pooling="max")
    assert pooled.output_shape == (None, backbone.output_shape[-1])
    gray = build(input_shape=(side + 8, side + 16, 1), name="gray")
    assert gray.name == "gray" and gray.output_shape == (None, CLASSES)


def _listed(outputs):
    return outputs if isinstance(outputs, list) else [outputs]


KINDS = {"image": ImageKind()}


def kind_of(name):
    """Returns the `Kind` of a registered model."""
    return KINDS.get(entry_of(name).kind, Kind())


def own_arguments(name):
    """Returns the parameters of a builder that its kind does not have."""
    entry = entry_of(name)
    parameters = inspect.signature(entry.build).parameters
    return {k: p for k, p in parameters.items() if k not in entry.record.common}
