"""Trains by `fit` on one device of JAX and on two; prints the results.

It needs XLA_FLAGS=--xla_force_host_platform_device_count=2.
"""

import json
from unittest import mock

import keras
import numpy as np

from keras_deep import training
from keras_deep.training import filled
from keras_deep.training.evaluate import evaluate
from tests.support.digits import load_digits
from tests.training.test_targets_of_fit import SOFT
from tests.training.test_targets_of_fit import X
from tests.training.test_targets_of_fit import Y
from tests.training.test_targets_of_fit import data_of
from tests.training.test_targets_of_fit import network

CONFIG = {"epochs": 2, "learning_rate": 0.02, "seed": 0, "schedule": "constant"}
BALANCED = {"class_weight": "balanced"}
# Activation, arrays and settings; the last of 6 batches has 10 examples, or 9.
CASES = {
    "even": ("softmax", (X, Y), {}),
    "odd soft": (None, (X[:89], SOFT[:89]), {}),
    "odd balanced": ("softmax", (X[:89], Y[:89]), BALANCED),
    "iterations": ("softmax", (X[:89], Y[:89]), {"iterations": 7, "epochs": 2}),
}


def found(model, data, settings, kind):
    """Returns the weights, the history and what was measured at the end."""
    config = training.Config(**{**CONFIG, **settings, "strategy": kind})
    result = training.fit(model, data, config)
    measured = result.card.training["result"]
    return {
        "devices": keras.distribution.distribution().num_model_replicas,
        "weights": [np.asarray(w).tolist() for w in result.model.get_weights()],
        "history": result.history,
        "measured": [measured["test_loss"], measured["test_accuracy"]],
        "steps": int(result.model.optimizer.iterations),
    }


def normalised():
    """A function that makes a network with batch normalisation."""
    keras.utils.set_random_seed(1)
    layers = [
        *(keras.layers.Flatten(), keras.layers.BatchNormalization()),
        keras.layers.Dense(10, "softmax"),
    ]
    return keras.Sequential([keras.Input((8, 8, 1)), *layers])


def main():
    counts = tuple(np.bincount(Y[:89]).tolist())
    for name, (activation, arrays, settings) in CASES.items():
        lines = []
        for kind in ("one_device", "mirrored"):
            data = data_of(*arrays, counts=counts)
            build = lambda end=activation: network(end)  # noqa: E731
            lines.append(found(build, data, settings, kind))
        print(json.dumps({"case": name, "found": lines}), flush=True)
    # One device is given the batches of two, copies included: batch
    # normalisation sees them.
    with mock.patch.object(filled, "devices_of_jax", lambda: 2):
        lines = [
            found(normalised, load_digits(), {"epochs": 1}, kind)
            for kind in ("one_device", "mirrored")
        ]
    print(json.dumps({"case": "digits", "found": lines}), flush=True)
    lines = []
    for kind in ("one_device", "mirrored"):
        training.strategy(kind)
        model = normalised()  # Always with the same weights.
        lines.append(evaluate(model, "digits", split="validation"))
    print(json.dumps({"case": "evaluate", "found": lines}), flush=True)


if __name__ == "__main__":
    main()
