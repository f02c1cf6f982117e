"""Small configurations of registered models, for tests that train them."""

import functools

import keras
import numpy as np

import keras_deep
from keras_deep.models.registry import entry_of
from keras_deep.models.registry import signature_of

CLASSES = 5


def small_arguments(name):
    """Returns arguments that make the model `name` small: a block a stage."""
    entry = entry_of(name)
    default = signature_of(name).parameters["blocks"].default
    if isinstance(default, int):
        blocks = 2
    else:
        blocks = (1,) * (4 if entry.dataset == "imagenet" else 3)
    side = 32 if entry.dataset == "imagenet" else 8
    arguments = {"blocks": blocks, "input_shape": (side, side, 3)}
    return {**arguments, "classes": CLASSES}


def small_key(name):
    """Returns what the small network of `name` is, the same for twins."""
    own = {
        key: parameter.default
        for key, parameter in signature_of(name).parameters.items()
    }
    own.update(small_arguments(name))
    del own["name"]
    if "depth" in own:
        # Only this remains of a depth where `blocks` is given.
        own["depth"] = own["depth"] >= 50
    return entry_of(name).builder, tuple(sorted(own.items(), key=str))


def once_per_network(check):
    """Runs `check(name)` once for all the names of one small network."""
    done = {}

    @functools.wraps(check)
    def checked(name, *args):
        key = small_key(name)
        if key not in done:
            done[key] = check(name, *args)
        return done[key]

    return checked


def small_model(name, /, **arguments):
    """Builds the small network of `name`."""
    return keras_deep.create_model(
        name, **{**small_arguments(name), **arguments}
    )


def batch(model, size=4):
    """Returns random images and labels for a model."""
    rng = np.random.default_rng(0)
    shape = model.input_shape[1:]
    x = rng.standard_normal((size, *shape)).astype("float32")
    return x, rng.integers(0, CLASSES, size)


def compile_model(model, jit_compile=False):
    """Compiles a classifier; on JAX with XLA, as without it JAX is slow."""
    model.compile(
        "sgd",
        "sparse_categorical_crossentropy",
        jit_compile=jit_compile or keras.backend.backend() == "jax",
    )
