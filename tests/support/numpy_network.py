"""Layers of NumPy with the weights of a model, by their names."""

import numpy as np

import keras_deep


class NumpyLayers:
    """Convolution, normalisation and top of images, channels last.

    Args:
        model: `keras.Model`.
        epsilon: float, of batch normalisation.
    """

    def __init__(self, model, epsilon=1e-5):
        self.weights = {n: h.get() for n, h in keras_deep.named_weights(model)}
        self.epsilon = epsilon

    def conv(self, x, name, stride=1):
        """Applies `{name}_conv`, padded by zeros on every side, in groups."""
        kernel = self.weights[f"{name}_conv/kernel"]
        size, depth = kernel.shape[0], kernel.shape[2]
        x = np.pad(x, ((0, 0), *((size // 2,) * 2,) * 2, (0, 0)))
        windows = np.lib.stride_tricks.sliding_window_view(
            x, (size, size), axis=(1, 2)
        )[:, ::stride, ::stride]
        groups = x.shape[-1] // depth
        parts = [
            np.einsum("nhwcij,ijco->nhwo", window, part)
            for window, part in zip(
                np.split(windows, groups, axis=3),
                np.split(kernel, groups, axis=3),
            )
        ]
        return np.concatenate(parts, axis=-1)

    def norm(self, x, name):
        """Applies `{name}_bn` with its moving statistics."""
        gamma, beta, mean, variance = (
            self.weights[f"{name}_bn/{leaf}"]
            for leaf in ("gamma", "beta", "moving_mean", "moving_variance")
        )
        return gamma * (x - mean) / np.sqrt(variance + self.epsilon) + beta

    def top(self, x):
        """Applies global pooling and the dense layer `predictions`."""
        kernel, bias = (
            self.weights[f"predictions/{leaf}"] for leaf in ("kernel", "bias")
        )
        return x.mean(axis=(1, 2)) @ kernel + bias


def relu(x):
    """Returns the positive part."""
    return np.maximum(x, 0)


def max_pooled(x, before):
    """Pools 3x3 pixels with stride 2; what lies outside does not count.

    Args:
        x: array of images.
        before: int, pixels outside the image in the first window: 1 as in
            PyTorch with padding 1, 0 as in Caffe without padding.
    """
    # PyTorch: floor((n + 2 - 3) / 2) + 1 windows; Caffe: ceil((n - 3) / 2) + 1.
    rows, columns = (
        (side - 1) // 2 + 1 if before else -(-(side - 3) // 2) + 1
        for side in x.shape[1:3]
    )
    y = np.zeros((len(x), rows, columns, x.shape[-1]))
    for i in range(rows):
        for j in range(columns):
            top, left = 2 * i - before, 2 * j - before
            window = x[:, max(top, 0) : top + 3, max(left, 0) : left + 3]
            y[:, i, j] = window.max(axis=(1, 2))
    return y


def randomised(model, seed=1, scale=0.1):
    """Gives a model random weights and returns it.

    Args:
        model: `keras.Model`.
        seed: int.
        scale: float, the deviation of kernels, biases and means.
    """
    rng = np.random.default_rng(seed)
    for name, handle in keras_deep.named_weights(model):
        value = rng.uniform(0.5, 1.5, handle.shape)
        if name.endswith(("kernel", "mean", "beta", "bias")):
            value = rng.standard_normal(handle.shape) * scale
        handle.set(value)
    return model
