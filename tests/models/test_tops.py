"""Tops of image models: what stands between features and classes."""

import functools

import keras
import numpy as np
from keras import layers

import keras_deep
from keras_deep.layers.conv import conv2d
from keras_deep.layers.conv import relu
from keras_deep.models.image_model import image_model
from keras_deep.models.top import classifier
from keras_deep.models.top import pooled


def _toy_image(own_top, name="ToyImage"):
    def ToyImage(inputs, width=8):
        """Builds a toy.

        Args:
            width: int.
        """
        return relu(conv2d(inputs, width, name="conv1"), "conv1")

    ToyImage.__name__ = name
    return image_model("Toy", "cifar10", top=own_top)(ToyImage)


def _two_dense(x, top):
    x = layers.Flatten(name="flat")(x)
    x = layers.Dense(top.arguments["width"], name="fc1")(x)
    return top.predictions(layers.ReLU(name="fc1_relu")(x), "zeros")


def _fixed(x, top):
    """A projection on the corners of a cube, which nothing trains."""
    return layers.Dense(
        top.classes,
        top.activation,
        use_bias=False,
        kernel_initializer="orthogonal",
        trainable=False,
        name="predictions",
    )(pooled(x, "avg"))


SMALL = {"classes": 5, "input_shape": (8, 8, 3)}


def test_top_may_drop_features(own_registry, rng):
    toy = _toy_image(functools.partial(classifier, dropout_rate=0.3))
    built = toy(**SMALL)
    assert built.get_layer("predictions_drop").rate == 0.3
    x = rng.standard_normal((4, 8, 8, 3)).astype("float32")
    pooled_features = toy(**SMALL, include_top=False, pooling="avg")
    assert not [x for x in pooled_features.layers if "drop" in x.name]
    assert np.abs(np.array(built(x, training=True) - built(x))).max() > 1e-4
    plain = _toy_image(classifier, "ToyPlain")(**SMALL)
    assert not [x for x in plain.layers if "drop" in x.name]


def test_top_may_have_several_dense_layers(own_registry, rng):
    toy = _toy_image(_two_dense)
    built = toy(width=6, **SMALL)
    assert built.get_layer("fc1").units == 6
    x = rng.standard_normal((4, 8, 8, 3)).astype("float32")
    np.testing.assert_allclose(built(x), np.full((4, 5), 0.2), rtol=1e-6)
    logits = toy(width=6, classifier_activation=None, **SMALL)
    np.testing.assert_array_equal(logits(x), np.zeros((4, 5)))
    features = keras.Model(built.input, built.get_layer("features").output)
    assert features.output_shape == (None, 8, 8, 6)
    headless = toy(width=6, include_top=False, **SMALL)
    assert headless.output_shape == (None, 8, 8, 6)
    assert not [x for x in headless.layers if "fc1" in x.name]


def test_several_dense_layers_end_in_float32(own_registry):
    keras.config.set_dtype_policy("mixed_bfloat16")
    built = _toy_image(_two_dense)(**SMALL)
    assert built.get_layer("fc1").compute_dtype == "bfloat16"
    assert built.output.dtype == "float32"


def test_top_may_be_a_fixed_projection(own_registry, rng, tmp_path):
    toy = _toy_image(_fixed)
    built = toy(**SMALL)
    handles = dict(keras_deep.named_weights(built))
    assert not handles["predictions/kernel"].trainable
    assert handles["conv1_conv/kernel"].trainable
    before = {name: handle.get() for name, handle in handles.items()}
    built.compile("sgd", "sparse_categorical_crossentropy")
    x = rng.standard_normal((4, 8, 8, 3)).astype("float32")
    assert np.isfinite(built.train_on_batch(x, np.arange(4)))
    after = {name: handle.get() for name, handle in handles.items()}
    changed = {name for name in before if (before[name] != after[name]).any()}
    assert changed == {"conv1_conv/kernel"}
    keras_deep.save(built, tmp_path / "a.keras")
    loaded = keras_deep.load(tmp_path / "a.keras")
    assert not loaded.get_layer("predictions").trainable
    np.testing.assert_array_equal(loaded(x), built(x))
    again = toy(**SMALL, weights=tmp_path / "a.keras")
    np.testing.assert_array_equal(again(x), built(x))
    other = toy(**{**SMALL, "classes": 3}, weights=tmp_path / "a.keras")
    np.testing.assert_array_equal(
        other.get_layer("conv1_conv").kernel, after["conv1_conv/kernel"]
    )
    kernel = keras.ops.convert_to_numpy(other.get_layer("predictions").kernel)
    np.testing.assert_allclose(kernel.T @ kernel, np.eye(3), atol=1e-5)
