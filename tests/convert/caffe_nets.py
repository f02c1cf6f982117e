"""Small Caffe networks for what no published one at hand has.

Needs NumPy only: the tool that makes the golden files runs beside OpenCV.
"""

import zlib

import numpy as np

# The shape of the input "data", the layers behind it, and the shapes of their
# blobs.
SMALL = {
    "convolution": (
        (1, 4, 9, 11),
        """
        layer { name: "y" type: "Convolution" bottom: "data" top: "y"
          convolution_param { num_output: 6 group: 2 dilation: 2 pad_h: 2
            pad_w: 1 kernel_h: 3 kernel_w: 2 stride: 1 } }
        """,
        {"y": [(6, 2, 3, 2), (6,)]},
    ),
    "depthwise": (
        (1, 4, 9, 11),
        """
        layer { name: "y" type: "Convolution" bottom: "data" top: "y"
          convolution_param { num_output: 8 group: 4 pad: 1 kernel_size: 3
            stride_h: 2 stride_w: 1 bias_term: false } }
        """,
        {"y": [(8, 1, 3, 3)]},
    ),
    "deconvolution": (
        (1, 4, 5, 7),
        """
        layer { name: "y" type: "Deconvolution" bottom: "data" top: "y"
          convolution_param { num_output: 3 kernel_h: 3 kernel_w: 5
            stride_h: 2 stride_w: 3 pad_h: 1 pad_w: 0 } }
        """,
        {"y": [(4, 3, 3, 5), (3,)]},
    ),
    "deconvolution_groups": (
        (1, 4, 5, 7),
        """
        layer { name: "y" type: "Deconvolution" bottom: "data" top: "y"
          convolution_param { num_output: 6 group: 2 kernel_size: 3 stride: 2
            pad: 1 } }
        """,
        {"y": [(4, 3, 3, 3), (6,)]},
    ),
    "deconvolution_upsampling": (
        (1, 4, 5, 7),
        """
        layer { name: "y" type: "Deconvolution" bottom: "data" top: "y"
          convolution_param { num_output: 4 group: 4 kernel_size: 4 stride: 2
            pad: 1 bias_term: false } }
        """,
        {"y": [(4, 1, 4, 4)]},
    ),
    "deconvolution_dilation": (
        (1, 4, 5, 7),
        """
        layer { name: "y" type: "Deconvolution" bottom: "data" top: "y"
          convolution_param { num_output: 2 group: 2 kernel_size: 3 stride: 3
            dilation: 2 pad: 1 } }
        """,
        {"y": [(4, 1, 3, 3), (2,)]},
    ),
    "max_pooling": (
        (1, 2, 8, 11),
        """
        layer { name: "a" type: "Pooling" bottom: "data" top: "a"
          pooling_param { kernel_size: 3 stride: 2 } }
        layer { name: "b" type: "Pooling" bottom: "data" top: "b"
          pooling_param { pool: MAX kernel_size: 3 stride: 2 pad: 1 } }
        layer { name: "c" type: "Pooling" bottom: "data" top: "c"
          pooling_param { kernel_h: 2 kernel_w: 3 stride_h: 1 stride_w: 3
            pad_h: 0 pad_w: 1 } }
        """,
        {},
    ),
    "average_pooling": (
        (1, 2, 8, 11),
        """
        layer { name: "a" type: "Pooling" bottom: "data" top: "a"
          pooling_param { pool: AVE kernel_size: 3 stride: 2 } }
        layer { name: "b" type: "Pooling" bottom: "data" top: "b"
          pooling_param { pool: AVE kernel_size: 3 stride: 2 pad: 1 } }
        layer { name: "c" type: "Pooling" bottom: "data" top: "c"
          pooling_param { pool: AVE kernel_size: 5 stride: 3 pad: 2 } }
        layer { name: "d" type: "Pooling" bottom: "data" top: "d"
          pooling_param { pool: AVE kernel_h: 4 kernel_w: 2 stride_h: 3
            stride_w: 2 pad_h: 1 pad_w: 1 } }
        """,
        {},
    ),
    "global_pooling": (
        (1, 2, 8, 11),
        """
        layer { name: "a" type: "Pooling" bottom: "data" top: "a"
          pooling_param { pool: AVE global_pooling: true } }
        layer { name: "b" type: "Pooling" bottom: "data" top: "b"
          pooling_param { pool: MAX global_pooling: true } }
        """,
        {},
    ),
    "floor_pooling": (
        (1, 2, 8, 12),
        """
        layer { name: "a" type: "Pooling" bottom: "data" top: "a"
          pooling_param { kernel_size: 3 stride: 2 ceil_mode: false } }
        layer { name: "b" type: "Pooling" bottom: "data" top: "b"
          pooling_param { kernel_size: 3 stride: 2 pad: 1 ceil_mode: false } }
        """,
        {},
    ),
    "activations": (
        (1, 3, 4, 5),
        """
        layer { name: "a" type: "ReLU" bottom: "data" top: "a" }
        layer { name: "b" type: "ReLU" bottom: "data" top: "b"
          relu_param { negative_slope: 0.1 } }
        layer { name: "c" type: "ELU" bottom: "data" top: "c" }
        layer { name: "d" type: "Sigmoid" bottom: "data" top: "d" }
        layer { name: "e" type: "TanH" bottom: "data" top: "e" }
        layer { name: "f" type: "AbsVal" bottom: "data" top: "f" }
        layer { name: "g" type: "BNLL" bottom: "data" top: "g" }
        layer { name: "h" type: "PReLU" bottom: "data" top: "h" }
        layer { name: "i" type: "PReLU" bottom: "data" top: "i"
          prelu_param { channel_shared: true } }
        """,
        {"h": [(3,)], "i": [(1,)]},
    ),
    "power": (
        (1, 3, 4, 5),
        """
        layer { name: "a" type: "Power" bottom: "data" top: "a"
          power_param { power: 2 scale: 0.5 shift: 0.25 } }
        layer { name: "b" type: "Power" bottom: "data" top: "b"
          power_param { scale: -3 shift: 1 } }
        layer { name: "c" type: "Exp" bottom: "data" top: "c"
          exp_param { base: 2 scale: 0.5 shift: 1 } }
        layer { name: "d" type: "Exp" bottom: "data" top: "d" }
        """,
        {},
    ),
    "lrn": (
        (1, 7, 4, 5),
        """
        layer { name: "a" type: "LRN" bottom: "data" top: "a"
          lrn_param { local_size: 3 alpha: 0.3 beta: 0.5 } }
        layer { name: "b" type: "LRN" bottom: "data" top: "b"
          lrn_param { local_size: 17 alpha: 2 } }
        """,
        {},
    ),
    "lrn_defaults": (
        (1, 7, 4, 5),
        """
        layer { name: "a" type: "LRN" bottom: "data" top: "a" }
        layer { name: "b" type: "LRN" bottom: "data" top: "b"
          lrn_param { local_size: 3 alpha: 0.3 beta: 0.5 k: 2 } }
        """,
        {},
    ),
    "lrn_within": (
        (1, 3, 6, 5),
        """
        layer { name: "a" type: "LRN" bottom: "data" top: "a"
          lrn_param { local_size: 3 alpha: 0.3 norm_region: WITHIN_CHANNEL } }
        """,
        {},
    ),
    "eltwise": (
        (1, 3, 4, 5),
        """
        layer { name: "p" type: "Power" bottom: "data" top: "p"
          power_param { scale: -0.5 shift: 0.1 } }
        layer { name: "a" type: "Eltwise" bottom: "data" bottom: "p" top: "a" }
        layer { name: "b" type: "Eltwise" bottom: "data" bottom: "p" top: "b"
          eltwise_param { operation: SUM coeff: 2 coeff: -1 } }
        layer { name: "c" type: "Eltwise" bottom: "data" bottom: "p" top: "c"
          eltwise_param { operation: MAX } }
        layer { name: "d" type: "Eltwise" bottom: "data" bottom: "p" top: "d"
          eltwise_param { operation: PROD } }
        layer { name: "e" type: "Eltwise" bottom: "a" bottom: "b" bottom: "d"
          top: "e" eltwise_param { operation: SUM coeff: 1 coeff: 0.5
          coeff: 3 } }
        """,
        {},
    ),
    "scale": (
        (1, 3, 4, 5),
        """
        layer { name: "a" type: "Scale" bottom: "data" top: "a" }
        layer { name: "b" type: "Scale" bottom: "data" top: "b"
          scale_param { bias_term: true } }
        layer { name: "pool" type: "Pooling" bottom: "data" top: "pool"
          pooling_param { pool: AVE global_pooling: true } }
        layer { name: "flat" type: "Flatten" bottom: "pool" top: "flat" }
        layer { name: "c" type: "Scale" bottom: "data" bottom: "flat" top: "c"
          scale_param { axis: 0 } }
        """,
        {"a": [(3,)], "b": [(3,), (3,)]},
    ),
    "scale_axes": (
        (1, 3, 4, 5),
        """
        layer { name: "a" type: "Scale" bottom: "data" top: "a"
          scale_param { axis: 1 num_axes: 2 bias_term: true } }
        layer { name: "b" type: "Scale" bottom: "data" top: "b"
          scale_param { axis: -3 num_axes: -1 } }
        layer { name: "c" type: "Bias" bottom: "data" top: "c"
          bias_param { axis: 2 num_axes: 2 } }
        """,
        {"a": [(3, 4), (3, 4)], "b": [(3, 4, 5)], "c": [(4, 5)]},
    ),
    "batch_norm": (
        (1, 3, 4, 5),
        """
        layer { name: "a" type: "BatchNorm" bottom: "data" top: "a" }
        layer { name: "b" type: "BatchNorm" bottom: "data" top: "b"
          batch_norm_param { eps: 0.5 } }
        layer { name: "c" type: "Scale" bottom: "b" top: "c" }
        layer { name: "d" type: "ReLU" bottom: "b" top: "d" }
        """,
        {"a": [(3,), (3,), (1,)], "b": [(3,), (3,), (1,)], "c": [(3,)]},
    ),
    "crop": (
        (1, 3, 7, 9),
        """
        layer { name: "s" type: "Pooling" bottom: "data" top: "s"
          pooling_param { kernel_size: 3 } }
        layer { name: "a" type: "Crop" bottom: "data" bottom: "s" top: "a" }
        layer { name: "b" type: "Crop" bottom: "data" bottom: "s" top: "b"
          crop_param { offset: 2 } }
        layer { name: "c" type: "Crop" bottom: "data" bottom: "s" top: "c"
          crop_param { axis: 2 offset: 1 offset: 2 } }
        layer { name: "d" type: "Crop" bottom: "data" bottom: "s" top: "d"
          crop_param { axis: 3 offset: 1 } }
        """,
        {},
    ),
    "concat_slice": (
        (1, 4, 6, 5),
        """
        layer { name: "s" type: "Slice" bottom: "data" top: "s1" top: "s2"
          top: "s3" slice_param { axis: 1 slice_point: 1 slice_point: 3 } }
        layer { name: "h" type: "Slice" bottom: "data" top: "h1" top: "h2"
          slice_param { axis: 2 } }
        layer { name: "t" type: "Split" bottom: "s2" top: "t1" top: "t2" }
        layer { name: "a" type: "Concat" bottom: "t1" bottom: "s3" bottom: "s1"
          top: "a" }
        layer { name: "b" type: "Concat" bottom: "h2" bottom: "h1" top: "b"
          concat_param { axis: -2 } }
        layer { name: "c" type: "Power" bottom: "t2" top: "c" }
        """,
        {},
    ),
    "reshape": (
        (1, 4, 6, 5),
        """
        layer { name: "a" type: "Reshape" bottom: "data" top: "a"
          reshape_param { shape { dim: 0 dim: 2 dim: -1 dim: 5 } } }
        layer { name: "b" type: "Reshape" bottom: "data" top: "b"
          reshape_param { shape { dim: 0 dim: 0 dim: -1 } } }
        layer { name: "d" type: "Flatten" bottom: "data" top: "d" }
        layer { name: "f" type: "Permute" bottom: "data" top: "f"
          permute_param { order: 0 order: 2 order: 3 order: 1 } }
        layer { name: "g" type: "Flatten" bottom: "f" top: "g" }
        layer { name: "i" type: "Softmax" bottom: "b" top: "i"
          softmax_param { axis: 2 } }
        """,
        {},
    ),
    "inner_product": (
        (1, 3, 4, 5),
        """
        layer { name: "a" type: "InnerProduct" bottom: "data" top: "a"
          inner_product_param { num_output: 7 } }
        layer { name: "b" type: "InnerProduct" bottom: "a" top: "b"
          inner_product_param { num_output: 2 bias_term: false } }
        """,
        {"a": [(7, 60), (7,)], "b": [(2, 7)]},
    ),
    "interp": (
        (1, 2, 7, 9),
        """
        layer { name: "a" type: "Interp" bottom: "data" top: "a"
          interp_param { height: 11 width: 5 } }
        layer { name: "b" type: "Interp" bottom: "data" top: "b"
          interp_param { zoom_factor: 3 } }
        """,
        {},
    ),
    "interp_sizes": (
        (1, 2, 7, 9),
        """
        layer { name: "s" type: "Pooling" bottom: "data" top: "s"
          pooling_param { kernel_size: 2 } }
        layer { name: "a" type: "Interp" bottom: "data" top: "a"
          interp_param { shrink_factor: 2 } }
        layer { name: "b" type: "Interp" bottom: "data" top: "b"
          interp_param { shrink_factor: 3 zoom_factor: 2 } }
        layer { name: "c" type: "Interp" bottom: "data" top: "c"
          interp_param { zoom_factor: 2 pad_beg: -1 pad_end: -2 } }
        layer { name: "d" type: "Interp" bottom: "data" bottom: "s" top: "d" }
        layer { name: "e" type: "Interp" bottom: "data" top: "e"
          interp_param { height: 1 width: 1 } }
        """,
        {},
    ),
    "log": (
        (1, 3, 4, 5),
        """
        layer { name: "p" type: "AbsVal" bottom: "data" top: "p" }
        layer { name: "a" type: "Log" bottom: "p" top: "a"
          log_param { base: 10 scale: 2 shift: 0.5 } }
        layer { name: "b" type: "Log" bottom: "p" top: "b" }
        """,
        {},
    ),
    "inner_product_axis": (
        (1, 3, 4, 5),
        """
        layer { name: "a" type: "InnerProduct" bottom: "data" top: "a"
          inner_product_param { num_output: 7 axis: 2 } }
        """,
        {"a": [(7, 20), (7,)]},
    ),
    "inner_product_transpose": (
        (1, 3, 4, 5),
        """
        layer { name: "a" type: "InnerProduct" bottom: "data" top: "a"
          inner_product_param { num_output: 6 transpose: true } }
        """,
        {"a": [(60, 6), (6,)]},
    ),
    "reshape_axes": (
        (1, 4, 6, 5),
        """
        layer { name: "a" type: "Reshape" bottom: "data" top: "a"
          reshape_param { shape { dim: 3 dim: -1 } axis: 1 num_axes: 2 } }
        layer { name: "b" type: "Flatten" bottom: "data" top: "b"
          flatten_param { axis: 2 } }
        layer { name: "c" type: "Flatten" bottom: "data" top: "c"
          flatten_param { axis: 1 end_axis: 2 } }
        """,
        {},
    ),
    "reshape_insert": (
        (1, 4, 6, 5),
        """
        layer { name: "a" type: "Reshape" bottom: "data" top: "a"
          reshape_param { shape { dim: 1 } axis: -2 num_axes: 0 } }
        """,
        {},
    ),
    "round_mode": (
        (1, 2, 8, 12),
        """
        layer { name: "a" type: "Pooling" bottom: "data" top: "a"
          pooling_param { kernel_size: 3 stride: 2 round_mode: FLOOR } }
        """,
        {},
    ),
}


def small_net(name):
    """Returns prototxt, blobs by layer, and input of one of `SMALL`."""
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
    """Returns an array; one of one axis may be a variance: above zero."""
    if len(shape) == 1:
        return rng.uniform(0.5, 1.5, shape).astype("f4")
    return rng.standard_normal(shape).astype("f4")


def blobs(arrays):
    """Returns a dict of layer to arrays as `read_caffe` names them."""
    return {
        f"{layer}/{i}": array
        for layer, parts in arrays.items()
        for i, array in enumerate(parts)
    }
