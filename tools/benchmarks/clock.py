"""Notes when the batches of a Keras model end."""

import time

import keras


class Clock(keras.callbacks.Callback):
    """Notes the time at the end of every step of training or prediction."""

    def __init__(self):
        super().__init__()
        self.ends = []

    def on_train_batch_end(self, batch, logs=None):
        float(logs["loss"])  # Waits for the step.
        self.ends.append(time.perf_counter())

    def on_predict_batch_end(self, batch, logs=None):
        keras.ops.convert_to_numpy(logs["outputs"])  # Waits for the batch.
        self.ends.append(time.perf_counter())
