"""Small Caffe networks of layers that merge and split, see `caffe_nets`."""

JOINTS = {
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
    "axpy": (
        (1, 3, 4, 5),
        """
        layer { name: "p" type: "Pooling" bottom: "data" top: "p"
          pooling_param { pool: AVE global_pooling: true } }
        layer { name: "f" type: "Flatten" bottom: "p" top: "f" }
        layer { name: "h" type: "Power" bottom: "data" top: "h"
          power_param { scale: 0.5 shift: 1 } }
        layer { name: "a" type: "Axpy" bottom: "p" bottom: "data" bottom: "h"
          top: "a" }
        layer { name: "b" type: "Axpy" bottom: "f" bottom: "h" bottom: "data"
          top: "b" }
        """,
        {},
    ),
    "identity": (
        (1, 3, 4, 5),
        """
        layer { name: "a" type: "Slice" bottom: "data" top: "a" }
        layer { name: "b" type: "Dropout" bottom: "data" top: "b"
          dropout_param { dropout_ratio: 0.3 } }
        layer { name: "c" type: "Concat" bottom: "data" top: "c" }
        layer { name: "d" type: "Reshape" bottom: "data" top: "d"
          reshape_param { shape { dim: 1 dim: -1 dim: 4 dim: 5 } } }
        """,
        {},
    ),
}
