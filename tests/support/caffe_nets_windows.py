"""Small Caffe networks of layers with windows, see `caffe_nets`."""

WINDOWS = {
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
    "round_mode": (
        (1, 2, 8, 12),
        """
        layer { name: "a" type: "Pooling" bottom: "data" top: "a"
          pooling_param { kernel_size: 3 stride: 2 round_mode: FLOOR } }
        """,
        {},
    ),
}
