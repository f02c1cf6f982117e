"""Kinds of targets and weights: `Model.fit` on one device, and the trainer.

Prints a JSON object per case: histories and sums of weights of each.
"""

import json

import keras
import numpy as np
import tensorflow as tf

from keras_deep.training import Trainer

BATCH, EXAMPLES, CLASSES = 8, 43, 5  # The last batch has 3.
RNG = np.random.default_rng(0)
X = RNG.standard_normal((EXAMPLES, 6, 6, 3)).astype("float32")
Y = RNG.integers(0, CLASSES, EXAMPLES)
ONE_HOT = np.eye(CLASSES, dtype="float32")[Y]
SOFT = RNG.dirichlet(np.ones(CLASSES), EXAMPLES).astype("float32")
MANY = RNG.integers(0, 2, (EXAMPLES, CLASSES)).astype("float32")
WEIGHTS = RNG.uniform(0, 2, EXAMPLES).astype("float32")
OF_CLASSES = {0: 0.2, 2: 3.0, 4: 1.5}  # Others have the weight 1.

SPARSE, CROSS = (f"{x}categorical_crossentropy" for x in ("sparse_", ""))
# Loss, activation, arrays and class weights.
CASES = {
    "labels": (SPARSE, "softmax", (X, Y), None),
    "one-hot": (CROSS, "softmax", (X, ONE_HOT), None),
    "soft": (CROSS, "softmax", (X, SOFT), None),
    "several labels": ("binary_crossentropy", "sigmoid", (X, MANY), None),
    "weights": (SPARSE, "softmax", (X, Y, WEIGHTS), None),
    "soft, weights": ("kl_divergence", "softmax", (X, SOFT, WEIGHTS), None),
    "several, weights": ("mse", "sigmoid", (X, MANY, WEIGHTS), None),
    "class weights": (SPARSE, "softmax", (X, Y), OF_CLASSES),
    "columns": (SPARSE, "softmax", (X, Y[:, None]), OF_CLASSES),
    "one-hot, class weights": (CROSS, "softmax", (X, ONE_HOT), OF_CLASSES),
    "iterator": (SPARSE, "softmax", (X, Y), OF_CLASSES),
}
BY_XLA = ("labels", "several, weights", "one-hot, class weights")


class Iterator:
    """Yields batches of arrays, and knows how many it has yielded."""

    def __init__(self, arrays):
        self.arrays, self.done = arrays, 0

    def __iter__(self):
        return Iterator(self.arrays)

    def __next__(self):
        first = BATCH * self.done
        if first >= EXAMPLES:
            raise StopIteration
        self.done += 1
        return tuple(array[first : first + BATCH] for array in self.arrays)

    def get_state(self):
        return self.done

    def set_state(self, state):
        self.done = state


def build(loss, activation, jit_compile=False):
    keras.utils.set_random_seed(1)
    inputs = keras.Input(X.shape[1:])
    x = keras.layers.Conv2D(4, 3, activation="relu")(inputs)
    x = keras.layers.GlobalAveragePooling2D()(x)
    model = keras.Model(inputs, keras.layers.Dense(CLASSES, activation)(x))
    names = ["accuracy"]
    metrics = {"metrics": names, "weighted_metrics": names}
    model.compile(
        keras.optimizers.SGD(0.2, momentum=0.9),
        loss,
        **metrics,
        jit_compile=jit_compile,
    )
    return model


def found(model, history):
    return {
        "history": history.history,
        "weights": [np.asarray(w).tolist() for w in model.get_weights()],
    }


def main():
    cpu = tf.config.list_physical_devices("CPU")[0]
    two = [tf.config.LogicalDeviceConfiguration()] * 2
    tf.config.set_logical_device_configuration(cpu, two)
    one = tf.distribute.get_strategy()
    mirrored = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    for name, (loss, activation, arrays, class_weight) in CASES.items():
        data = tf.data.Dataset.from_tensor_slices(arrays).batch(BATCH)
        given = {"epochs": 2, "validation_data": data, "verbose": 0}
        given["class_weight"] = class_weight
        model = build(loss, activation)
        history = model.fit(data, shuffle=False, **given)
        line = {"case": name, "stock": found(model, history)}
        if name == "iterator":
            data = Iterator(arrays)
        for kind, strategy in (
            *(("one", one), ("two", mirrored)),
            *([("two by XLA", mirrored)] if name in BY_XLA else []),
        ):
            with strategy.scope():
                model = build(loss, activation, "XLA" in kind)
            history = Trainer(model, strategy).fit(data, **given)
            line[kind] = found(model, history)
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
