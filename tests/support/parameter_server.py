"""A chief, a worker or a parameter server; the chief trains, and prints."""

import json
import os

from keras_deep.training import parameter_server


def main():
    strategy = parameter_server.parameter_server_strategy()
    import keras
    import numpy as np
    import tensorflow as tf

    def build():
        model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
        model.compile(keras.optimizers.SGD(0.1), "mse")
        return model

    def data():
        rng = np.random.default_rng(0)
        x = rng.standard_normal((64, 2)).astype("float32")
        y = x @ np.float32([[2.0], [-1.0]]) + 0.5
        return tf.data.Dataset.from_tensor_slices((x, y)).repeat().batch(16)

    trainer = parameter_server.ParameterServerTrainer(build, strategy)
    history = trainer.fit(data, epochs=2, steps_per_epoch=40)
    weights = [w.numpy().ravel().tolist() for w in trainer.model.weights]
    trainer.model.save("model.keras")
    print(json.dumps([history, weights]), flush=True)
    os._exit(0)  # The other tasks serve without an end.


main()
