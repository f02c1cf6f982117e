"""What replicas with statistics of their own come to, computed by one device.

Stock Keras calls the network once per share of a batch, each time with the
moving statistics of that replica.
"""

import keras
import numpy as np
import tensorflow as tf

from tests.support import parity


def trained(case, replicas, epochs):
    """Returns what `parity.train` returns."""
    model = parity.build(case)
    statistics = model.non_trainable_variables
    own = [[np.array(v) for v in statistics] for _ in range(replicas)]
    held = tf.data.Dataset.from_tensor_slices(parity.examples())
    held = held.batch(parity.BATCH)
    found = {"loss": [], "val_loss": []}
    for epoch in range(epochs):
        losses = [
            _step(model, batch, statistics, own)
            for batch in parity.shuffled(case, epoch)
        ]
        found["loss"].append(sum(losses) / parity.EXAMPLES)
        # Averaged, they are those of all replicas.
        means = [np.mean(values, axis=0) for values in zip(*own)]
        own = [means] * replicas
        _set(statistics, means)
        found["val_loss"].append(model.evaluate(held, verbose=0)[0])
    found["updates"] = int(model.optimizer.iterations)
    weights = [float(np.abs(w).sum()) for w in model.get_weights()]
    outputs = model.predict(held, verbose=0)
    return {**found, "weights": weights, "outputs": outputs}


def _step(model, batch, statistics, own):
    """Changes the weights by a batch; returns the sum of its losses."""
    x, y = batch
    size, total = len(x), 0.0
    sums = [0.0] * len(model.trainable_variables)
    for number, values in enumerate(own):
        share = slice(
            size * number // len(own), size * (number + 1) // len(own)
        )
        _set(statistics, values)
        with tf.GradientTape() as tape:
            outputs = model(x[share], training=True)
            losses = keras.losses.sparse_categorical_crossentropy(
                y[share], outputs, from_logits=True
            )
            loss = keras.ops.sum(losses)
        gradients = tape.gradient(loss, model.trainable_variables)
        sums = [a + b / size for a, b in zip(sums, gradients)]
        own[number] = [np.array(v) for v in statistics]
        total += float(loss)
    model.optimizer.apply(sums, model.trainable_variables)
    return total


def _set(variables, values):
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
