"""Convolution and normalisation of images in NumPy, entry by entry."""

import itertools

import numpy as np


def convolved(
    x, kernel, stride=(1, 1), pad=((0, 0),) * 2, dilation=(1, 1), groups=1
):
    """Convolves images as networks do: correlates them with a kernel.

    Args:
        x: array of shape `(images, height, width, channels)`.
        kernel: array of shape `(height, width, channels / groups, filters)`.
        stride: pair of int.
        pad: pair of pairs of int: zeros above and below, left and right.
        dilation: pair of int.
        groups: int.
    """
    x = np.pad(x.astype("float64"), ((0, 0), *pad, (0, 0)))
    depth, filters = kernel.shape[2:]
    spans = [(k - 1) * d + 1 for k, d in zip(kernel.shape, dilation)]
    sides = [
        (side - span) // step + 1
        for side, span, step in zip(x.shape[1:3], spans, stride)
    ]
    y = np.zeros((len(x), *sides, filters))
    for i, j, f in itertools.product(*map(range, (*sides, filters))):
        top, left = i * stride[0], j * stride[1]
        first = f // (filters // groups) * depth
        patch = x[
            :,
            top : top + spans[0] : dilation[0],
            left : left + spans[1] : dilation[1],
            first : first + depth,
        ]
        y[:, i, j, f] = (patch * kernel[..., f]).sum((1, 2, 3))
    return y


def normalised(x, axes, epsilon, gamma, beta, statistics=None):
    """Normalises with statistics over axes, or given mean and variance."""
    x = x.astype("float64")
    if statistics is None:
        statistics = x.mean(axes, keepdims=True), x.var(axes, keepdims=True)
    mean, variance = statistics
    return (x - mean) / np.sqrt(variance + epsilon) * gamma + beta
