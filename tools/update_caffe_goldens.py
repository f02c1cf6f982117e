#!/usr/bin/env python
"""Writes tests/convert/caffe_goldens.json, outputs of OpenCV.

python tools/update_caffe_goldens.py SHARED

SHARED is the folder of reference data. Needs numpy, opencv-python-headless<5
and torch, not Keras. For each output it writes the largest absolute value and
16 evenly spread values, 64 for small networks. OpenCV computes all but the
networks of `TORCH`, which it interprets differently from Caffe.
"""

import json
import pathlib
import re
import sys

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[1]
GOLDENS = ROOT / "tests" / "convert" / "caffe_goldens.json"
sys.path.insert(0, str(ROOT))

from tests.support import caffe_nets as nets  # noqa: E402
from tests.support import caffe_published as published  # noqa: E402


def opencv(text, caffemodel, x):
    """Runs a network without OpenCV's approximations; returns its outputs."""
    import cv2

    net = cv2.dnn.readNetFromCaffe(
        bytearray(text.encode()), bytearray(caffemodel)
    )
    net.enableWinograd(False)
    net.setInput(x)
    names = net.getUnconnectedOutLayersNames()
    return dict(zip(names, net.forward(names)))


def published_outputs(shared, name, size):
    tool = published.synth(shared)
    net = tool.parse(published.prototxt(shared, name))
    x = published.image(name, size)
    has_input = bool(tool.inputs(net))
    net = published.resized(net, size)
    if published.PUBLISHED[name].trained:
        caffemodel = published.caffemodel(shared, name).read_bytes()
    else:
        weights = published.made_weights(shared, name)
        net, weights = tool.for_cv2(net, weights)
        caffemodel = tool.encode(net, weights)
    if not has_input:
        net["input_shape"] = [{"dim": list(x.shape)}]
    return opencv(tool.dump(net), caffemodel, x)


def deconvolution_dilation(x, y):
    """OpenCV ignores the dilation of a Deconvolution."""
    from torch.nn.functional import conv_transpose2d

    settings = {"stride": 3, "padding": 1, "groups": 2, "dilation": 2}
    return {"y": conv_transpose2d(x, *y, **settings)}


def lrn_defaults(x):
    """OpenCV's default `alpha` is 0.0001, and it ignores `k`."""
    from torch.nn.functional import local_response_norm

    return {
        "a": local_response_norm(x, 5, 1.0, 0.75, 1.0),
        "b": local_response_norm(x, 3, 0.3, 0.5, 2.0),
    }


def axpy(x):
    """OpenCV swaps the second and the third bottom."""
    mean, half = x.mean((2, 3), keepdim=True), 0.5 * x + 1
    return {"a": mean * x + half, "b": mean * half + x}


def identity(x):
    """OpenCV rejects a Slice into one part."""
    return dict.fromkeys("abcd", x)


def scale_axes(x, a, b, c):
    """OpenCV has no Bias."""
    return {
        "a": x * a[0][..., None] + a[1][..., None],
        "b": x * b[0],
        "c": x + c[0],
    }


def interp_sizes(x):
    """OpenCV supports neither `shrink_factor` nor a second bottom."""
    from torch.nn.functional import interpolate

    def resized(x, *size):
        return interpolate(x, size, mode="bilinear", align_corners=True)

    return {
        "a": resized(x, 4, 5),
        "b": resized(x, 5, 5),
        "c": resized(x[:, :, 1:-2, 1:-2], 7, 11),
        "d": resized(x, 6, 8),
        "e": resized(x, 1, 1),
    }


def log(x):
    """OpenCV ignores the settings of a Log."""
    return {"a": (0.5 + 2 * x.abs()).log10(), "b": x.abs().log()}


def inner_product_transpose(x, a):
    """OpenCV ignores `transpose`."""
    return {"a": x.flatten(1) @ a[0] + a[1]}


def reshape_insert(x):
    """OpenCV rejects a Reshape of no axes."""
    return {"a": x.reshape(1, 4, 6, 1, 5)}


def round_mode(x):
    """OpenCV cannot read a file with `round_mode`."""
    from torch.nn.functional import max_pool2d

    return {"a": max_pool2d(x, 3, 2)}


TORCH = (
    axpy,
    deconvolution_dilation,
    identity,
    lrn_defaults,
    scale_axes,
    interp_sizes,
    log,
    inner_product_transpose,
    reshape_insert,
    round_mode,
)
TORCH = {function.__name__: function for function in TORCH}


def small_outputs(shared, name):
    import torch

    text, blobs, x = nets.small_net(name)
    if name not in TORCH:
        tool = published.synth(shared)
        return opencv(text, tool.encode(tool.parse(text), blobs), x)
    blobs = {k: [torch.tensor(b) for b in bs] for k, bs in blobs.items()}
    outputs = TORCH[name](torch.tensor(x), **blobs)
    return {key: value.numpy() for key, value in outputs.items()}


def golden(outputs, count):
    """Returns the shape and values to store of each output, in eight digits."""
    return {
        name: {
            "shape": list(array.shape),
            "largest": rounded(np.abs(array).max()),
            "values": list(map(rounded, published.sample(array, count))),
        }
        for name, array in outputs.items()
    }


def rounded(value):
    return float(f"{value:.8g}")


def main():
    import cv2
    import torch

    shared = pathlib.Path(sys.argv[1])
    goldens = {
        "versions": {
            "opencv-python-headless": cv2.__version__,
            "torch": torch.__version__,
            "numpy": np.__version__,
        },
        "input": "caffe_published.image, caffe_nets.small_net",
        "torch": sorted(TORCH),
        "published": {},
        "small": {},
    }
    for name, one in published.PUBLISHED.items():
        for size in one.sizes:
            key = f"{name} {size[0]}x{size[1]}"
            outputs = published_outputs(shared, name, size)
            goldens["published"][key] = golden(outputs, 16)
            print(key, flush=True)
    for name in nets.SMALL:
        goldens["small"][name] = golden(small_outputs(shared, name), 64)
    GOLDENS.write_text(with_short_lines(goldens))


def with_short_lines(goldens):
    """Formats JSON with one line per output."""
    text = json.dumps(goldens, indent=1)
    return (
        re.sub(r"\[[^][{}]*\]", lambda m: " ".join(m[0].split()), text) + "\n"
    )


if __name__ == "__main__":
    main()
