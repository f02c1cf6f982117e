"""Small Caffe networks with layers that the published ones here lack.

Needs only NumPy, for the tool that makes the golden files with OpenCV.
"""

import zlib

import numpy as np

from tests.support.caffe_nets_joints import JOINTS
from tests.support.caffe_nets_values import VALUES
from tests.support.caffe_nets_windows import WINDOWS

# The shape of the input "data", the layers after it, and the shapes of their
# blobs.
SMALL = WINDOWS | VALUES | JOINTS


def small_net(name):
    """Returns prototxt, blobs by layer and input of one of `SMALL`."""
    shape, layers, blobs = SMALL[name]
    dims = " ".join(f"dim: {side}" for side in shape)
    text = f'input: "data" input_shape {{ {dims} }}{layers}'
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    arrays = {
        layer: [_blob(rng, shape) for shape in shapes]
        for layer, shapes in blobs.items()
    }
    return text, arrays, rng.standard_normal(shape).astype("f4")


def _blob(rng, shape):
    """Returns a random array, positive if 1D, as it may be a variance."""
    if len(shape) == 1:
        return rng.uniform(0.5, 1.5, shape).astype("f4")
    return rng.standard_normal(shape).astype("f4")


def blobs(arrays):
    """Returns a dict of arrays with the names of `read_caffe`."""
    return {
        f"{layer}/{i}": array
        for layer, parts in arrays.items()
        for i, array in enumerate(parts)
    }
